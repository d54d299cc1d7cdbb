import datetime as dt

import pytest

from kam.access import authority
from kam.clock import today
from kam.models import Substitution, User
from kam.refusals import Forbidden
from kam.roles import is_granted
from orders.models import Order


def fresh(user):
    """The user as the next request reads them."""
    return User.objects.get(pk=user.pk)


def test_a_kam_reaches_own_rows_only(anna, vera):
    reach = fresh(anna).reach
    assert not reach.everything
    assert reach.managers == {anna.pk}


def test_a_head_reaches_the_team(boris, anna, dasha, vera):
    assert fresh(boris).reach.managers == {boris.pk, anna.pk, dasha.pk}


def test_finance_reaches_everything(fedor):
    assert fresh(fedor).reach.everything


def test_a_deputy_acts_on_behalf_of_the_absent_for_the_window_only(anna, vera, boris):
    day = today()
    cover = Substitution.objects.create(absent=anna, deputy=vera, starts_on=day, ends_on=day, arranged_by=boris)
    who = authority(fresh(vera), "orders.submit_order", anna.pk)
    assert who.on_behalf_of_id == anna.pk
    assert authority(fresh(vera), "orders.submit_order", vera.pk).on_behalf_of_id is None
    Substitution.objects.filter(pk=cover.pk).update(starts_on=day - dt.timedelta(3), ends_on=day - dt.timedelta(1))
    with pytest.raises(Forbidden):
        authority(fresh(vera), "orders.submit_order", anna.pk)


def test_a_right_and_a_reach_belong_to_one_standing(anna, fedor, boris):
    """Sees all as a finance director's deputy, yet approves nothing beyond what each of the two may."""
    day = today()
    Substitution.objects.create(absent=fedor, deputy=anna, starts_on=day, ends_on=day, arranged_by=boris)
    deputy = fresh(anna)
    assert deputy.standings.reach_for("orders.release_order").everything
    assert deputy.standings.reach_for("orders.submit_order").managers == {anna.pk}


@pytest.mark.parametrize("permission", ["orders.view_cost", "orders.view_margin", "kam.view_exportlog"])
def test_cost_margin_and_the_export_log_are_not_opened_by_the_way(permission):
    """`view_*` opens documents; these three are granted by name or not at all."""
    app = permission.partition(".")[0]
    assert not is_granted(frozenset({f"{app}.view_*"}), permission)
    assert is_granted(frozenset({permission}), permission)


def test_cost_is_for_heads_and_directors(anna, boris, fedor, galina, sonya, marina):
    seeing = [user for user in (anna, boris, fedor, galina, sonya, marina) if fresh(user).has_perm("orders.view_cost")]
    assert seeing == [boris, fedor, galina]


def test_rows_are_found_by_the_keys_of_their_owners(anna):
    """One array of keys, so that an index finds the rows; a join would walk them all."""
    sql = str(Order.objects.visible_to(fresh(anna)).query)
    assert 'client_id" = ANY (ARRAY' in sql
    assert "JOIN" not in sql
