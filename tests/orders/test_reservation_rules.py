from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules.calendar import WorkingCalendar
from kam.reasons import reason
from orders.rules.reservation import (
    Arrival,
    Held,
    Level,
    Promise,
    Quota,
    Source,
    Supply,
    Take,
    Turned,
    Wanted,
    expires_on,
    given_up,
    plan_reservation,
    turn_supply,
)

MAIN, FAR = 1, 2
SOON, LATER, LAST = date(2026, 12, 1), date(2026, 12, 10), date(2026, 12, 20)


def level(pk, on_hand, reserved=0, product=7, warehouse=MAIN, rank=0):
    return Level(pk, product, warehouse, on_hand, reserved, rank)


def supply(pk, on, quantity, reserved=0, product=7, warehouse=MAIN):
    return Supply(pk, product, warehouse, on, quantity, reserved)


def quota(pk, quantity, used=0, of_client=True, product=7, ends_on=date.max):
    return Quota(pk, product, quantity, used, of_client, ends_on)


def here(pk, quantity, quota=None):
    return Take(Source.LEVEL, pk, quantity, quota=quota)


def coming(pk, quantity, on, quota=None):
    return Take(Source.SUPPLY, pk, quantity, on, quota)


def one(quantity, levels=(), supplies=(), quotas=(), partial=True, **more):
    plan = plan_reservation([Wanted(1, 7, quantity)], levels, supplies, quotas, partial=partial, **more)
    return plan.lines[0]


@pytest.mark.parametrize(("quantity", "reserved", "short"), [(9, 9, 0), (10, 10, 0), (11, 10, 1)])
def test_the_last_unit(quantity, reserved, short):
    line = one(quantity, [level(1, on_hand=30, reserved=20)])
    assert (line.reserved, line.short) == (reserved, short)


def test_on_hand_first_then_supplies_by_date():
    supplies = [supply(1, LATER, 10), supply(2, SOON, 4, reserved=1), supply(3, None, 100)]
    line = one(10, [level(1, 5)], supplies)
    assert line.takes == (here(1, 5), coming(2, 3, SOON), coming(1, 2, LATER))
    assert (line.short, line.reasons) == (0, ())


def test_levels_are_emptied_by_rank_then_pk():
    levels = [level(3, 2), level(2, 2), level(1, 2, rank=1, warehouse=FAR)]
    assert one(5, levels).takes == (here(2, 2), here(3, 2), here(1, 1))


def test_a_line_may_name_its_warehouse():
    levels = [level(1, 5), level(2, 5, warehouse=FAR)]
    plan = plan_reservation([Wanted(1, 7, 6, warehouse_id=FAR)], levels, [supply(1, SOON, 9)], partial=True)
    assert plan.lines[0].takes == (here(2, 5),)
    assert plan.lines[0].arrivals == ()


def test_supplies_after_the_wanted_day_only_tell_when_the_rest_arrives():
    supplies = [supply(1, SOON, 2), supply(2, LATER, 3), supply(3, LAST, 10)]
    line = one(10, [level(1, 1)], supplies, wanted_on=SOON)
    assert line.takes == (here(1, 1), coming(1, 2, SOON))
    assert line.short == 7
    assert line.arrivals == (Arrival(LATER, 3, 2), Arrival(LAST, 4, 3))
    assert line.rest_on == LAST
    assert line.reasons == (reason("short_of_goods", wanted=10, free=3, short=7),)


def test_when_supplies_do_not_cover_the_rest_no_day_is_promised():
    line = one(10, [], [supply(1, LATER, 9)], wanted_on=SOON)
    assert line.arrivals == (Arrival(LATER, 9, 1),)
    assert (line.short, line.rest_on) == (10, None)


def test_all_or_nothing_refuses_the_whole_order_and_says_what_is_short():
    wanted = [Wanted(1, 7, 5), Wanted(2, 8, 6)]
    levels = [level(1, 5), level(2, 5, product=8)]
    plan = plan_reservation(wanted, levels, [], partial=False)
    assert (plan.accepted, plan.complete) == (False, False)
    assert [each.takes for each in plan.lines] == [(), ()]
    assert [each.short for each in plan.lines] == [0, 1]
    assert plan.lines[1].reasons == (reason("short_of_goods", wanted=6, free=5, short=1),)


