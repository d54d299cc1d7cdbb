"""The search palette: the documents people name most and the pages, also when typed in the wrong layout."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kam.folding import folded, from_other_layout
from kam.pages.filters import found_by, searchable
from kam.pages.menu import entries_for
from kam.pages.registry import PAGES
from kam.pages.views import SignedInView

SHOWN_EACH = 5
SHORTEST = 2
# As many rows as the words found are put in order; the latest of more would cost a walk over all of them.
LOOKED_AT = 300


@dataclass(frozen=True, slots=True)
class Group:
    """What one kind of document gave."""

    title: str
    icon: str
    items: list[dict[str, str]]


def groups_for(user: Any, text: str) -> list[Group]:
    """What the user finds for a text; read again as typed in the other layout if nothing was found."""
    text = text.strip()
    pages = pages_group(user, text)
    groups = [*pages, *document_groups(user, text)]
    if not groups and len(text) >= SHORTEST:
        other = from_other_layout(text)
        if other != text:
            groups = [*pages_group(user, other), *document_groups(user, other)]
    return groups


def pages_group(user: Any, text: str) -> list[Group]:
    """The menu entries whose name has a word beginning with the text; all of them for an empty one."""
    wanted = folded(text)
    items = [
        {"label": str(entry.label), "hint": str(entry.section), "href": entry.href, "icon": entry.icon}
        for entry in entries_for(user)
        if not wanted or any(w.startswith(wanted) for w in folded(str(entry.label)).split())
        or folded(str(entry.label)).startswith(wanted)
    ]  # fmt: skip
    return [Group(_("Go to"), "arrow-right", items)] if items else []


def palette_pages(user: Any) -> list[Any]:
    """The pages whose documents the palette finds, as they say by `palette`; those the user may open."""
    pages = [page for page in PAGES if page.palette and searchable(page) and page.may(user, "view")]
    return sorted(pages, key=lambda page: page.palette)


def document_groups(user: Any, text: str) -> list[Group]:
    """Documents the user may see that the text finds, one group and one query a page."""
    if len(text) < SHORTEST:
        return []
    groups = []
    for page in palette_pages(user):  # a handful, as many at any number of pages
        # What is found is cut off inside, so that the index of the words is used and not that of the order.
        found = found_by(page, page.rows(user).order_by(), text).values("pk")[:LOOKED_AT]
        rows = page.model._default_manager.filter(pk__in=found).select_related(*page.palette_related)
        items = [
            {"label": page.heading(row), "hint": str(page.palette_hint(row) or ""), "href": page.detail_url(row.pk),
             "icon": page.icon}
            for row in rows.order_by("-pk")[:SHOWN_EACH]
        ]  # fmt: skip
        if items:
            groups.append(Group(str(page.titles), page.icon, items))
    return groups


class PaletteView(SignedInView):
    """GET: what a text finds, as JSON for the palette or as a page of its own."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "")[:100]
        groups = groups_for(request.user, text)
        if request.GET.get("format") == "json":
            items = [{"title": g.title, "icon": g.icon, "items": g.items} for g in groups]
            return JsonResponse({"q": text, "groups": items})
        return render(request, "kam/search.html", {"groups": groups, "q": text, "title": _("Search")})
