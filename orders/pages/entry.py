"""Order entry: the page with its plain form, and the answers its script asks for."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.clock import today
from kam.files import Column, FileRefused, cells, open_table
from kam.models import TrailEntry
from kam.pages.edits import changes_since
from kam.pages.fields import number_of
from kam.pages.views import PageView, gone_to
from kam.refusals import EditConflict, Refused
from orders.actions.entering import save_lines
from orders.actions.order_steps import move_order
from orders.actions.orders import read_pasted, set_lines
from orders.forms.entry import PasteForm, PlainLine, plain_lines, typed_of
from orders.forms.entry_rows import joined, read_rows, typed_rows
from orders.models import IntakeLine, Order
from orders.pages.entry_shapes import entry_shape, hit_shape, refusal_shape
from orders.queries.entering import entry_of, find_products

EARLIER_SHOWN = 8
FILE_COLUMNS = (
    Column("sku", gettext_lazy("SKU"), cells.code, required=True,
           synonyms=("Артикул", "Код", "Код товара", "Article", "EAN", "Штрихкод")),
    Column("quantity", gettext_lazy("Quantity"), cells.text, synonyms=("Кол-во", "Количество", "Кол", "Qty", "Заказ")),
    Column("price", gettext_lazy("Price"), cells.text, synonyms=("Цена",)),
)  # fmt: skip


class EntryPart(PageView):
    """What the parts of order entry share: an order this person may see and change, still a draft."""

    verb = "change"

    def document(self, pk: int) -> Order:
        rows = self.page.rows(self.request.user)
        order = (
            rows.select_related("client__manager", "manager", "warehouse", "price_column", "intake")
            .filter(pk=pk)
            .first()
        )
        if order is None:
            raise Http404
        return order

    def entered(self, order: Order, keys: dict[int, str] | None = None) -> dict[str, Any]:
        return entry_shape(entry_of(order, today()), self.request.user, keys)

    def read_body(self) -> dict[str, Any]:
        """The JSON sent; raises Http404 for what is none, since only our own script asks."""
        try:
            body = json.loads(self.request.body)
        except (ValueError, UnicodeDecodeError):
            raise Http404 from None
        if not isinstance(body, dict):
            raise Http404
        return body


class EntryView(EntryPart):
    """GET: the grid; with `?plain=1`, and on POST, the plain form a browser without scripts is led to."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self.document(pk)
        if order.status != Order.Status.DRAFT:
            return gone_to(request, self.page.detail_url(order.pk))
        # Fifty lines of plain inputs cost more than all the rest of the page: they are made only where they are used.
        plain = "plain" in request.GET
        return self.shown(order, plain_lines(order=order) if plain else None, PasteForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self.document(pk)
        formset, paste = plain_lines(request.POST), PasteForm(request.POST)
        version = number_of(request.POST.get("version", ""))
        valid = formset.is_valid()
        valid = paste.is_valid() and valid
        if not valid or version is None:
            return self.shown(order, formset, paste, 422)
        chosen = [form for form in formset.forms if typed_of(form)]
        read = read_rows([typed_of(form) for form in chosen])
        pasted = read_pasted(paste.cleaned_data["many"])
        for form in chosen:
            for refusal in read.refusals.get(form.prefix, ()):
                form.add_error(PlainLine.field_of(refusal.field), str(refusal.text))
        for error in pasted.errors:
            paste.add_error("many", f"{error.row}: {error.text} — {error.error}")
        if read.refusals or pasted.errors:
            return self.shown(order, formset, paste, 422)
        forms_by_line = [form for form in chosen if form.prefix in read.keys]
        return self.save(order, formset, paste, read.lines, pasted.lines, forms_by_line, version)

    def save(self, order, formset, paste, lines, pasted, chosen, version: int) -> HttpResponse:
        """Save all lines or none; every refusal beside its line."""
        inputs = [*lines, *(paste.line_of(row) for row in pasted)]
        try:
            set_lines(pk=order.pk, by=self.request.user, day=today(), lines=inputs, version=version)
        except Refused as refused:
            for refusal in refused.refusals:
                if refusal.line is not None and refusal.line <= len(chosen):
                    chosen[refusal.line - 1].add_error(PlainLine.field_of(refusal.field), str(refusal.text))
                else:
                    paste.add_error(None, str(refusal.text))
            return self.shown(order, formset, paste, 409 if isinstance(refused, EditConflict) else 422)
        messages.success(self.request, _("%(document)s is saved.") % {"document": order})
        return gone_to(self.request, self.page.url("entry", order.pk) + "?plain=1")

    def shown(self, order: Order, formset: Any | None, paste: forms.Form, status: int = 200) -> HttpResponse:
        context = {
            "title": _("Lines of %(order)s") % {"order": order}, "order": order, "formset": formset, "paste": paste,
            "state": self.entered(order), "config": self.config(order), "earlier": self.earlier(order),
            "promised": self.promised(order),
            "margin": self.request.user.has_perm("orders.view_margin"),
        }  # fmt: skip
        return self.render("orders/entry.html", context, status)

    def earlier(self, order: Order) -> list[Order]:
        """The client's last orders, to copy lines from."""
        rows = self.page.rows(self.request.user).filter(client_id=order.client_id).exclude(pk=order.pk)
        return list(rows.order_by("-ordered_on", "-pk")[:EARLIER_SHOWN])

    def promised(self, order: Order) -> list[IntakeLine]:
        """What the rough order named, to be seen beside what is entered."""
        return list(order.intake.lines.select_related("product")) if order.intake else []

    def config(self, order: Order) -> dict[str, Any]:
        """What the script needs beside the lines: addresses, words and which columns there are."""
        parts = ("lines", "products", "file", "submit")
        return {
            "order": order.pk,
            "urls": {part: reverse(f"orders:order_entry_{part}", args=[order.pk]) for part in parts},
            "words": words(),
            "margin": self.request.user.has_perm("orders.view_margin"),
        }


class LinesView(EntryPart):
    """PATCH: the lines as they stand in the grid. What can stand is saved; the rest comes back with its reasons."""

    def patch(self, request: HttpRequest, pk: int) -> JsonResponse:
        order, body = self.document(pk), self.read_body()
        try:
            rows, version = typed_rows(body.get("rows")), int(body.get("version"))
        except (ValueError, TypeError, OverflowError):
            raise Http404 from None
        seen = TrailEntry.objects.of(order).values_list("pk", flat=True).first() or 0
        read = read_rows(rows)
        try:
            saved, refused = save_lines(pk=pk, by=request.user, day=today(), lines=read.lines, version=version)
        except EditConflict:
            return self.conflict(pk, body.get("seen", seen))
        except Refused as refused:
            return JsonResponse({"error": joined(refused.refusals)}, status=422)
        refusals = dict(read.refusals)
        refusals |= {read.keys[position - 1]: found for position, found in refused.items()}
        keys = [key for position, key in enumerate(read.keys, 1) if position not in refused]
        state = self.entered(self.document(saved.pk), dict(enumerate(keys, 1)))
        shown = {key: [refusal_shape(each) for each in found] for key, found in refusals.items()}
        return JsonResponse({**state, "refusals": shown})

    def conflict(self, pk: int, seen: Any) -> JsonResponse:
        """What others made of the order meanwhile, and whose change it was."""
        order = self.document(pk)
        last = changes_since(order, "0", self.request.user)[:1]
        changes = [f"{entry['by']}: {entry['verb']}" for entry in last]
        text = _("%(order)s was changed by somebody else meanwhile.") % {"order": order}
        return JsonResponse(
            {"text": text, "changes": changes, "version": order.version, "state": self.entered(order)}, status=409
        )


class ProductsView(EntryPart):
    """GET `?q=`: products found, with the client's price and what is free."""

    def get(self, request: HttpRequest, pk: int) -> JsonResponse:
        order = self.document(pk)
        hits = find_products(request.GET.get("q", "")[:100], order, request.user, today())
        return JsonResponse({"items": [hit_shape(hit, order.currency) for hit in hits]})


class FileView(EntryPart):
    """POST: a list of articles and quantities as a workbook or CSV; its rows come back to be put into the grid."""

    def post(self, request: HttpRequest, pk: int) -> JsonResponse:
        self.document(pk)
        sent = request.FILES.get("file")
        if sent is None:
            return JsonResponse({"error": _("Choose a file.")}, status=422)
        try:
            return JsonResponse({"rows": list(file_rows(sent))})
        except FileRefused as refused:
            return JsonResponse({"error": str(refused)}, status=422)


def file_rows(sent: Any) -> Iterator[dict[str, str]]:
    """The rows of an uploaded list as text; the grid tells what is wrong with them. Raises FileRefused."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "list"
        with copy.open("wb") as target:
            for chunk in sent.chunks():
                target.write(chunk)
        for row in open_table(copy, FILE_COLUMNS).rows():
            sku, quantity, price = row.values
            yield {"text": sku or "", "quantity": quantity or "", "price": price or ""}


class EarlierView(EntryPart):
    """GET: products and quantities of an earlier order of the same client, to be priced anew."""

    def get(self, request: HttpRequest, pk: int, earlier: int) -> JsonResponse:
        order = self.document(pk)
        source = self.page.rows(request.user).filter(pk=earlier, client_id=order.client_id).first()
        if source is None:
            raise Http404
        lines = source.lines.filter(product__is_archived=False).select_related("product").order_by("position")
        rows = [
            {"product": line.product_id, "sku": line.product.sku, "text": line.product.sku,
             "name": line.product.name, "quantity": str(line.quantity)}
            for line in lines
        ]  # fmt: skip
        return JsonResponse({"rows": rows})


class SubmitView(EntryPart):
    """POST: submit the order; the reasons against it come back with their lines."""

    def post(self, request: HttpRequest, pk: int) -> JsonResponse:
        order = self.document(pk)
        try:
            after = move_order(order.pk, "submit", by=request.user, day=today())
        except Refused as refused:
            return JsonResponse({"refusals": [refusal_shape(each) for each in refused.refusals]}, status=409)
        status = self.page.flow.label_of(after.status)
        messages.success(request, _("%(order)s: now “%(status)s”.") % {"order": after, "status": status})
        return JsonResponse({"url": self.page.detail_url(order.pk)})


def entry_urls(page: Any) -> list[Any]:
    """The addresses of order entry, under the page's own."""
    one = f"{page.path}/<int:pk>/entry"
    views = (
        ("", "entry", EntryView), ("lines/", "entry_lines", LinesView), ("products/", "entry_products", ProductsView),
        ("file/", "entry_file", FileView), ("earlier/<int:earlier>/", "entry_earlier", EarlierView),
        ("submit/", "entry_submit", SubmitView),
    )  # fmt: skip
    return [path(f"{one}/{rest}", view.as_view(page=page), name=f"order_{name}") for rest, name, view in views]


def words() -> dict[str, str]:
    """The words the script puts on the page."""
    return {
        "product": _("SKU or name"), "product_hint": _("SKU or name"), "quantity": _("Quantity"),
        "discount": _("Discount, %"), "price": _("Price"), "list_was": _("list {price}"), "total": _("Total"),
        "available": _("Available"), "quota_left": _("quota {n}"), "margin": _("Margin"),
        "remove": _("Remove the line"), "removed": _("Line removed: {sku}."), "undo": _("Undo"),
        "found": _("Products found"), "nothing": _("Nothing found. Try another word or the SKU."),
        "added": _("Lines added: {n}."), "added_wrong": _("Lines added: {n}; to be mended: {wrong}."),
        "not_saved": _("The lines could not be saved."), "not_read": _("The file could not be read."),
        "mend_first": _("Mend or remove the marked lines first."), "not_submitted": _("The order was not submitted."),
        "keep_mine": _("Keep my lines"), "show_theirs": _("Show theirs"),
        "bring_back": _("Bring it back"), "forget": _("Forget it"),
        "draft_older": _("You typed here before and it was not saved; the order was changed since."),
        "status_waiting": _("Typing…"), "status_saving": _("Saving…"), "status_saved": _("All saved"),
        "status_partly": _("Not saved: {n} to mend"),
        "status_offline": _("No connection: kept on this computer, saved when it is back"),
        "status_conflict": _("Changed by somebody else"),
        "status_out": _("Not saved. Are you still signed in? The lines are kept on this computer."),
    }  # fmt: skip
