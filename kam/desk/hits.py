"""What a few letters find: the documents people name most and the pages, also when typed in the wrong layout."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kam.folding import folded, from_other_layout
from kam.models import User
from kam.pages.filters import found_by, searchable
from kam.pages.menu import entries_for
from kam.pages.registry import PAGES

SHOWN_EACH = 5
SHORTEST, LONGEST = 2, 100
# As many rows as the words found are put in order; the latest of more would cost a walk over all of them.
LOOKED_AT = 300


@dataclass(frozen=True, slots=True)
class Hit:
    """One place to go: a document, with its key, or an entry of the menu, by the key of its page or screen."""

    label: str
    hint: str
    href: str
    icon: str
    pk: int | None = None
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What one kind of document gave; without a page it is the menu."""

    title: str
    icon: str
    hits: list[Hit]
    page: Any = None


def groups_for(user: User, text: str) -> list[Group]:
    """What the user finds for a text; read again as typed in the other layout if nothing was found."""
    text = text.strip()
    pages = pages_group(user, text)
    groups = [*pages, *document_groups(user, text)]
    if not groups and len(text) >= SHORTEST:
        other = from_other_layout(text)
        if other != text:
            groups = [*pages_group(user, other), *document_groups(user, other)]
    return groups


def pages_group(user: User, text: str) -> list[Group]:
    """The menu entries whose name has a word beginning with the text; all of them for an empty one."""
    wanted = folded(text)
    hits = [
        Hit(str(entry.label), str(entry.section), entry.href, entry.icon, entry=entry.key)
        for entry in entries_for(user)
        if not wanted or any(w.startswith(wanted) for w in folded(str(entry.label)).split())
        or folded(str(entry.label)).startswith(wanted)
    ]  # fmt: skip
    return [Group(_("Go to"), "arrow-right", hits)] if hits else []


def palette_pages(user: User) -> list[Any]:
    """The pages whose documents the palette finds, as they say by `palette`; those the user may open."""
    pages = [page for page in PAGES if page.palette and searchable(page) and page.may(user, "view")]
    return sorted(pages, key=lambda page: page.palette)


def document_groups(user: User, text: str) -> list[Group]:
    """Documents the user may see that the text finds, one group and one query a page."""
    if len(text) < SHORTEST:
        return []
    groups = []
    for page in palette_pages(user):  # a handful, as many at any number of pages
        # What is found is cut off inside, so that the index of the words is used and not that of the order.
        found = found_by(page, page.rows(user).order_by(), text).values("pk")[:LOOKED_AT]
        rows = page.model._default_manager.filter(pk__in=found).select_related(*page.palette_related)
        hits = [
            Hit(page.heading(row), str(page.palette_hint(row) or ""), page.detail_url(row.pk), page.icon, row.pk)
            for row in rows.order_by("-pk")[:SHOWN_EACH]
        ]
        if hits:
            groups.append(Group(str(page.titles), page.icon, hits, page))
    return groups
