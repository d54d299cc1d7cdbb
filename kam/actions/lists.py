"""What a person keeps for a list of the workspace: views saved under a name, and the columns they want to see.

No trail: these change nothing for anybody else.
"""

from collections.abc import Sequence

from django.core.cache import cache
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from kam.models import ColumnChoice, SavedView, User
from kam.refusals import Refusal, Refused
from kam.writing import writes

LONGEST_NAME = SavedView._meta.get_field("name").max_length


def preferences_key(page: str, by: User) -> str:
    """Where the cache holds what a person keeps for the list of a page, named by its key."""
    return f"list-preferences:{by.pk}:{page}"


@writes
def save_view(*, by: User, page: str, name: str, query: str = "") -> SavedView:
    """Keep filters and sorting, as the list's address has them, under a name; put them into the view of that name.

    Raises Refused without a name.
    """
    view, _new = SavedView.objects.update_or_create(
        user=by, page=page, name=_named(name),
        defaults={"query": _plain(query)},
        create_defaults={"query": _plain(query), "position": SavedView.objects.filter(user=by, page=page).count()},
    )  # fmt: skip
    _forget(page, by)
    return view


@writes
def change_view(pk: int, *, by: User, name: str | None = None, query: str | None = None) -> SavedView:
    """Give one's own view another name, or put other filters and sorting into it; None leaves either as it is.

    Raises SavedView.DoesNotExist for another's, Refused without a name or with that of another view of the list.
    """
    view = SavedView.objects.select_for_update().get(pk=pk, user=by)
    if name is not None:
        view.name = _named(name)
        if SavedView.objects.filter(user=by, page=view.page, name=view.name).exclude(pk=pk).exists():
            text = _("You have a view “%(name)s” of this list already.") % {"name": view.name}
            raise Refused(Refusal("unique", text, field="name"))
    if query is not None:
        view.query = _plain(query)
    view.save(update_fields=["name", "query"])
    _forget(view.page, by)
    return view


@writes
def remove_view(pk: int, *, by: User) -> None:
    """Remove one's own view; raises SavedView.DoesNotExist for another's."""
    view = SavedView.objects.get(pk=pk, user=by)
    view.delete()
    _forget(view.page, by)


@writes
def choose_columns(*, by: User, page: str, names: Sequence[str]) -> None:
    """Keep the columns a person wants to see in a list, in order; none means the usual ones again."""
    ColumnChoice.objects.update_or_create(user=by, page=page, defaults={"columns": list(names)})
    _forget(page, by)


def _named(name: str) -> str:
    found = name.strip()[:LONGEST_NAME]
    if not found:
        raise Refused(Refusal("required", _("Name the view."), field="name"))
    return found


def _plain(query: str) -> str:
    """A query string in one way of writing, so that what is in force can be told from what is saved."""
    return QueryDict(query.removeprefix("?")).urlencode()


def _forget(page: str, by: User) -> None:
    """Let the list be read anew: now for who writes, and after the commit in case another request read it meanwhile."""
    key = preferences_key(page, by)
    cache.delete(key)
    transaction.on_commit(lambda: cache.delete(key))
