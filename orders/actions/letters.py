"""Letters about debts, prepared by the policy: in batches, each client, level and spell of debt once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_noop

from accounts.models import Client, Contact
from kam import formats, trail
from kam.access import Authority
from kam.celery import app
from kam.models import TrailEntry
from kam.money import ZERO
from kam.numbering import document_numbers
from kam.phrases import Phrase
from kam.reasons import stored_text
from kam.staging import copy_into
from kam.writing import writes
from orders.models import CollectionLetter, Company, LetterLevel, LetterLine
from orders.queries.debts import Due, OpenDebt, debts_written_about, letters_due
from orders.queries.penalties import Penalties
from orders.rules.letters import carried_rate, filled
from orders.rules.penalty import Penalty

BATCH = 200
SERIES = "ПС"
SEND = "orders.tasks.send_letter"
PAID = Phrase(gettext_noop("Paid meanwhile"))
LATER = Phrase(gettext_noop("A later letter takes its place"))
Status = CollectionLetter.Status
KeptLine = tuple[int, date, int, Decimal, Decimal, str]


class Named(NamedTuple):
    """A debt as a letter names it on its day; without `penalty` where none is asked, and then `fine` is 0.00."""

    debt: OpenDebt
    days: int
    penalty: Penalty | None
    fine: Decimal


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the letters of a batch need, gathered at once."""

    day: date
    clients: dict[int, Client]
    levels: dict[int, LetterLevel]
    debts: dict[int, list[OpenDebt]]
    penalties: Penalties
    contacts: dict[int, list[Contact]]
    company: str


def prepare_letters(*, day: date) -> int:
    """Prepare the letters that the policy asks for as of a day; returns how many.

    Automatic ones with an address are sent at once, the others wait for approval; proposed ones whose debts are paid
    are skipped. Each batch is a transaction, and a letter stands once for its client, level and spell of debt: a run
    that comes again, or after one that was killed, prepares only what is missing.
    """
    _skip_paid(day)
    due = letters_due(day)
    return sum(_prepare_batch(due[start : start + BATCH], day) for start in range(0, len(due), BATCH))


def send_later(pks: Sequence[int]) -> None:
    """Hand letters to a worker once this transaction is done; the hourly task finds those that got lost."""
    for pk in pks:
        transaction.on_commit(lambda pk=pk: app.send_task(SEND, args=[pk]), robust=True)


@writes
def _skip_paid(day: date) -> int:
    """Skip what waits for approval and has nothing left to ask for."""
    waiting = CollectionLetter.objects.filter(status__in=(Status.PROPOSED, Status.FAILED), prepared_on__lte=day)
    # The first unpaid invoice is enough: a subquery with a limit is asked letter by letter, not of all lines at once.
    unpaid = LetterLine.objects.filter(letter=OuterRef("pk"), invoice__open_amount__gt=0).order_by().values("pk")[:1]
    paid = waiting.alias(unpaid=Subquery(unpaid)).filter(unpaid=None)
    return _skip(list(paid.select_for_update(of=("self",)).order_by("pk")), PAID)


def _skip_older(letters: Sequence[CollectionLetter]) -> int:
    """Skip what still waits for approval of the same clients, of the same level as a new letter or a lower one."""
    steps = {letter.client_id: letter.step for letter in sorted(letters, key=lambda each: each.step)}
    waiting = CollectionLetter.objects.proposed().filter(client__in=steps).exclude(pk__in=[each.pk for each in letters])
    older = waiting.select_for_update(of=("self",)).order_by("pk")
    return _skip([letter for letter in older if letter.step <= steps[letter.client_id]], LATER)


def _skip(letters: Sequence[CollectionLetter], reason: Phrase) -> int:
    entries = []
    for letter in letters:
        changes = {"status": [letter.status, Status.SKIPPED.value]}
        entries.append(trail.entry_of(letter, "skip", Authority(None), changes, reason))
        letter.status, letter.version = Status.SKIPPED, letter.version + 1
    CollectionLetter.objects.bulk_update(letters, ["status", "version"], batch_size=BATCH)
    TrailEntry.objects.bulk_create(entries, batch_size=BATCH)
    return len(letters)