def test_in_part_takes_what_there_is():
    wanted = [Wanted(1, 7, 5), Wanted(2, 8, 6)]
    plan = plan_reservation(wanted, [level(1, 5), level(2, 5, product=8)], [], partial=True)
    assert (plan.accepted, plan.complete) == (True, False)
    assert [each.reserved for each in plan.lines] == [5, 5]


def test_in_part_of_nothing_is_refused():
    plan = plan_reservation([Wanted(1, 7, 5)], [level(1, 3, reserved=3)], [], partial=True)
    assert (plan.accepted, plan.lines[0].short) == (False, 5)


def test_lines_of_one_product_share_it_in_the_order_given():
    wanted = [Wanted(2, 7, 4), Wanted(1, 7, 4)]
    plan = plan_reservation(wanted, [level(1, 5)], [supply(1, LATER, 9)], partial=True, wanted_on=SOON)
    assert [(each.line, each.reserved) for each in plan.lines] == [(2, 4), (1, 1)]
    assert plan.lines[1].arrivals == (Arrival(LATER, 3, 1),)


def test_an_arrival_is_not_shown_to_two_lines():
    wanted = [Wanted(1, 7, 4), Wanted(2, 7, 4)]
    plan = plan_reservation(wanted, [], [supply(1, LATER, 6)], partial=True, wanted_on=SOON)
    assert [each.arrivals for each in plan.lines] == [(Arrival(LATER, 4, 1),), (Arrival(LATER, 2, 1),)]
    assert [each.rest_on for each in plan.lines] == [LATER, None]


def test_a_scarce_product_goes_by_quota_the_clients_first():
    quotas = [quota(1, 10, used=4, of_client=False), quota(2, 5, used=2)]
    line = one(12, [level(1, 100)], quotas=quotas)
    assert line.takes == (here(1, 3, quota=2), here(1, 6, quota=1))
    assert line.reasons == (reason("short_of_quota", wanted=12, quota=9, short=3),)
    assert line.rest_on is None


def test_quotas_that_end_sooner_are_used_first():
    quotas = [quota(1, 5, ends_on=LAST), quota(2, 5, ends_on=SOON)]
    assert one(6, [level(1, 9)], quotas=quotas).takes == (here(1, 5, quota=2), here(1, 1, quota=1))


def test_a_scarce_product_without_a_quota_of_ours_is_not_taken():
    line = one(3, [level(1, 9)], scarce={7})
    assert (line.takes, line.short) == ((), 3)
    assert line.reasons == (reason("short_of_quota", wanted=3, quota=0, short=3),)


def test_a_quota_reaches_over_stock_and_supply_and_is_used_only_for_what_is_taken():
    line = one(10, [level(1, 2)], [supply(1, SOON, 3)], [quota(1, 3), quota(2, 5, of_client=False)])
    assert line.takes == (here(1, 2, quota=1), coming(1, 1, SOON, quota=1), coming(1, 2, SOON, quota=2))
    assert line.reasons == (
        reason("short_of_quota", wanted=10, quota=8, short=2),
        reason("short_of_goods", wanted=10, free=5, short=3),
    )


def test_lines_of_one_product_share_its_quota():
    plan = plan_reservation([Wanted(1, 7, 3), Wanted(2, 7, 3)], [level(1, 9)], [], [quota(1, 4)], partial=True)
    assert [each.reserved for each in plan.lines] == [3, 1]


def test_more_reserved_than_there_is_gives_nothing_and_takes_nothing_back():
    assert one(1, [level(1, 3, reserved=5)], [supply(1, SOON, 1, reserved=4)]).takes == ()


