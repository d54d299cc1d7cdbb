"""Pages of discrepancy acts and corrective actions, and the forms that record, settle and plan."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.panels import allowed
from kam import formats
from kam.clock import today
from kam.pages import (
    Attachments,
    Button,
    Fact,
    Facts,
    Figure,
    Page,
    Panel,
    QuantityField,
    RemoteChoiceField,
    Rows,
    Trail,
    paper_button,
)
from kam.workspace import Today
from orders.actions.corrective_actions import change_action, move_action, plan_action
from orders.actions.discrepancy_acts import ActLineInput, change_act, record_act
from orders.actions.settling_claims import move_act, settle_claim
from orders.documents.kinds import TORG_2
from orders.filters.settlements import CorrectiveActionFilter, DiscrepancyActFilter
from orders.flow import ACT_FLOW, ACTION_FLOW
from orders.forms.settlements import (
    AcceptForm,
    ActChangeForm,
    ActForm,
    ActionForm,
    CloseForm,
    FinishForm,
    NewActionForm,
    SettleForm,
)
from orders.models import CorrectiveAction, Discrepancy, DiscrepancyAct, DiscrepancyActLine, Product, Shipment
from orders.pages.lines_screen import Cell, Line, LinesScreen
from orders.pages.money import CreditNotePage, InvoicePage
from orders.pages.orders import OrderPage
from orders.pages.shipping import ReturnPage, ShipmentPage
from orders.queries.claims import claimable_lines
from orders.rules.claims import MAY_LIE_HERE, Counted, Kind, differences_of, outcomes_for
from orders.tables.claims import ActionOfActTable, CorrectiveActionTable, DiscrepancyActLineTable, DiscrepancyActTable


def plan_href(**given: Any) -> str:
    """The form of a new corrective action with these first values."""
    query = "&".join(f"{name}={value}" for name, value in given.items() if value)
    return f"{reverse('orders:correctiveaction_new')}?{query}"


class DiscrepancyActPage(Page):
    """What clients found at acceptance against the papers."""

    model, table, filterset, form = DiscrepancyAct, DiscrepancyActTable, DiscrepancyActFilter, ActChangeForm
    flow, move, change = ACT_FLOW, move_act, change_act
    step_forms = {"accept": AcceptForm, "close": CloseForm}
    path, menu, menu_order, icon = "discrepancy-acts", "orders", 50, "package-off"
    search = ("number__istartswith", "shipment__number__istartswith", "client__search")
    empty = _("No act fits. Discrepancies are recorded from the page of their shipment.")
    figures = (Figure(_("Claimed"), "total"), Figure(_("Credited"), "credited"))
    panels = (
        Rows("lines", DiscrepancyActLineTable, _("Differences")),
        Facts(
            "client", "shipment", Fact("shipment.order", _("Order")), "accepted_on", "recorded_on", "recorded_by",
            Fact("client_number", hide_empty=True), Fact("decision", hide_empty=True), title=_("Act"),
        ),
        Facts(
            Fact("credit_note", hide_empty=True), Fact("order", hide_empty=True), Fact("returned", hide_empty=True),
            Fact("settled_on", hide_empty=True), Fact("cause", hide_empty=True), Fact("cause_found", hide_empty=True),
            Fact("closed_on", hide_empty=True), title=_("What came of it"),
        ),
        Facts("place", "carrier", "vehicle", "seals", "packaging", "method", "commission", "conclusion",
              title=_("Acceptance")),
        Rows("corrective_actions", ActionOfActTable, _("Corrective actions"), empty=_("None is planned.")),
        Trail(),
        Attachments(),
    )  # fmt: skip
    actions = (
        Button(
            _("Settle the claim"), lambda doc, user: reverse("orders:act_settle", args=[doc.pk]), icon="checks",
            permission="orders.settle_discrepancyact", primary=True,
            shown=lambda doc, user: doc.status == "accepted"
            and allowed(user, "orders.settle_discrepancyact", doc.client.manager_id),
        ),
        paper_button(TORG_2),
        Button(
            _("Plan a corrective action"), lambda doc, user: plan_href(act=doc.pk, client=doc.client_id),
            icon="target-arrow", permission="orders.add_correctiveaction",
        ),
    )  # fmt: skip

    @classmethod
    def detail_rows(cls, user):
        return super().detail_rows(user).select_related("shipment__order", "credit_note", "order", "returned")

    @classmethod
    def editable(cls, document, user):
        return document.status not in ("closed", "cancelled") and allowed(
            user, "orders.change_discrepancyact", document.client.manager_id
        )

    @classmethod
    def subheading(cls, document):
        return f"{document.client} · {document.shipment}"


class CorrectiveActionPage(Page):
    """What is done so that it does not happen again."""

    model, table, filterset = CorrectiveAction, CorrectiveActionTable, CorrectiveActionFilter
    form, new_form = ActionForm, NewActionForm
    flow, move = ACTION_FLOW, move_action
    step_forms = {"finish": FinishForm}
    path, menu, menu_order, icon = "corrective-actions", "orders", 60, "target-arrow"
    search = ("what__icontains",)
    empty = _("No action fits.")
    panels = (
        Facts(
            "what", "owner", "due_on", Fact("reason", hide_empty=True), Fact("client", hide_empty=True),
            Fact("product", hide_empty=True), Fact("act", hide_empty=True), Fact("returned", hide_empty=True),
            "asked_by", Fact("done_on", hide_empty=True), Fact("result", hide_empty=True), title=_("Action"),
        ),
        Trail(),
        Attachments(),
    )  # fmt: skip

    @staticmethod
    def create(*, by, **values):
        """Plan an action."""
        return plan_action(by=by, day=today(), **_ids(values))

    @staticmethod
    def change(pk, *, by, version=None, **values):
        """Change an open action."""
        return change_action(pk, by=by, version=version, **_ids(values))

    @classmethod
    def editable(cls, document, user):
        return document.status == CorrectiveAction.Status.OPEN


def _ids(values: dict[str, Any]) -> dict[str, Any]:
    """Chosen documents as the ids that actions take."""
    relations = ("owner", "client", "product", "act", "returned")
    found = {name: value for name, value in values.items() if name not in relations}
    chosen = {name: values[name] for name in relations if name in values}
    return {**found, **{f"{name}_id": value.pk if value else None for name, value in chosen.items()}}


class RecordActScreen(LinesScreen):
    """What the client found, counted line by line."""

    app, name, path = "orders", "shipment_act", "shipments/<int:pk>/act/"
    title, permission, submit = _("Discrepancies at acceptance"), "orders.add_discrepancyact", _("Record the act")
    form, model = ActForm, Shipment
    headings = ((_("Product"), False), (_("By the papers"), True), (_("Can be claimed"), True))
    inputs = (
        ("actual", _("Came in fact")),
        ("damaged", _("Of them damaged")),
        ("other", _("Another product instead")),
        ("instead", _("Which one")),
        ("note", _("What is wrong")),
    )
    lines_title, empty = _("Goods of the shipment"), _("The shipment has no goods.")

    def lines(self, document):
        self.found_lines = claimable_lines(document)
        found = []
        for place, each in enumerate(self.found_lines, start=1):
            row = each.line
            cells = (
                Cell(row.product.name, hint=row.product.sku),
                Cell(formats.quantity(row.quantity), True),
                Cell(formats.quantity(each.left), True),
            )
            found.append(Line(row.pk, cells, self._fields(row), place))
        return found

    @staticmethod
    def _fields(row) -> dict[str, Any]:
        sku = {"sku": row.product.sku}
        return {
            "actual": QuantityField(label=gettext("Came in fact: %(sku)s") % sku, required=False, min_value=0),
            "damaged": QuantityField(label=gettext("Damaged: %(sku)s") % sku, required=False, min_value=0),
            "other": QuantityField(label=gettext("Came instead of %(sku)s") % sku, required=False, min_value=0),
            "instead": RemoteChoiceField(
                queryset=Product.objects.all(), label=gettext("Product instead of %(sku)s") % sku, required=False
            ),
            "note": forms.CharField(label=gettext("What is wrong: %(sku)s") % sku, required=False, max_length=300),
        }

    def about_lines(self, document):
        return _("Fill only what differs. Units that did not come and that nothing came instead of are a shortage.")

    def first_values(self, document):
        return {"accepted_on": document.delivered_on or today(), "place": document.address, "carrier": document.carrier}

    def act(self, document, values):
        lines, products = values.pop("lines"), {each.line.pk: each.line for each in self.found_lines}
        wanted = [
            each for pk, row in lines.items() if any(row[name] is not None for name in ("actual", "damaged", "other"))
            for each in _inputs(products[pk], row)
        ]  # fmt: skip
        extra, units = values.pop("extra_product"), values.pop("extra_units")
        if extra is not None:
            wanted.append(ActLineInput(Kind.SURPLUS, product_id=extra.pk, actual=units or 0))
        made = record_act(document.pk, by=self.request.user, day=today(), lines=wanted, **values)
        self.made = DiscrepancyActPage.detail_url(made.pk)
        return gettext("%(document)s waits for a decision.") % {"document": made}

    def back(self, document):
        return ShipmentPage.detail_url(document.pk)


def _inputs(line, row: dict[str, Any]) -> list[ActLineInput]:
    """The differences of one line as it was counted."""
    instead = row["instead"]
    same = instead is not None and instead.category_id == line.product.category_id
    counted = Counted(line.quantity, row["actual"], row["damaged"] or 0, row["other"] or 0, same)
    return [
        ActLineInput(
            each.kind, line.pk, actual=each.actual, spoilt=each.spoilt,
            came_instead_id=instead.pk if instead and each.kind in (Kind.MIS_SORT, Kind.WRONG_ITEM) else None,
            note=row["note"],
        )
        for each in differences_of(counted)
    ]  # fmt: skip


class SettleScreen(LinesScreen):
    """What is done about each difference."""

    app, name, path = "orders", "act_settle", "discrepancy-acts/<int:pk>/settle/"
    title, permission, submit = _("Settle the claim"), "orders.settle_discrepancyact", _("Settle")
    form, model = SettleForm, DiscrepancyAct
    headings = ((_("Product"), False), (_("Difference"), False), (_("Units in question"), True), (_("Sum"), True))
    inputs = (("outcome", _("Outcome")), ("here", _("Found in our warehouse")))
    lines_title, empty = _("Differences"), _("The act has no lines.")

    def lines(self, document):
        labels = dict(DiscrepancyActLine.Outcome.choices)
        found = []
        for place, row in enumerate(document.lines.select_related("product", "came_instead").order_by("pk"), start=1):
            cells = (
                Cell(row.product.name, hint=row.product.sku),
                Cell(row.get_kind_display(), hint=row.came_instead or row.note),
                Cell(formats.quantity(row.quantity), True),
                Cell(formats.money(row.total), True),
            )
            sku = {"sku": row.product.sku}
            choices = [(each.value, labels[each.value]) for each in outcomes_for(row.kind)]
            inputs = {"outcome": forms.ChoiceField(label=gettext("Outcome: %(sku)s") % sku, choices=choices)}
            inputs["here"] = forms.BooleanField(
                label=gettext("Found in our warehouse: %(sku)s") % sku, required=False,
                disabled=Kind(row.kind) not in MAY_LIE_HERE,
            )  # fmt: skip
            found.append(Line(row.pk, cells, inputs, place))
        return found

    def about_lines(self, document):
        return _("Missing and damaged units are credited once; what is delivered again becomes a draft order.")

    def act(self, document, values):
        lines, place = values["lines"], values["warehouse"]
        settled = settle_claim(
            document.pk, by=self.request.user, day=today(),
            outcomes={pk: row["outcome"] for pk, row in lines.items()},
            in_stock=[pk for pk, row in lines.items() if row["here"]], warehouse_id=place.pk if place else None,
        )  # fmt: skip
        return gettext("%(document)s is settled.") % {"document": settled}

    def back(self, document):
        return DiscrepancyActPage.detail_url(document.pk)


def acts_of(shipment, user):
    """The acts recorded for a shipment."""
    return DiscrepancyAct.objects.visible_to(user).filter(shipment=shipment)


def acts_of_invoice(invoice, user):
    """The acts recorded for the shipment of an invoice."""
    return DiscrepancyAct.objects.visible_to(user).filter(shipment=invoice.shipment_id or 0)


ACTS = {"table": DiscrepancyActTable, "title": _("Discrepancy acts"), "permission": "orders.view_discrepancyact"}
ShipmentPage.add_panel(Rows(rows=acts_of, empty=_("Nothing differed."), **ACTS))
ShipmentPage.add_action(
    Button(
        _("Discrepancies"), lambda doc, user: reverse("orders:shipment_act", args=[doc.pk]), icon="package-off",
        permission="orders.add_discrepancyact",
        shown=lambda doc, user: doc.status != "refused"
        and allowed(user, "orders.add_discrepancyact", doc.order.client.manager_id),
    )
)  # fmt: skip
InvoicePage.add_panel(Rows(rows=acts_of_invoice, empty=_("Nothing differed."), **ACTS))
# From what the claim led to back to the act.
for each in (CreditNotePage, OrderPage, ReturnPage):
    each.add_action(
        Button(
            _("Discrepancy act"),
            lambda doc, user: DiscrepancyActPage.detail_url(doc.discrepancy_act.pk),
            icon="package-off",
            permission="orders.view_discrepancyact",
            shown=lambda doc, user: hasattr(doc, "discrepancy_act"),
        )
    )
ReturnPage.add_action(
    Button(
        _("Plan a corrective action"), lambda doc, user: plan_href(returned=doc.pk, client=doc.client_id),
        icon="target-arrow", permission="orders.add_correctiveaction",
    )
)  # fmt: skip


class OverdueWork(Panel):
    """On the first screen: corrective actions and differences of the person's whose day has passed."""

    template = "orders/panels/overdue_work.html"
    title = _("Settlements: what is late")
    permission = "orders.view_correctiveaction"

    def context(self, document, request):
        mine = "?mine=true&overdue=true"
        late = {"owner": request.user.pk}
        found = [
            (
                _("Corrective actions"),
                CorrectiveAction.objects.overdue(today()).filter(**late).count(),
                f"{reverse('orders:correctiveaction_list')}{mine}",
            ),
            (
                _("Differences with clients"),
                Discrepancy.objects.overdue(today()).filter(**late).count(),
                f"{reverse('orders:discrepancy_list')}{mine}",
            ),
        ]
        if not request.user.has_perm("orders.view_discrepancy"):
            found.pop()
        late = [each for each in found if each[1]]
        return {"late": late} if late else None


Today.add(OverdueWork())
