"""All declared pages and screens, for URLs, the menu, the palette, remote choices and the tests of the house."""

from typing import Any

from django.db.models import Model
from django.urls import URLPattern

PAGES: list[type] = []
SCREENS: list[type] = []


def add_page(page: type) -> None:
    """Keep a declared page; `Page` does it for each of its subclasses."""
    PAGES.append(page)


def add_screen(screen: type) -> None:
    """Keep a screen; `Screen` does it for each of its subclasses."""
    SCREENS.append(screen)


def page_of(model: type[Model]) -> type | None:
    """The page that shows documents of a model: the first one declared for it."""
    for page in PAGES:
        if page.model is model:
            return page
    return None


def page_named(key: str) -> type | None:
    """The page with the key `<app>.<name>`."""
    for page in PAGES:
        if page.key() == key:
            return page
    return None


def address_of(document: Any) -> str:
    """Where a document is shown, or an empty string if nothing shows it."""
    page = page_of(type(document)) if document is not None else None
    return page.detail_url(document.pk) if page else ""


def urls_of(app: str) -> list[URLPattern]:
    """The URL patterns of every page and screen of an app, for its `urls.py`."""
    patterns: list[URLPattern] = []
    for screen in SCREENS:
        if screen.app == app:
            patterns += screen.urls()
    for page in PAGES:
        if page.app() == app:
            patterns += page.urls()
    return patterns
