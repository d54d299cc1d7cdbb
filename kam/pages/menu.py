"""The menu by what people do, and the frame every page stands in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

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
    active: bool = False


@dataclass(slots=True)
class Section:
    """One section of the menu, with the entries this person may open."""

    key: str
    label: Any
    icon: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def href(self) -> str:
        return self.entries[0].href

    @property
    def active(self) -> bool:
        return any(entry.active for entry in self.entries)


def sections_for(user: Any, path: str = "") -> list[Section]:
    """The menu of a person; `path` marks the entry it lies under."""
    found = {key: Section(key, label, icon) for key, (label, icon) in SECTIONS.items()}
    for entry_section, entry in _entries(user):
        found[entry_section].entries.append(entry)
    sections = [section for section in found.values() if section.entries]
    for section in sections:
        section.entries.sort(key=lambda entry: entry.order)
    _mark(sections, path)
    return sections


def entries_for(user: Any) -> list[Entry]:
    """Every menu entry of a person in the menu's order."""
    return [entry for section in sections_for(user) for entry in section.entries]


def _entries(user: Any) -> Any:
    for page in PAGES:
        if page.menu and page.may(user, "view"):
            label = SECTIONS[page.menu][0]
            yield page.menu, Entry(page.key(), page.titles, page.list_url(), page.icon, label, page.menu_order)
    for screen in SCREENS:
        if screen.menu and screen.offered(user):
            label = SECTIONS[screen.menu][0]
            key = f"{screen.app}.{screen.name}"
            yield screen.menu, Entry(key, screen.title, screen.url(), screen.icon, label, screen.menu_order)


def _mark(sections: list[Section], path: str) -> None:
    """Mark the entry with the longest address that the path lies under."""
    best: tuple[int, Any, int] = (0, None, 0)
    for section in sections:
        for index, entry in enumerate(section.entries):
            if path.startswith(entry.href) and len(entry.href) > best[0]:
                best = (len(entry.href), section, index)
    length, section, index = best
    if section is not None and length:
        old = section.entries[index]
        section.entries[index] = Entry(old.key, old.label, old.href, old.icon, old.section, old.order, True)


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
        return {"theme": request.COOKIES.get("theme", "auto"), "sections": []}
    sections = SimpleLazyObject(lambda: _Wrapped(sections_for(user, request.path)))
    return {
        "theme": user.theme,
        "frame": sections,
        "absent": SimpleLazyObject(lambda: _absent(user)),
    }


class _Wrapped:
    """The menu for the template: all sections, and the four of a phone's bottom bar."""

    def __init__(self, sections: list[Section]) -> None:
        self.sections = sections
        self.phone = [section for section in sections if section.key in PHONE_SECTIONS]


def _absent(user: Any) -> list[Any]:
    """Whom the person stands in for today."""
    keys = [standing.user_id for standing in user.standings.absent]
    return list(User.objects.filter(pk__in=keys)) if keys else []