@writes
def _prepare_batch(due: Sequence[Due], day: date) -> int:
    pks = sorted({each.client_id for each in due})
    clients = {
        client.pk: client
        for client in Client.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=pks)
        .select_related("manager")
        .order_by("pk")
    }
    # Another run may have been here while this one waited for the lock.
    there = CollectionLetter.objects.filter(client__in=pks).order_by()
    known = set(there.values_list("client_id", "level_id", "episode_on"))
    due = [each for each in due if (each.client_id, each.level_id, each.episode_on) not in known]
    facts = facts_of(clients, due, day)
    written = [(letter_of(each, lines, facts), kept(lines)) for each in due if (lines := lines_of(each, facts))]
    return len(write_letters(written, day=day, who=Authority(None)))


def write_letters(
    written: Sequence[tuple[CollectionLetter, list[KeptLine]]], *, day: date, who: Authority, reason: str = ""
) -> list[CollectionLetter]:
    """Number and save letters with what they name, let waiting ones give way to them, and send those that ask nobody.

    Their clients are locked.
    """
    numbers = document_numbers(SERIES, day.year, len(written))
    for (letter, _lines_of), number in zip(written, numbers, strict=True):
        letter.number = number
    letters = CollectionLetter.objects.bulk_create([letter for letter, _lines_of in written])
    write_lines(written)
    trail.record_many(letters, "create", by=who, reason=reason)
    _skip_older(letters)
    send_later([letter.pk for letter in letters if letter.status == Status.QUEUED])
    return letters


LINE_COLUMNS = ("invoice_id", "due_on", "days", "open_amount", "penalty", "computation")


def kept(lines: Sequence[Named]) -> list[KeptLine]:
    """The lines of a letter as they are kept: LINE_COLUMNS, the computation of the penalty as a text of JSON."""
    return [
        (line.debt.pk, line.debt.due_on, line.days, line.debt.open_amount, line.fine, stored_text(line.penalty or {}))
        for line in lines
    ]


def write_lines(written: Sequence[tuple[CollectionLetter, Sequence[KeptLine]]]) -> None:
    """Keep what saved letters name. A claim names every late invoice of a client, so the lines go by COPY."""
    rows = ((letter.pk, *line) for letter, lines in written for line in lines)
    copy_into(LetterLine._meta.db_table, ("letter_id", *LINE_COLUMNS), rows)


def facts_of(clients: dict[int, Client], due: Sequence[Due], day: date) -> Facts:
    """Gather what the letters to these clients need, in a few queries whatever their number."""
    levels = {level.pk: level for level in LetterLevel.objects.all()}
    debts = debts_written_about(list(clients), day)
    fined = {each.client_id for each in due if levels[each.level_id].with_penalty}
    late = [debt for pk in fined for debt in debts.get(pk, ()) if debt.due_on < day]
    contacts: dict[int, list[Contact]] = {}
    for contact in Contact.objects.filter(client__in=clients, is_active=True).exclude(email="").order_by("pk"):
        contacts.setdefault(contact.client_id, []).append(contact)
    company = Company.objects.filter(pk=Company.THE_ONE).values_list("name", flat=True).first() or ""
    penalties = Penalties(late, day, paid_in_part=[debt.pk for debt in late if debt.open_amount < debt.amount])
    return Facts(day, clients, levels, debts, penalties, contacts, company)


def lines_of(each: Due, facts: Facts) -> list[Named]:
    """The invoices a letter names: what is late, or for a reminder what falls due within its days."""
    level, day = facts.levels[each.level_id], facts.day
    first = level.days if level.is_reminder else 1
    last = 0 if level.is_reminder else (day - date.min).days
    found = []
    for debt in facts.debts.get(each.client_id, ()):
        days = (day - debt.due_on).days
        if first <= days <= last:
            penalty = facts.penalties.of(debt) if level.with_penalty and days > 0 else None
            found.append(Named(debt, days, penalty, penalty.amount if penalty else ZERO))
    return found