@pytest.mark.parametrize("wanted", [[Wanted(1, 7, 0)], [Wanted(1, 7, -1)], [Wanted(1, 7, 1), Wanted(1, 8, 1)]])
def test_nonsense_is_refused(wanted):
    with pytest.raises(ValueError):
        plan_reservation(wanted, [], [], partial=True)


few = st.integers(0, 12)
products = st.integers(1, 3)
wanteds = st.lists(st.tuples(products, st.integers(1, 12), st.sampled_from([None, MAIN, FAR])), max_size=6)
level_rows = st.lists(st.tuples(products, st.sampled_from([MAIN, FAR]), few, few), max_size=6)
supply_rows = st.lists(
    st.tuples(products, st.sampled_from([MAIN, FAR]), st.sampled_from([None, SOON, LATER, LAST]), few, few),
    max_size=6,
)
quota_rows = st.lists(st.tuples(products, few, few, st.booleans()), max_size=3)


@given(wanteds, level_rows, supply_rows, quota_rows, st.booleans(), st.sampled_from([None, SOON, LATER]))
def test_nothing_is_ever_promised_twice(wanted, levels, supplies, quotas, partial, wanted_on):
    lines = [Wanted(pk, *row) for pk, row in enumerate(wanted)]
    level_by = {pk: Level(pk, *row) for pk, row in enumerate(levels)}
    supply_by = {pk: Supply(pk, *row) for pk, row in enumerate(supplies)}
    quota_by = {pk: Quota(pk, *row) for pk, row in enumerate(quotas)}
    plan = plan_reservation(
        lines, level_by.values(), supply_by.values(), quota_by.values(), partial=partial, wanted_on=wanted_on
    )
    assert [each.line for each in plan.lines] == [each.line for each in lines]
    used: dict = {}
    for line, want in zip(plan.lines, lines, strict=True):
        assert line.reserved + line.short == want.quantity or not plan.accepted
        assert line.reserved <= want.quantity
        assert bool(line.short) is bool(line.reasons)
        for take in line.takes:
            source = (level_by if take.source is Source.LEVEL else supply_by)[take.pk]
            assert source.product_id == want.product_id
            assert want.warehouse_id in (None, source.warehouse_id)
            used[take.source, take.pk] = used.get((take.source, take.pk), 0) + take.quantity
            assert take.quantity > 0
            if any(each.product_id == want.product_id for each in quota_by.values()):
                assert quota_by[take.quota].product_id == want.product_id
                used["quota", take.quota] = used.get(("quota", take.quota), 0) + take.quantity
            else:
                assert take.quota is None
    for (kind, pk), quantity in used.items():
        if kind == "quota":
            assert quantity <= quota_by[pk].units - quota_by[pk].used
        elif kind is Source.LEVEL:
            assert quantity <= level_by[pk].on_hand - level_by[pk].reserved
        else:
            assert quantity <= supply_by[pk].quantity - supply_by[pk].reserved
            assert wanted_on is None or supply_by[pk].expected_on <= wanted_on


@given(wanteds, level_rows, supply_rows)
def test_no_free_unit_is_left_while_a_line_is_short_of_it(wanted, levels, supplies):
    lines = [Wanted(pk, *row) for pk, row in enumerate(wanted)]
    sources = [Level(pk, *row) for pk, row in enumerate(levels)]
    expected = [Supply(pk, *row) for pk, row in enumerate(supplies)]
    plan = plan_reservation(lines, sources, expected, partial=True)
    taken = {}
    for take in (each for line in plan.lines for each in line.takes):
        taken[take.source, take.pk] = taken.get((take.source, take.pk), 0) + take.quantity
    for want in (want for want, line in zip(lines, plan.lines, strict=True) if line.short):
        for each in sources:
            if each.product_id == want.product_id and want.warehouse_id in (None, each.warehouse_id):
                assert max(each.on_hand - each.reserved, 0) == taken.get((Source.LEVEL, each.pk), 0)
        for each in (each for each in expected if each.expected_on):
            if each.product_id == want.product_id and want.warehouse_id in (None, each.warehouse_id):
                assert max(each.quantity - each.reserved, 0) == taken.get((Source.SUPPLY, each.pk), 0)


