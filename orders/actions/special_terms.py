"""Dated prices and discounts agreed with one client."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Client
from kam import trail
from kam.access import authority
from kam.clock import now
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.models import SpecialTerm


@writes
def agree_special_term(
    *,
    by,
    client_id: int,
    starts_on: date,
    reason: str,
    ends_on: date | None = None,
    product_id: int | None = None,
    brand_id: int | None = None,
    category_id: int | None = None,
    price: Decimal | None = None,
    discount_percent: Decimal | None = None,
) -> SpecialTerm:
    """Agree a fixed price of a product, or a discount on a product, a brand or a category, for a period.

    Raises Client.DoesNotExist for a client the user does not see, Forbidden, and Refused with every reason.
    """
    client = Client.objects.visible_to(by).get(pk=client_id)
    who = authority(by, "orders.add_specialterm", client.manager_id)
    term = SpecialTerm(
        client=client,
        product_id=product_id,
        brand_id=brand_id,
        category_id=category_id,
        price=price,
        discount_percent=discount_percent,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        agreed_by=by,
    )
    found = _refusals(term)
    if found:
        raise Refused(*found)
    term.save(force_insert=True)
    trail.record(term, "agree", by=who, reason=reason)
    return term


def _refusals(term: SpecialTerm) -> list[Refusal]:
    """Everything that is wrong with a term: its subject, its price or discount, its period, its reason."""
    subjects, price, discount = (term.product_id, term.brand_id, term.category_id), term.price, term.discount_percent
    found = []
    if sum(each is not None for each in subjects) != 1:
        found.append(Refusal("one_subject", _("Name a product, a brand or a category, one of them."), "product_id"))
    if (price is None) == (discount is None) or (price is not None and term.product_id is None):
        text = _("Give either a discount, or a price of one product.")
        found.append(Refusal("price_or_discount", text, "price"))
    if (price is not None and price <= 0) or (discount is not None and not 0 < discount < 100):
        found.append(Refusal("bad_term", _("The price or discount is not possible."), "price"))
    if term.ends_on is not None and term.ends_on < term.starts_on:
        found.append(Refusal("bad_period", _("The period ends before it starts."), "ends_on"))
    if not term.reason.strip():
        found.append(Refusal("reason_missing", _("Say why the client gets special terms."), "reason"))
    return found


@writes
def withdraw_special_term(pk: int, *, by, reason: str) -> SpecialTerm:
    """Withdraw a special term: prices from now on do without it, orders priced by it keep their price.

    Raises Forbidden, and Refused without a reason or when it is withdrawn already.
    """
    term = SpecialTerm.objects.visible_to(by).select_for_update(of=("self",)).select_related("client").get(pk=pk)
    who = authority(by, "orders.change_specialterm", term.client.manager_id)
    if term.withdrawn_at:
        raise Refused(Refusal("withdrawn_already", _("These special terms are withdrawn already.")))
    if not reason.strip():
        raise Refused(Refusal("reason_missing", _("Say why the special terms are withdrawn."), "reason"))
    term.withdrawn_at = now()
    term.save(update_fields=["withdrawn_at", "updated_at"])
    trail.record(term, "withdraw", by=who, reason=reason)
    return term