def lines_today(letter: CollectionLetter, day: date) -> tuple[list[KeptLine], str, str]:
    """What a letter would name if it were prepared on this day: its lines (not written yet), subject and text.

    The letter itself, locked, takes the new sums and the day. No lines: nothing is left to ask for.
    """
    level = letter.level
    due = Due(letter.client_id, level.pk, letter.episode_on)
    client = Client.objects.select_related("manager").get(pk=letter.client_id)
    facts = facts_of({client.pk: client}, [due], day)
    lines = lines_of(due, facts)
    if not lines:
        return [], "", ""
    letter.client, letter.prepared_on = client, day
    sum_up(letter, lines)
    values = _values(letter, lines, facts)
    return kept(lines), filled(level.subject, values)[:200], filled(level.text, values)


def sum_up(letter: CollectionLetter, lines: Sequence[Named]) -> None:
    """Put the sums of its lines into a letter (unsaved): what is open, what of it is late, and the penalty."""
    letter.amount = sum((line.debt.open_amount for line in lines), ZERO)
    letter.overdue = sum((line.debt.open_amount for line in lines if line.days > 0), ZERO)
    letter.penalty = sum((line.fine for line in lines), ZERO)


def addressee(contacts: Sequence[Contact], role: str) -> Contact | None:
    """To whom of a client's people with an address a letter goes: who plays the part, else who is nearest to money."""
    order = (role, Contact.Role.ACCOUNTANT, Contact.Role.DIRECTOR, Contact.Role.OWNER, Contact.Role.BUYER)
    return next((each for wanted in order for each in contacts if each.role == wanted), next(iter(contacts), None))


def letter_of(each: Due, lines: Sequence[Named], facts: Facts) -> CollectionLetter:
    """A letter of the policy, not saved: without an address, or where the level asks for it, it waits for approval."""
    client, level = facts.clients[each.client_id], facts.levels[each.level_id]
    contact = addressee(facts.contacts.get(client.pk, ()), level.contact_role)
    email = contact.email if contact else client.email
    letter = CollectionLetter(
        client=client,
        level=level,
        step=level.level,
        episode_on=each.episode_on,
        prepared_on=facts.day,
        channel=level.channel,
        status=Status.QUEUED if level.is_automatic and email else Status.PROPOSED,
        contact=contact,
        email=email,
        with_penalty=level.with_penalty,
    )
    sum_up(letter, lines)
    values = _values(letter, lines, facts)
    letter.subject, letter.text = filled(level.subject, values)[:200], filled(level.text, values)
    return letter


def _values(letter: CollectionLetter, lines: Sequence[Named], facts: Facts) -> dict[str, str]:
    """What the places of a text stand for; letters to clients are in Russian."""
    manager = letter.client.manager
    return {
        "client": letter.client.legal_name or letter.client.name,
        "contact": letter.contact.name if letter.contact else letter.client.name,
        "amount": _money(letter.amount),
        "overdue": _money(letter.overdue),
        "penalty": _penalty(lines),
        "days": str(max(line.days for line in lines)),
        "day": _day(facts.day),
        "invoices": "\n".join(_invoice(line) for line in lines),
        "manager": manager.name if manager else "",
        "company": facts.company,
    }


def _penalty(lines: Sequence[Named]) -> str:
    bases = {line.penalty.basis.value for line in lines if line.penalty and line.fine}
    total = sum((line.fine for line in lines), ZERO)
    rate = carried_rate(why for line in lines if line.penalty for why in line.penalty.reasons)
    by = f" (по последней известной ставке: {rate})" if rate else ""
    if bases == {"contract"}:
        return f"неустойка по договору {_money(total)}"
    if bases == {"law"}:
        return f"проценты по ст. 395 ГК РФ {_money(total)}{by}"
    return f"неустойка и проценты по ст. 395 ГК РФ {_money(total)}{by}" if bases else "неустойка 0 ₽"


def _invoice(line: Named) -> str:
    debt = line.debt
    late = f", просрочка {line.days} дн." if line.days > 0 else ""
    issued, due = _day(debt.issued_on), _day(debt.due_on)
    return f"— счёт № {debt.number} от {issued}: {_money(debt.open_amount)}, срок {due}{late}"


@lru_cache(maxsize=4096)
def _day(day: date) -> str:
    return formats.day(day, "ru")


def _money(amount: Decimal) -> str:
    return formats.money(amount, language="ru")