@pytest.mark.parametrize(
    ("made_on", "expires"),
    [
        (date(2026, 11, 16), date(2026, 11, 19)),
        (date(2026, 11, 18), date(2026, 11, 23)),  # over a weekend
        (date(2026, 11, 21), date(2026, 11, 25)),  # made on a Saturday
        (date(2025, 12, 29), date(2026, 1, 13)),  # over the New Year holidays
    ],
)
def test_a_reservation_holds_three_working_days(made_on, expires):
    calendar = WorkingCalendar()
    assert expires_on(made_on, calendar) == expires


def test_days_to_hold_can_be_set():
    assert expires_on(date(2026, 11, 16), WorkingCalendar(), 10) == date(2026, 11, 30)


def at(hour):
    return datetime(2026, 11, 21, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("arrived", "turned", "free"),
    [
        (0, [(2, 0, 3), (1, 0, 4), (3, 0, 5)], 0),
        (3, [(2, 3, 0), (1, 0, 4), (3, 0, 5)], 0),
        (8, [(2, 3, 0), (1, 4, 0), (3, 1, 4)], 0),
        (12, [(2, 3, 0), (1, 4, 0), (3, 5, 0)], 0),
        (20, [(2, 3, 0), (1, 4, 0), (3, 5, 0)], 8),
    ],
)
def test_an_arrival_serves_promises_in_order_and_the_last_wait(arrived, turned, free):
    promises = [Promise(3, at(12), 5), Promise(2, at(10), 3), Promise(1, at(11), 4)]
    result = turn_supply(promises, arrived)
    assert result.promises == tuple(Turned(*each) for each in turned)
    assert result.free == free


def test_promises_of_the_same_moment_go_by_pk():
    result = turn_supply([Promise(2, at(10), 3), Promise(1, at(10), 3)], 4)
    assert result.promises == (Turned(1, 3, 0), Turned(2, 1, 2))


def test_a_negative_arrival_is_refused():
    with pytest.raises(ValueError):
        turn_supply([], -1)


@given(st.lists(st.tuples(st.integers(0, 23), st.integers(1, 20)), max_size=8), st.integers(0, 100))
def test_an_arrival_is_shared_out_whole(rows, arrived):
    promises = [Promise(pk, at(hour), quantity) for pk, (hour, quantity) in enumerate(rows)]
    result = turn_supply(promises, arrived)
    assert sum(each.to_stock for each in result.promises) + result.free == arrived
    assert {each.pk: each.to_stock + each.waiting for each in result.promises} == {
        each.pk: each.quantity for each in promises
    }
    waiting = [each.waiting > 0 for each in result.promises]
    assert waiting == sorted(waiting)  # nobody is served after one who waits


HELD = (Held(1, 3, at(10)), Held(2, 2, at(11)), Held(3, 4, at(10), SOON), Held(4, 5, at(9), LATER))


@pytest.mark.parametrize(
    ("needed", "given"),
    [
        (20, {}),
        (14, {}),
        (13, {4: 1}),
        (9, {4: 5}),
        (6, {4: 5, 3: 3}),
        (4, {4: 5, 3: 4, 2: 1}),
        (0, {4: 5, 3: 4, 2: 2, 1: 3}),
        (-1, {4: 5, 3: 4, 2: 2, 1: 3}),
    ],
)
def test_a_line_that_needs_less_gives_back_what_would_come_last(needed, given):
    assert given_up(HELD, needed) == given


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 23), st.booleans()), max_size=8), st.integers(0, 60))
def test_what_is_given_back_is_the_surplus_and_no_more(rows, needed):
    held = [Held(pk, units, at(hour), SOON if waits else None) for pk, (units, hour, waits) in enumerate(rows)]
    given = given_up(held, needed)
    total = sum(each.quantity for each in held)
    assert total - sum(given.values()) == min(total, needed)
    assert all(0 < units <= held[pk].quantity for pk, units in given.items())
