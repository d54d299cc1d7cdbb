"""Letters that a person asks for: which levels of the policy fit a client today, and one of them prepared at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Client
from kam import formats
from kam.access import authority
from kam.money import ZERO
from kam.refusals import Refusal, Refused
from kam.writing import writes
from orders.actions.ledger import lock_client
from orders.actions.letters import Facts, Named, facts_of, kept, letter_of, lines_of, write_letters
from orders.models import CollectionLetter, LetterLevel, LetterLine, StopListEntry
from orders.queries.collecting import stop_list_of
from orders.queries.debts import Due, letters_due
from orders.rules.letters import misfit


@dataclass(frozen=True, slots=True)
class Offer:
    """A letter that may be prepared now, not saved: what it names, and the letter that was written about it before."""

    level: LetterLevel
    letter: CollectionLetter
    lines: list[Named]
    former: CollectionLetter | None


@dataclass(frozen=True, slots=True)
class Offers:
    """The letters that may be prepared for a client, the one that the policy takes next first; why others may not."""

    client: Client
    offers: list[Offer]
    refusals: dict[int, Refusal]
    disputed: list[StopListEntry]

    def of(self, level_id: int | None) -> Offer:
        """The letter of a level, or the first; raises Refused with the reason why there is none."""
        found = next((each for each in self.offers if level_id in (None, each.level.pk)), None)
        if found is not None:
            return found
        if level_id is None:
            raise Refused(self.why_none)
        not_in_force = Refusal("not_in_force", _("This level of letters is not in force."), field="level")
        raise Refused(self.refusals.get(level_id, not_in_force))

    @property
    def why_none(self) -> Refusal:
        """Why no letter may be prepared at all."""
        order = ("on_stop_list", "disputed", "below_smallest", "not_so_late")
        found = {each.code: each for each in self.refusals.values()}
        nothing = Refusal("nothing_late", _("Nothing in roubles is late or near its due day."))
        return next((found[code] for code in order if code in found), nothing)


def letters_offered(client_id: int, day: date) -> Offers:
    """Which letters of the policy fit what a client owes on a day, with all that they would say."""
    client = Client.objects.select_related("manager").get(pk=client_id)
    levels = list(LetterLevel.objects.in_force().order_by("-days", "-level"))
    entries = stop_list_of(client_id, day)
    disputed = [each for each in entries if each.invoice_id is not None]
    stop = next((each for each in entries if each.invoice_id is None), None)
    if stop is not None:
        refusal = _on_stop_list(client, stop)
        return Offers(client, [], {level.pk: refusal for level in levels}, disputed)
    facts = facts_of({client_id: client}, [Due(client_id, level.pk, day) for level in levels], day)
    named = {level.pk: lines_of(Due(client_id, level.pk, day), facts) for level in levels}
    refusals = {level.pk: why for level in levels if (why := _why_not(level, named[level.pk], disputed, day))}
    fitting = [level for level in levels if level.pk not in refusals]
    offers = _offers(fitting, named, facts)
    following = next(iter(sorted(_next_levels(client_id, day, fitting), key=lambda each: -each.days)), None)
    offers.sort(key=lambda each: each.level != following)
    return Offers(client, offers, refusals, disputed)


@writes
def prepare_letter(client_id: int, *, by, day: date, level_id: int | None = None, reason: str = "") -> CollectionLetter:
    """Prepare a letter to a debtor now, as the night would: of a level, or of the one that the policy takes next.

    It waits for approval, or is sent at once where its level asks nobody. About a spell of debt that had a letter of
    the level or a higher one, a letter is written again with a `reason` alone. The night does not repeat it. Raises
    Client.DoesNotExist, Forbidden, Refused.
    """
    client = lock_client(client_id)
    who = authority(by, "orders.send_letter", client.manager_id)
    offer = letters_offered(client_id, day).of(level_id)
    if offer.former is not None and not reason.strip():
        raise Refused(written_before(offer.former))
    (letter,) = write_letters([(offer.letter, kept(offer.lines))], day=day, who=who, reason=reason.strip())
    return letter


def written_before(letter: CollectionLetter) -> Refusal:
    """A second letter about the same debt needs a reason."""
    values = {
        "number": letter.number,
        "level": letter.level,
        "day": formats.day(letter.prepared_on),
        "state": letter.get_status_display(),
    }
    text = _("%(number)s of %(day)s (%(level)s, %(state)s) is about this debt already: say why to write again.")
    return Refusal("written_already", text % values, field="reason")


def _next_levels(client_id: int, day: date, levels: Sequence[LetterLevel]) -> list[LetterLevel]:
    due = {each.level_id for each in letters_due(day, [client_id])}
    return [level for level in levels if level.pk in due]


def _offers(levels: Sequence[LetterLevel], named: dict[int, list[Named]], facts: Facts) -> list[Offer]:
    """The letters of levels that fit, each with the one before it and its place among those of its spell."""
    if not levels:
        return []
    (client_id,) = facts.clients
    near = {line.debt.pk for level in levels if level.is_reminder for line in named[level.pk]}
    reminded: dict[int, list[CollectionLetter]] = {}
    rows = LetterLine.objects.filter(invoice__in=near, letter__client=client_id, letter__level__days__lte=0)
    for line in rows.select_related("letter__level").order_by("letter"):
        reminded.setdefault(line.invoice_id, []).append(line.letter)
    spells: dict[date, list[CollectionLetter]] = {}
    begun = {line.debt.due_on for level in levels for line in named[level.pk]}
    letters = CollectionLetter.objects.filter(client=client_id, episode_on__in=begun)
    for letter in letters.select_related("level").order_by("pk"):
        spells.setdefault(letter.episode_on, []).append(letter)
    found = []
    for level in levels:
        lines = named[level.pk]
        if level.is_reminder:
            episode_on, former = _reminded_before(level, lines, reminded)
        else:
            episode_on = lines[0].debt.due_on
            former = _last(spells.get(episode_on, ()), level)
        letter = letter_of(Due(client_id, level.pk, episode_on), lines, facts)
        same = [each.repeat for each in spells.get(episode_on, ()) if each.level_id == level.pk]
        letter.repeat = max(same, default=-1) + 1
        found.append(Offer(level, letter, lines, former))
    return found


def _reminded_before(
    level: LetterLevel, lines: Sequence[Named], reminded: dict[int, list[CollectionLetter]]
) -> tuple[date, CollectionLetter | None]:
    """The earliest due day a reminder is about; with nothing new in it, the last one that named the same."""
    new = [line for line in lines if _last(reminded.get(line.debt.pk, ()), level) is None]
    if new:
        return new[0].debt.due_on, None
    letters = {each.pk: each for line in lines for each in reminded[line.debt.pk]}
    return lines[0].debt.due_on, _last([letters[pk] for pk in sorted(letters)], level)


def _last(letters: Sequence[CollectionLetter], level: LetterLevel) -> CollectionLetter | None:
    """The last of these letters that is of the level or of a higher one."""
    return next((each for each in reversed(letters) if each.level.days >= level.days), None)


def _on_stop_list(client: Client, stop: StopListEntry) -> Refusal:
    values = {
        "client": client,
        "reason": stop.reason,
        "person": stop.placed_by.short_name,
        "day": formats.day(stop.starts_on),
    }
    text = _(
        "No letters are written to %(client)s: “%(reason)s” (%(person)s, %(day)s). Allow them again on the page of the "
        "debtor or in the stop list."
    )
    return Refusal("on_stop_list", text % values)


def _why_not(level: LetterLevel, lines: Sequence[Named], disputed: Sequence[StopListEntry], day: date) -> Any:
    """Why a level does not fit, or None."""
    oldest = lines[0].days if lines else None
    amount = sum((line.debt.open_amount for line in lines), ZERO)
    code = misfit(level.days, level.min_amount, oldest, amount)
    if not code:
        return None
    kept_back = [] if lines else [each for each in disputed if _would_be_named(level, each.invoice, day)]
    if kept_back:
        code = "disputed"
    values = {
        "level": level,
        "oldest": oldest,
        "days": abs(level.days),
        "amount": formats.money(amount),
        "smallest": formats.money(level.min_amount),
        "invoices": ", ".join(_disputed(each) for each in kept_back),
    }
    return Refusal(code, _reasons()[code] % values, field="level" if lines else "")


def _would_be_named(level: LetterLevel, invoice: Any, day: date) -> bool:
    days = (day - invoice.due_on).days
    is_of_level = level.days <= days <= 0 if level.is_reminder else days > 0
    return is_of_level and invoice.open_amount > 0 and invoice.currency == "RUB"


def _disputed(entry: StopListEntry) -> str:
    return _("%(number)s (“%(reason)s”)") % {"number": entry.invoice.number, "reason": entry.reason}


def _reasons() -> dict[str, str]:
    return {
        "nothing_late": _("Nothing in roubles is late."),
        "nothing_near": _("“%(level)s”: nothing in roubles falls due within %(days)d days."),
        "not_so_late": _(
            "“%(level)s” is written from day %(days)d of lateness on; the oldest debt is at day %(oldest)d."
        ),
        "below_smallest": _("“%(level)s” is written about %(smallest)s or more; it would ask for %(amount)s."),
        "disputed": _(
            "Nothing but disputed invoices would be named: %(invoices)s. Allow letters about them again on the page of "
            "the debtor or in the stop list."
        ),
    }
