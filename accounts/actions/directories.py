"""The small directories clients are described with: groups, segments, territories, price columns."""

from django.utils.translation import gettext as _

from accounts.actions.rows import only
from accounts.models import ClientGroup, PriceColumn, Segment, Territory
from kam.models import User
from kam.records import change_record, create_record
from kam.refusals import Refusal, Refused
from kam.writing import writes

GROUP = ("name", "credit_limit", "comment")
COLUMN = ("code", "name", "currency", "vat_included", "is_active", "external_id")


def create_client_group(*, by: User, **fields) -> ClientGroup:
    """Enter a holding; `credit_limit` is in roubles, None where it has none of its own. Raises Forbidden, Refused."""
    return create_record(ClientGroup, by=by, permission="accounts.add_clientgroup", **only(ClientGroup, fields, GROUP))


def change_client_group(pk: int, *, by: User, version: int | None = None, **fields) -> ClientGroup:
    """Change a holding; raises Forbidden, EditConflict, Refused."""
    return change_record(
        ClientGroup,
        pk,
        by=by,
        permission="accounts.change_clientgroup",
        version=version,
        **only(ClientGroup, fields, GROUP),
    )


def create_segment(*, by: User, **fields) -> Segment:
    """Enter a segment; raises Forbidden, Refused."""
    return create_record(Segment, by=by, permission="accounts.add_segment", **only(Segment, fields, ("name",)))


def change_segment(pk: int, *, by: User, **fields) -> Segment:
    """Rename a segment; raises Forbidden, Refused."""
    return change_record(Segment, pk, by=by, permission="accounts.change_segment", **only(Segment, fields, ("name",)))


def create_territory(*, by: User, **fields) -> Territory:
    """Enter a territory, perhaps as a part of another; raises Forbidden, Refused."""
    fields = only(Territory, fields, ("name", "parent"))
    return create_record(Territory, by=by, permission="accounts.add_territory", **fields)


@writes
def change_territory(pk: int, *, by: User, **fields) -> Territory:
    """Change a territory; it cannot become a part of itself, at any remove. Raises Forbidden, Refused."""
    fields = only(Territory, fields, ("name", "parent"))
    # The tree is small and changes rarely: locking all of it keeps two moves from closing a circle together.
    parents = dict(Territory.objects.select_for_update().values_list("pk", "parent_id"))
    above = Territory(**fields).parent_id
    while above is not None:
        if above == pk:
            raise Refused(
                Refusal("circle", _("A territory cannot be a part of itself or of its own parts."), field="parent")
            )
        above = parents.get(above)
    return change_record(Territory, pk, by=by, permission="accounts.change_territory", **fields)


def create_price_column(*, by: User, **fields) -> PriceColumn:
    """Enter a column of the price list; raises Forbidden, Refused."""
    return create_record(PriceColumn, by=by, permission="accounts.add_pricecolumn", **only(PriceColumn, fields, COLUMN))


def change_price_column(pk: int, *, by: User, **fields) -> PriceColumn:
    """Change a column of the price list; raises Forbidden, Refused."""
    return change_record(
        PriceColumn, pk, by=by, permission="accounts.change_pricecolumn", **only(PriceColumn, fields, COLUMN)
    )
