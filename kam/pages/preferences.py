"""What a person keeps for a list: saved views and chosen columns. Read from the cache, so that a list asks once."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from kam.models import ColumnChoice, SavedView
from kam.pages.fields import number_of
from kam.pages.views import PageView, gone_to

KEPT_SECONDS = 3600


def _cache_key(page: Any, user: Any) -> str:
    return f"list-preferences:{user.pk}:{page.key()}"


def preferences_of(page: Any, user: Any) -> dict[str, Any]:
    """`{"columns": [names], "views": [(pk, name, query)]}` of a user for a page."""
    kept = cache.get(_cache_key(page, user))
    if kept is None:
        choice = ColumnChoice.objects.filter(user=user, page=page.key()).first()
        views = SavedView.objects.filter(user=user, page=page.key())
        kept = {
            "columns": choice.columns if choice else [],
            "views": [(view.pk, view.name, view.query) for view in views],
        }
        cache.set(_cache_key(page, user), kept, KEPT_SECONDS)
    return kept


def forget_preferences(page: Any, user: Any) -> None:
    cache.delete(_cache_key(page, user))


@dataclass(frozen=True, slots=True)
class ViewTab:
    """A saved view as a tab of the list."""

    pk: int
    name: str
    href: str
    active: bool
    changed: bool


def saved_views(page: Any, kept: list[tuple[int, str, str]], active: str, query: str) -> list[ViewTab]:
    """The user's saved views of a page; the active one is marked as changed once filters differ from it."""
    tabs = []
    for pk, name, saved in kept:
        href = f"{page.list_url()}?{saved}&view={pk}" if saved else f"{page.list_url()}?view={pk}"
        here = str(pk) == active
        tabs.append(ViewTab(pk, name, href, here, here and saved != query))
    return tabs


class ColumnsView(PageView):
    """POST: keep the chosen columns of a list; none chosen means the default ones again."""

    def post(self, request: HttpRequest) -> HttpResponse:
        allowed = self.page.table.allowed(request.user)
        names = [] if "reset" in request.POST else [n for n in request.POST.getlist("column") if n in allowed]
        ColumnChoice.objects.update_or_create(user=request.user, page=self.page.key(), defaults={"columns": names})
        forget_preferences(self.page, request.user)
        return gone_to(request, _list_with(self.page, request.POST.get("query", "")))


class SaveView(PageView):
    """POST: keep the filters and the sorting under a name, put them into a view again, or remove a view."""

    def post(self, request: HttpRequest) -> HttpResponse:
        mine = SavedView.objects.filter(user=request.user, page=self.page.key())
        query = QueryDict(request.POST.get("query", "")).urlencode()
        if "remove" in request.POST:
            mine.filter(pk=number_of(request.POST["remove"])).delete()
            address = _list_with(self.page, query)
        else:
            name = request.POST.get("name", "").strip()[:60]
            if not name:
                messages.error(request, _("Name the view."))
                return gone_to(request, _list_with(self.page, query))
            view, _new = SavedView.objects.update_or_create(
                user=request.user, page=self.page.key(), name=name,
                defaults={"query": query}, create_defaults={"query": query, "position": mine.count()},
            )  # fmt: skip
            address = _list_with(self.page, f"{query}&view={view.pk}" if query else f"view={view.pk}")
            messages.success(request, _("The view “%(name)s” is kept.") % {"name": name})
        forget_preferences(self.page, request.user)
        return gone_to(request, address)


def _list_with(page: Any, query: str) -> str:
    return f"{page.list_url()}?{query}" if query else page.list_url()
