"""The demo's clients: about a hundred and fifty companies of every channel, with valid requisites and their habits."""

import datetime as dt
import random
from dataclasses import dataclass, field, fields
from decimal import Decimal

from accounts.actions.clients import create_client
from accounts.actions.contacts import create_contact
from accounts.actions.contracts import create_contract
from accounts.actions.outlets import create_outlet
from accounts.actions.terms import set_terms
from accounts.models import Client, ClientGroup, Segment, Territory
from accounts.rules.invented import invented_requisites
from kam.models import User
from reports.demo.places import CITIES, FIRST, LAST, NAMES, STREETS, TAILS


@dataclass(frozen=True)
class Habit:
    """How clients of a channel buy: orders a month, lines, units of a line, and on what terms."""

    count: int
    orders_a_month: float
    lines: tuple[int, int]
    units: tuple[int, int]
    column: str
    limit: int
    days: int
    outlets: tuple[int, int]
    segment: str


HABITS = {
    Client.Channel.DISTRIBUTOR: Habit(6, 2.2, (8, 16), (20, 70), "DISTR", 60_000_000, 45, (1, 2), "A"),
    Client.Channel.RETAIL: Habit(20, 1.3, (6, 12), (10, 36), "CHAIN", 25_000_000, 60, (3, 8), "A"),
    Client.Channel.PARTNER: Habit(30, 1.0, (4, 9), (4, 18), "PARTNER", 6_000_000, 30, (1, 4), "B"),
    Client.Channel.RESELLER: Habit(34, 0.95, (3, 8), (3, 14), "DEALER", 4_000_000, 21, (1, 2), "B"),
    Client.Channel.DEALER: Habit(60, 0.8, (2, 6), (2, 8), "DEALER", 1_500_000, 14, (1, 3), "C"),
}
# Who pays how: days after the due date from, to. Of every ten clients of a KAM in turn; large ones pay better.
PROMPT, SLIGHTLY, LATE, VERY_LATE = (-4, 0), (0, 8), (8, 45), (35, 150)
PAYERS = (PROMPT, LATE, SLIGHTLY, LATE, PROMPT, VERY_LATE, SLIGHTLY, LATE, PROMPT, SLIGHTLY)
LARGE_PAYERS = (PROMPT, SLIGHTLY, PROMPT, LATE, PROMPT, SLIGHTLY, PROMPT, SLIGHTLY, VERY_LATE, PROMPT)
FORGIVEN = {PROMPT: (3, 7), SLIGHTLY: (7, 14), LATE: (14, 30), VERY_LATE: (30,)}  # days late before a hold


@dataclass
class Partner:
    """A client of the demo with its habits."""

    client: Client
    habit: Habit
    manager: User
    lateness: tuple[int, int]
    size: float
    taste: list = field(default_factory=list)  # articles it buys


