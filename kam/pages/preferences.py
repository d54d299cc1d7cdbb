"""What a person keeps for a list: saved views and chosen columns. Read from the cache, so that a list asks once."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from kam.actions.lists import choose_columns, preferences_key, remove_view, save_view
from kam.models import ColumnChoice, SavedView
from kam.pages.fields import number_of
from kam.pages.views import PageView, gone_to
from kam.refusals import Refused

KEPT_SECONDS = 3600


def preferences_of(page: Any, user: Any) -> dict[str, Any]:
    """`{"columns": [names], "views": [(pk, name, query)]}` of a user for a page."""
    key = preferences_key(page.key(), user)
    kept = cache.get(key)
    if kept is None:
        choice = ColumnChoice.objects.filter(user=user, page=page.key()).first()
        views = SavedView.objects.filter(user=user, page=page.key())
        kept = {
            "columns": choice.columns if choice else [],
            "views": [(view.pk, view.name, view.query) for view in views],
        }
        cache.set(key, kept, KEPT_SECONDS)
    return kept


@dataclass(frozen=True, slots=True)
class ViewTab:
    """A saved view as a tab of the list."""

    pk: int
    name: str
    href: str
    active: bool
    changed: bool


def view_url(page: Any, pk: int, query: str) -> str:
    """The address of a list as a saved view shows it."""
    return f"{page.list_url()}?{query}&view={pk}" if query else f"{page.list_url()}?view={pk}"


def saved_views(page: Any, kept: list[tuple[int, str, str]], active: str, query: str) -> list[ViewTab]:
    """The user's saved views of a page; the active one is marked as changed once filters differ from it."""
    tabs = []
    for pk, name, saved in kept:
        href = view_url(page, pk, saved)
        here = str(pk) == active
        tabs.append(ViewTab(pk, name, href, here, here and saved != query))
    return tabs


class ColumnsView(PageView):
    """POST: keep the chosen columns of a list; none chosen means the default ones again."""

    def post(self, request: HttpRequest) -> HttpResponse:
        allowed = self.page.table.allowed(request.user)
        names = [] if "reset" in request.POST else [n for n in request.POST.getlist("column") if n in allowed]
        choose_columns(by=request.user, page=self.page.key(), names=names)
        return gone_to(request, _list_with(self.page, request.POST.get("query", "")))


class SaveView(PageView):
    """POST: keep the filters and the sorting under a name, put them into a view again, or remove a view."""

    def post(self, request: HttpRequest) -> HttpResponse:
        query = QueryDict(request.POST.get("query", "")).urlencode()
        if "remove" in request.POST:
            mine = SavedView.objects.visible_to(request.user).filter(page=self.page.key())
            view = mine.filter(pk=number_of(request.POST["remove"])).first()
            if view is not None:  # removed in another window already
                remove_view(view.pk, by=request.user)
            return gone_to(request, _list_with(self.page, query))
        try:
            view = save_view(by=request.user, page=self.page.key(), name=request.POST.get("name", ""), query=query)
        except Refused as refused:
            for refusal in refused.refusals:
                messages.error(request, str(refusal.text))
            return gone_to(request, _list_with(self.page, query))
        messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
        return gone_to(request, _list_with(self.page, f"{query}&view={view.pk}" if query else f"view={view.pk}"))


def _list_with(page: Any, query: str) -> str:
    return f"{page.list_url()}?{query}" if query else page.list_url()
