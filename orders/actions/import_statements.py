"""Statements of banks: files read into staged lines, then matched and booked as sets (see lay_statements)."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam import formats
from kam.access import Authority
from kam.imports import Importer, Option, Report, Upload
from kam.money import ZERO
from kam.search import search_words
from kam.staging import Spool, execute, stage
from kam.wording import worded
from orders.actions.lay_statements import lay_statements
from orders.rules.matching import name_key
from orders.rules.payment_purpose import stated_numbers
from orders.statements import Finding, Movement, Section, Severity, read_file
from orders.statements.reader import files_of
from orders.wording import STATEMENT

LINES = {
    "row": "integer", "section": "integer", "line": "integer", "base": "text", "is_incoming": "boolean",
    "amount": "numeric", "currency": "text", "booked_on": "date", "document_kind": "text", "document_number": "text",
    "document_on": "date", "other_name": "text", "other_inn": "text", "other_kpp": "text", "other_account": "text",
    "other_bik": "text", "other_bank": "text", "purpose": "text", "reference": "text", "fee": "boolean",
    "reversal": "boolean", "search": "text", "payment_search": "text", "name_key": "text", "stated": "text[]",
}  # fmt: skip
SECTIONS = {
    "section": "integer", "account": "text", "source": "text", "number": "text", "starts_on": "date",
    "ends_on": "date", "opening": "numeric", "closing": "numeric", "currency": "text", "owner_inn": "text",
    "bik": "text", "bank": "text", "file": "text", "line": "integer", "lines": "integer", "received": "numeric",
    "spent": "numeric", "differences": "jsonb",
}  # fmt: skip
_LONGEST_PURPOSE = 2_000
_TRUTH = {True: "t", False: "f"}


class StatementsImporter(Importer):
    """Files of banks. A movement that is here already is left as it is, so a file may be sent as often as one likes.

    What is certain is booked at once; the rest waits for two people. Money of an unknown payer is parked.
    """

    name = "statements"
    label = gettext_lazy("Bank statements")
    help = gettext_lazy(
        "The exchange with 1C (1CClientBankExchange), camt.053 or MT940; a ZIP of several is taken too."
    )
    permission = "orders.import_statement"
    multiple = True
    leads_to = (
        (gettext_lazy("Payments to place"), "orders:placements"),
        (gettext_lazy("Bank statements"), "orders:bankstatement_list"),
    )
    order = 50
    options = (
        Option(
            "accounts",
            gettext_lazy("Accounts that are not among ours yet"),
            gettext_lazy("Left out unless you say that they are ours."),
            choices=lambda: [("add", gettext_lazy("Add them to our accounts"))],
        ),
    )

    def perform(self, upload: Upload, who: Authority, report: Report) -> None:
        gathered = _Gathered(report)
        with files_of(upload.files, upload.limits) as files:
            for number, (name, path) in enumerate(files):
                for item in read_file(path, name, upload.limits):
                    gathered.take(number, item)
        execute("SET LOCAL default_statistics_target = 10")  # the rows are wide, and only their keys are joined
        gathered.spool.stage()
        stage("bank_sections", SECTIONS, gathered.section_rows())
        laid = lay_statements(who, report, add_accounts=upload.options.get("accounts") == "add", day=upload.day)
        report.overview = _overview(laid)


class _Gathered:
    """Movements on their way to the database, and what they add up to by section."""

    def __init__(self, report: Report):
        self.report = report
        self.spool = Spool("bank_in", LINES)
        self.sections: dict[tuple[int, int], int] = {}
        self.told: dict[int, Section] = {}
        self.sums: dict[int, _Sums] = {}
        # What a party is searched and known by: who pays once pays again.
        self._parties: dict[tuple[str, str], tuple[str, str]] = {}

    def take(self, file: int, item) -> None:
        """Put an item where it belongs."""
        if item.__class__ is Movement:
            self._movement(file, item)
        elif isinstance(item, Section):
            self.told[self._section(file, item.number)] = item
        else:
            self._finding(item)

    def _section(self, file: int, number: int) -> int:
        return self.sections.setdefault((file, number), len(self.sections))

    def _finding(self, item: Finding) -> None:
        self.report.count("lines_skipped" if item.severity is Severity.ERROR else "notes", 1)
        self.report.problem(item.line, item.field, item.value, item.text, item.severity.value, item.file)

    def _movement(self, file: int, item: Movement) -> None:
        section = self._section(file, item.section)
        sums = self.sums.get(section)
        if sums is None:
            sums = self.sums[section] = _Sums()
        sums.add(item)
        party = (item.other_name, item.other_inn)
        found = self._parties.get(party)
        if found is None:
            if len(self._parties) >= 20_000:
                self._parties.clear()
            found = _words(search_words(item.other_name), item.other_inn), name_key(item.other_name)[:300]
            self._parties[party] = found
        purpose = item.purpose[:_LONGEST_PURPOSE]
        number = item.document_number
        if not number.isdigit():  # those of most are their own words
            number = search_words(number)
        stated, payment_words = "{}", ""
        if item.is_incoming:
            stated = "{" + ",".join([f'"{each}"' for each in stated_numbers(purpose)[:50]]) + "}"
            payment_words = f"{number} {search_words(purpose[:400])}".strip(" ")
        amount, document_on = str(item.amount), item.document_on
        # All are texts, which are staged many at a time.
        self.spool.add((
            str(self.spool.count), str(section), str(item.line), base_of(item), _TRUTH[item.is_incoming], amount,
            item.currency, item.booked_on.isoformat(), item.document_kind, item.document_number,
            document_on and document_on.isoformat(), item.other_name, item.other_inn, item.other_kpp,
            item.other_account, item.other_bik, item.other_bank, purpose, item.reference, _TRUTH[item.fee],
            _TRUTH[item.reversal], _words(found[0], number), payment_words, found[1], stated,
        ))  # fmt: skip
        if not self.spool.count % 5_000:
            self.report.tell(self.spool.count)

    def section_rows(self) -> Iterator[tuple]:
        """A row for each statement with what its movements add up to and where the bank's own figures differ."""
        for number, section in sorted(self.told.items()):
            sums = self.sums.get(number) or _Sums()
            days = [each for each in (section.starts_on, section.ends_on, sums.first, sums.last) if each]
            if not days:
                text = _("The statement of account %(account)s has no days and no movements; it is left out.")
                values = {"account": section.account}
                self.report.problem(section.line, "", section.account, text % values, "note", section.file)
                continue
            starts_on = min(filter(None, (section.starts_on or min(days), sums.first)))
            ends_on = max(filter(None, (section.ends_on or max(days), sums.last)))
            yield (
                number, section.account, section.source.value, section.reference, min(starts_on, ends_on),
                max(starts_on, ends_on), section.opening, section.closing, section.currency, section.owner_inn,
                section.bik, section.bank, section.file[-200:], section.line, sums.count, sums.received, sums.spent,
                json.dumps(differences_of(section, sums.received, sums.spent)),
            )  # fmt: skip