def make_partners(*, heads, kams, finance, columns, start: dt.date, share: float, rng: random.Random) -> list[Partner]:
    """The clients of the demo, told as of `start`, or a share of each channel; heads add them for their KAMs.

    Finance agrees to the credit, since large limits are beyond a head.
    """
    territories = _by_name(Territory, {city[2] for city in CITIES})
    segments = _by_name(Segment, {"A", "B", "C"})
    groups = ClientGroup.objects.bulk_create(
        [ClientGroup(name=f"Холдинг «{name}»", credit_limit=Decimal(90_000_000)) for name in NAMES[:8]]
    )
    partners, used = [], set()
    for channel, habit in HABITS.items():
        count = max(2, round(habit.count * share))
        for number in range(count):
            manager = kams[len(partners) % len(kams)]
            head = next(head for head in heads if head.pk == manager.manager_id)
            details = _requisites(channel, used, rng)
            group = rng.choice(groups) if channel != Client.Channel.DEALER and rng.random() < 0.25 else None
            city = details.pop("place")
            is_prospect = number >= count - max(1, count // 15)
            client = create_client(
                by=head,
                day=start,
                channel=channel,
                manager=manager,
                status=Client.Status.PROSPECT if is_prospect else Client.Status.ACTIVE,
                group=group,
                territory=territories[city[2]],
                segment=segments[habit.segment],
                **details,
            )
            lateness = _lateness(channel, len(partners) // len(kams) + len(partners) % len(kams) * 3)
            partner = Partner(client, habit, manager, lateness, rng.uniform(0.6, 1.5))
            partners.append(partner)
            _people_and_places(partner, city, head, rng)
            if not is_prospect:
                _agree(partner, head, finance, columns, start, rng)
    return partners


def _by_name(model, names):
    made = model.objects.bulk_create([model(name=name) for name in sorted(names)])
    return {row.name: row for row in made}


def _requisites(channel, used, rng) -> dict:
    city = rng.choices(CITIES, weights=[place[3] for place in CITIES])[0]
    while True:
        tail = rng.choice(TAILS)
        name = f"{rng.choice(NAMES)}{'-' if tail else ''}{tail}"
        if name not in used:
            used.add(name)
            break
    address = f"{city[0]}, {rng.choice(STREETS)}, {rng.randint(1, 160)}"
    sole_trader = channel == Client.Channel.DEALER and rng.random() < 0.4
    found = invented_requisites(len(used), f"{city[1]:02d}{rng.randint(1, 50):02d}", sole_trader)
    trader = f"ИП {rng.choice(LAST)} {rng.choice(FIRST)} {rng.choice('АВДИМНП')}."
    return {
        **{each.name: getattr(found, each.name) for each in fields(found)},
        "name": name,
        "legal_name": trader if sole_trader else f"ООО «{name}»",
        "bank_name": f"Банк «{rng.choice(NAMES)}»",
        "legal_address": address,
        "city": city[0],
        "phone": f"+7 9{rng.randint(10, 99)} {rng.randint(100, 999)}-{rng.randint(10, 99)}-{rng.randint(10, 99)}",
        "email": f"zakaz{rng.randint(10, 9999)}@{found.inn}.example",
        "place": city,
    }


def _lateness(channel, turn: int) -> tuple[int, int]:
    payers = LARGE_PAYERS if channel in (Client.Channel.DISTRIBUTOR, Client.Channel.RETAIL) else PAYERS
    return payers[turn % len(payers)]


def _people_and_places(partner, city, head, rng):
    client = partner.client
    for street in rng.sample(STREETS, rng.randint(*partner.habit.outlets)):
        address = f"{city[0]}, {street}, {rng.randint(1, 120)}"
        create_outlet(
            by=head, client=client, name=address, city=city[0], address=address, opening_hours="10:00–20:00"
        )  # fmt: skip
    for role in rng.sample(("director", "buyer", "category", "accountant", "logistics"), rng.randint(1, 3)):
        name = f"{rng.choice(LAST)} {rng.choice(FIRST)}"
        create_contact(by=head, client=client, name=name, role=role, phone=client.phone, email=client.email)


def _agree(partner, head, finance, columns, start, rng):
    signed_on = start - dt.timedelta(days=rng.randint(30, 900))
    ends_on = None if rng.random() < 0.7 else start + dt.timedelta(days=rng.randint(500, 1300))
    create_contract(
        by=head,
        client=partner.client,
        number=f"П-{signed_on:%y}/{rng.randint(100, 9999)}",
        signed_on=signed_on,
        ends_on=ends_on,
    )
    limit = int(partner.habit.limit * partner.size * rng.choice((0.7, 1.0, 1.0, 1.3)) // 100_000 * 100_000)
    set_terms(
        client_id=partner.client.pk,
        by=finance,
        starts_on=start,
        credit_limit=Decimal(limit),
        days=partner.habit.days,
        day_kind=rng.choice(("calendar", "calendar", "working")),
        price_column_id=columns[partner.habit.column].pk,
        overdue_days_allowed=rng.choice(FORGIVEN[partner.lateness]),
        reason="Договор поставки",
    )
