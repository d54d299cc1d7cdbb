"""The search palette: documents of every page and the pages themselves, also when typed in the wrong layout."""

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


def document_groups(user: Any, text: str) -> list[Group]:
    """Documents the user may see that the text finds, one group a page, one query each."""
    if len(text) < SHORTEST:
        return []
    groups = []
    for page in PAGES:
        if not searchable(page) or not page.may(user, "view"):
            continue
        rows = found_by(page, page.detail_rows(user), text).order_by("-pk")[:SHOWN_EACH]
        items = [
            {"label": page.heading(row), "hint": str(page.choice_hint(row) or ""), "href": page.detail_url(row.pk),
             "icon": page.icon}
            for row in rows
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