class _Sums:
    """What the movements of a section add up to."""

    __slots__ = ("count", "first", "last", "received", "spent")

    def __init__(self):
        self.count, self.received, self.spent = 0, ZERO, ZERO
        self.first: date | None = None
        self.last: date | None = None

    def add(self, item: Movement) -> None:
        """Count one movement."""
        self.count += 1
        if item.is_incoming:
            self.received += item.amount
        else:
            self.spent += item.amount
        if self.first is None or item.booked_on < self.first:
            self.first = item.booked_on
        if self.last is None or item.booked_on > self.last:
            self.last = item.booked_on


def _words(*texts: str) -> str:
    return " ".join(filter(None, texts))


def base_of(item: Movement) -> str:
    """What a movement is known by again, without its account: two that are equal in all of this are told by count."""
    number, purpose = item.document_number.lstrip("0"), item.purpose
    # Of all blanks only the space is printable.
    purpose = purpose.replace(" ", "") if purpose.isprintable() else "".join(purpose.split())
    text = "|".join((
        "+" if item.is_incoming else "-", item.booked_on.isoformat(), f"{item.amount:.2f}", number, item.other_inn,
        item.other_account, purpose.lower(),
    ))  # fmt: skip
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def differences_of(section: Section, received: Decimal, spent: Decimal) -> list[dict]:
    """Where the bank's figures and its documents do not agree, as reasons."""
    found = []

    def differs(code: str, declared: Decimal | None, counted: Decimal) -> None:
        if declared is not None and declared != counted:
            figures = {"declared": declared, "counted": counted, "difference": abs(declared - counted)}
            found.append({"code": code, "values": {name: str(value) for name, value in figures.items()}})

    differs("received_differs", section.received, received)
    differs("spent_differs", section.spent, spent)
    if section.opening is not None:
        differs("closing_differs", section.closing, section.opening + received - spent)
    return found


def _overview(laid: list[dict]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    headings = (
        _("Our account"), _("From"), _("To"), _("Opening balance"), _("Came in"), _("Went out"), _("Closing balance"),
        _("Movements"), _("Of them new"), _("Balances"),
    )  # fmt: skip
    rows = []
    for each in laid:

        def money(name: str, each=each) -> str:
            return formats.UNKNOWN if each[name] is None else formats.money(each[name], each["currency"])

        said = " ".join(worded(why, STATEMENT) for why in each["differences"]) or _("agree")
        if each["opening"] is None or each["closing"] is None:
            said = said if each["differences"] else _("not given")
        rows.append((
            each["account"], formats.day(each["starts_on"]), formats.day(each["ends_on"]), money("opening"),
            money("received"), money("spent"), money("closing"), str(each["lines"]), str(each["fresh"]), said,
        ))  # fmt: skip
    return headings, rows
