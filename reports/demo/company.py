"""Builds the demo company from an empty database."""

import datetime as dt
import random
from collections.abc import Callable

from django.db import connection

from accounts.rules.invented import invented_requisites
from kam import clock
from kam.models import User
from orders.actions.company import save_company
from reports.demo.bank import tell_bank
from reports.demo.credit import tell_credit
from reports.demo.debts import tell_debts
from reports.demo.goods import make_catalogue, make_columns, make_warehouses
from reports.demo.history import Cast, History
from reports.demo.moments import midday
from reports.demo.nights import close_days
from reports.demo.partners import make_partners
from reports.demo.people import hire
from reports.demo.present import agree_terms, fill_desks, set_quotas
from reports.demo.settlements import tell_settlements

MONTHS = 24


class DemoExists(Exception):
    """There are people in the database already: the demo is built only into an empty one."""

    def __init__(self, users: int):
        self.users = users
        super().__init__(users)


def name_company(*, by: User) -> None:
    """Our own company, as bills and delivery notes name it."""
    own = invented_requisites(99_000)
    save_company(
        by=by, name="ООО «ДСМ-Дистрибуция»", inn=own.inn, kpp=own.kpp, ogrn=own.ogrn,
        legal_address="125009, г. Москва, ул. Примерная, д. 1, офис 12", phone="+7 495 000-00-00",
        email="office@dcm.example", bank_name="АО «Примерный банк», г. Москва", bik=own.bik, account=own.account,
        correspondent_account=own.correspondent_account, director_post="Генеральный директор",
        director="Орлова Е. С.", accountant="Фёдоров И. М.", storekeeper="Кузнецова С. А.",
    )  # fmt: skip


def _commit_without_waiting() -> None:
    """A demo lost to a power cut is built again; waiting for the disk at each of its commits is not worth it."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")


def build_company(
    *,
    end: dt.date,
    seed: int = 2026,
    months: int = MONTHS,
    share: float = 1.0,
    told: Callable[[dt.date], None] | None = None,
) -> History:
    """Build `months` of the company, ending on `end`; the same seed and day give the same company.

    `share` is the part of the clients to build, `told` is called after each day. Raises DemoExists where
    somebody works here already. A build that was broken off is not continued: the database has to be emptied.
    """
    if User.objects.exists():
        raise DemoExists(User.objects.count())
    _commit_without_waiting()
    start = (end.replace(day=1) - dt.timedelta(days=months * 30.44)).replace(day=1)
    rng = random.Random(seed)
    with clock.at(start):
        users = hire()
        kams = [user for login, user in users.items() if login.startswith("kam")]
        heads = [users["head"], users["head2"]]
        columns = make_columns()
        warehouses = make_warehouses(by=users["admin"])
        name_company(by=users["admin"])
        told_of = {"columns": columns, "start": start, "rng": rng}
        articles = make_catalogue(by=users["marketing"], head=users["head"], end=end, **told_of)
        partners = make_partners(heads=heads, kams=kams, finance=users["finance"], share=share, **told_of)
    cast = Cast(heads, [users["support"], users["support2"]], users["finance"], users["service"], users["marketing"])
    history = History(cast, partners, articles, warehouses, start, end, rng, told=told)
    set_quotas(history, heads=heads, kams=kams, start=start, end=end)
    with clock.at(start):
        agree_terms(history, heads=heads, rng=rng)
    history.tell()
    with clock.at(midday(end)):
        _tell_present(history, kams)
    return history


def _tell_present(history: History, kams: list[User]) -> None:
    """What lies on the desks on the last day, and the nights before it."""
    cast, day, rng = history.cast, history.end, history.rng
    fill_desks(history, cast, kams=kams, day=day, rng=rng)
    tell_credit(history, cast, day=day, rng=rng)
    tell_bank(finance=cast.finance, second=cast.support[0], day=day, rng=rng)
    tell_settlements(history, cast, day=day, rng=rng)
    tell_debts(finance=cast.finance, day=day, rng=rng)
    close_days(day)
