"""The menu by what people do, and the frame every page stands in."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import get_script_prefix, get_urlconf
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kam.access import Rights
from kam.models import User
from kam.pages.registry import PAGES, SCREENS

SECTIONS = {
    "today": (_("Today"), "home"),
    "clients": (_("Clients"), "building-store"),
    "orders": (_("Orders"), "shopping-cart"),
    "stock": (_("Stock"), "package"),
    "bonuses": (_("Bonuses"), "discount-2"),
    "receivables": (_("Receivables"), "wallet"),
    "reports": (_("Reports"), "chart-bar"),
    "settings": (_("Settings"), "settings"),
}
PHONE_SECTIONS = ("today", "clients", "orders", "receivables")


@dataclass(frozen=True, slots=True)
class Entry:
    """One place to go: a list or a screen."""

    key: str
    label: Any
    href: str
    icon: str
    section: Any
    order: int


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the menu, with the entries that may be opened."""

    key: str
    label: Any
    icon: str
    entries: tuple[Entry, ...]

    @property
    def href(self) -> str:
        return self.entries[0].href

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(entry.key for entry in self.entries)


# How many menus are kept: roles are few, and so are the places and the languages of a menu.
MENUS, WRITTEN = 64, 1024


def sections_for(rights: Rights) -> tuple[Section, ...]:
    """The menu of everybody with these rights."""
    return _sections(rights, get_urlconf(), get_script_prefix())


@lru_cache(MENUS)
def _sections(rights: Rights, urlconf: str | None, prefix: str) -> tuple[Section, ...]:
    """`urlconf` and `prefix` are what addresses depend on besides."""
    found: dict[str, list[Entry]] = {key: [] for key in SECTIONS}
    for section, entry in _entries(rights):
        found[section].append(entry)
    return tuple(
        Section(key, *SECTIONS[key], tuple(sorted(entries, key=lambda entry: entry.order)))
        for key, entries in found.items()
        if entries
    )


def entries_for(user: Any) -> list[Entry]:
    """Every menu entry of a person in the menu's order."""
    return [entry for section in sections_for(user.rights) for entry in section.entries]


def _entries(rights: Rights) -> Iterator[tuple[str, Entry]]:
    for page in PAGES:
        if page.menu and page.may(rights, "view"):
            label = SECTIONS[page.menu][0]
            yield page.menu, Entry(page.key(), page.titles, page.list_url(), page.icon, label, page.menu_order)
    for screen in SCREENS:
        if screen.menu and screen.offered(rights):
            label = SECTIONS[screen.menu][0]
            key = f"{screen.app}.{screen.name}"
            yield screen.menu, Entry(key, screen.title, screen.url(), screen.icon, label, screen.menu_order)


def place_of(sections: Iterable[Section], path: str) -> str:
    """The key of the entry that a path lies under, which is the one with the longest address; empty if none."""
    under = (entry for section in sections for entry in section.entries if path.startswith(entry.href))
    nearest = max(under, key=lambda entry: len(entry.href), default=None)
    return nearest.key if nearest else ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame draws of the menu; written once for all who have the same rights, at each place."""

    user: Any
    path: str

    @property
    def menu(self) -> SafeString:
        """All sections with their entries."""
        return self._written("kam/partials/menu.html")

    @property
    def phone(self) -> SafeString:
        """The few sections of a phone's bottom bar."""
        return self._written("kam/partials/phone_bar.html")

    def _written(self, template: str) -> SafeString:
        rights = self.user.rights
        place = place_of(sections_for(rights), self.path)
        return _menu_html(template, rights, place, get_language(), get_urlconf(), get_script_prefix())


@lru_cache(WRITTEN)
def _menu_html(
    template: str, rights: Rights, place: str, language: str | None, urlconf: str | None, prefix: str
) -> SafeString:
    sections = sections_for(rights)
    shown = {"sections": sections, "phone": [each for each in sections if each.key in PHONE_SECTIONS], "place": place}
    return mark_safe(render_to_string(template, shown))


Counter = Callable[[Any], int]
COUNTERS: dict[str, Counter] = {}


def add_counter(key: str, count: Counter) -> None:
    """Show a figure in the frame where something waits for the person: `count(user)`.

    `key` is "inbox", "notifications" or the key of a menu entry. Counters are asked by a request of their own, so that
    no page waits for them.
    """
    COUNTERS[key] = count


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what the frame shows; read only by pages that draw it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"theme": request.COOKIES.get("theme", "auto")}
    return {
        "theme": user.theme,
        "frame": Frame(user, request.path),
        "absent": SimpleLazyObject(lambda: _absent(user)),
    }


def _absent(user: Any) -> list[Any]:
    """Whom the person stands in for today."""
    keys = [standing.user_id for standing in user.standings.absent]
    return list(User.objects.filter(pk__in=keys)) if keys else []
