"""camt.053 of ISO 20022 (and camt.052, camt.054), whatever version its namespace names.

An entry of the account may pack many payments: each is told by itself where their sums make the entry, else the
entry is told as one. Names are asked without namespaces, and both shapes of a party (before and since version 8) fit.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _
from lxml import etree

import orders.statements.values as values
from kam.files import DEFAULT_LIMITS, FileRefused, Limits, open_markup
from orders.statements.items import Finding, Item, Movement, Section, Severity, Source
from orders.statements.values import Skipped

_REPORTS = ("Stmt", "Rpt", "Ntfctn")
_WATCHED = tuple(f"{{*}}{name}" for name in (*_REPORTS, "TxDtls", "Ntry", "Bal", "TxsSummry"))
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
_FEES = frozenset({"CHRG", "FEES", "COMM", "COMT", "NCHG", "ACCF"})
_NOT_GIVEN = frozenset({"NOTPROVIDED", "NONREF", "N/A", "-", "0"})
type_of_node = etree._Element


def read_camt(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """The movements of a file, and each statement in it once its end is seen.

    Raises FileRefused for XML of another kind; one that breaks off gives what was before, with a finding.
    """
    with open_markup(path, limits) as markup:
        if markup.first_name not in ("Document", "BkToCstmrStmt", "BkToCstmrAcctRpt", *_REPORTS):
            text = _("This XML is not a bank statement (camt.053): its first element is “%(name)s”.")
            raise FileRefused("not_camt", text % {"name": markup.first_name})
        yield from Camt().walk(markup)


class Camt:
    """One file while it is read."""

    def __init__(self):
        self.section: Section | None = None
        self.count = 0
        self._packed: list[_Payment] = []

    def walk(self, markup) -> Iterator[Item]:
        """Statement by statement."""
        events = etree.iterparse(
            markup, events=("start", "end"), tag=_WATCHED, encoding="utf-8", resolve_entities=False, load_dtd=False,
            no_network=True, huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        node = None
        try:
            for event, node in events:
                name = _local(node)
                if event == "start":
                    if name in _REPORTS:
                        self.section = Section(self.count, "", Source.CAMT, line=node.sourceline or 0)
                        self.count += 1
                    continue
                yield from self._told(node, name)
        except etree.XMLSyntaxError as error:
            if self.section is None and not self.count:
                text = _("The XML is damaged in line %(line)s.") % {"line": error.position[0]}
                raise FileRefused("not_xml", text) from error
            if self.section is not None:
                self._name_account(_report_above(node))
                yield self.section
            text = _("The file is damaged or breaks off here; everything before was read.")
            yield Finding(Severity.ERROR, "broken_off", text, error.position[0], "", "")
            return
        if not self.count:
            raise FileRefused("not_camt", _("This XML has no statement in it."))

    def _told(self, node: type_of_node, name: str) -> Iterator[Item]:
        if self.section is None:
            return
        if name == "TxDtls":
            self._packed.append(_Payment(node, self.section))
            node.clear()
            return
        if name == "Bal":
            self._balance(node)
        elif name == "TxsSummry":
            self._summary(node)
        elif name == "Ntry":
            packed, self._packed = self._packed, []
            try:
                yield from self._entry(node, packed)
            except Skipped as skipped:
                line = node.sourceline or 0
                yield Finding(Severity.ERROR, "skipped", skipped.text, line, skipped.field, skipped.value[:100])
        elif name in _REPORTS:
            self._name_account(node)
            yield self.section
            self.section = None
        node.clear()
        while node.getprevious() is not None and _local(node.getprevious()) == "Ntry" and name == "Ntry":
            del node.getparent()[node.getparent().index(node) - 1]

    def _name_account(self, report: type_of_node | None) -> None:
        """What stands beside the entries: the account, its owner and bank, the period."""
        section, account = self.section, _child(report, "Acct")
        section.account = values.account_of(_text(account, "Id/IBAN") or _text(account, "Id/Othr/Id"))
        section.currency = section.currency or values.currency_of(_text(account, "Ccy"))
        section.owner_inn = _numbers_of(_child(account, "Ownr"))[0]
        section.bik = values.digits_of(_text(account, "Svcr/FinInstnId/ClrSysMmbId/MmbId"), 9)
        section.bank = _text(account, "Svcr/FinInstnId/Nm")[:200]
        section.reference = (_text(report, "ElctrncSeqNb") or _text(report, "LglSeqNb") or _text(report, "Id"))[:40]
        section.starts_on = _day(_text(report, "FrToDt/FrDtTm") or _text(report, "FrToDt/FrDt")) or section.starts_on
        section.ends_on = _day(_text(report, "FrToDt/ToDtTm") or _text(report, "FrToDt/ToDt")) or section.ends_on

    def _balance(self, node: type_of_node) -> None:
        code = _text(node, "Tp/CdOrPrtry/Cd")
        amount, currency = _amount(_child(node, "Amt"), "Bal", zero=True)
        if _text(node, "CdtDbtInd") == "DBIT":
            amount = -amount
        section, on = self.section, _day(_text(node, "Dt/Dt") or _text(node, "Dt/DtTm"))
        section.currency = section.currency or currency
        if code in _OPENING and (section.opening is None or code == "OPBD"):
            section.opening = amount
            section.starts_on = section.starts_on or (on if code == "OPBD" else None)
        elif code in _CLOSING:
            section.closing = amount
            section.ends_on = section.ends_on or on

    def _summary(self, node: type_of_node) -> None:
        for name, field in (("TtlCdtNtries", "received"), ("TtlDbtNtries", "spent")):
            total = _text(node, f"{name}/Sum")
            if total:
                setattr(self.section, field, values.amount_of(total, name, zero=True))

    def _entry(self, node: type_of_node, packed: list["_Payment"]) -> Iterator[Item]:
        status = _text(node, "Sts/Cd") or _text(node, "Sts")
        line = node.sourceline or 0
        amount, currency = _amount(_child(node, "Amt"), "Amt")
        if status in ("PDNG", "INFO", "FUTR"):
            text = _("The entry is not booked yet; it will come with a later statement.")
            yield Finding(Severity.NOTE, "not_booked", text, line, "Sts", f"{amount} {currency}")
            return
        direction = _text(node, "CdtDbtInd")
        if direction not in ("CRDT", "DBIT"):
            raise Skipped("CdtDbtInd", direction, _("The entry says neither credit nor debit."))
        booked = _day(_text(node, "BookgDt/Dt") or _text(node, "BookgDt/DtTm"))
        booked = booked or _day(_text(node, "ValDt/Dt") or _text(node, "ValDt/DtTm"))
        if booked is None:
            raise Skipped("BookgDt", "", _("The entry has no day."))
        codes = {_text(node, f"BkTxCd/{path}") for path in _CODES}
        shared = _Shared(
            self.section.number, direction == "CRDT", booked, currency, line, bool(codes & _FEES),
            _text(node, "RvslInd") in ("true", "1"), _text(node, "AcctSvcrRef") or _text(node, "NtryRef"),
            _text(node, "AddtlNtryInf"), _text(node, "BkTxCd/Prtry/Cd"),
        )  # fmt: skip
        self.section.currency = self.section.currency or currency
        if len(packed) > 1 and any(each.amount is None for each in packed):
            packed = packed[:1] if len({each.purpose for each in packed}) == 1 else [_Payment.joined(packed)]
        elif len(packed) > 1 and sum(each.signed(shared.is_incoming) for each in packed) != amount:
            text = _("The payments inside the entry do not make its sum; it is taken as one.")
            yield Finding(Severity.WARNING, "batch_differs", text, line, "NtryDtls", f"{amount} {currency}")
            packed = [_Payment.joined(packed)]
        if len(packed) < 2:
            yield _movement(shared, packed[0] if packed else _Payment(None, self.section), amount, shared.is_incoming)
            return
        for each in packed:
            is_incoming = shared.is_incoming if each.is_incoming is None else each.is_incoming
            yield _movement(shared, each, each.amount, is_incoming)


_CODES = ("Domn/Cd", "Domn/Fmly/Cd", "Domn/Fmly/SubFmlyCd", "Prtry/Cd")


class _Shared:
    """What an entry says of all payments in it."""

    __slots__ = ("booked", "currency", "fee", "info", "is_incoming", "kind", "line", "reference", "reversal", "section")

    def __init__(self, section, is_incoming, booked, currency, line, fee, reversal, reference, info, kind):
        self.section, self.is_incoming, self.booked, self.currency = section, is_incoming, booked, currency
        self.line, self.fee, self.reversal = line, fee, reversal
        self.reference, self.info, self.kind = reference, info, kind


class _Payment:
    """One payment inside an entry, taken out of its tree at once so that the tree can be dropped."""

    __slots__ = ("amount", "is_incoming", "number", "parties", "purpose", "reference")

    def __init__(self, node: type_of_node | None, section: Section):
        self.parties = {"Dbtr": _Party(node, "Dbtr"), "Cdtr": _Party(node, "Cdtr")}
        self.number, self.reference, self.purpose = _number(node), _text(node, "Refs/AcctSvcrRef"), _purpose(node)
        mark = _text(node, "CdtDbtInd")
        self.is_incoming = mark == "CRDT" if mark else None
        self.amount = None
        for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
            found = _find(node, path)
            if found is None:
                continue
            try:
                amount, currency = _amount(found, "TxDtls")
            except Skipped:
                continue
            if not section.currency or currency == section.currency:
                self.amount = amount
                return

    def signed(self, is_incoming: bool) -> Decimal:
        """The sum, below zero where it goes the other way than its entry."""
        return -self.amount if self.is_incoming is not None and self.is_incoming != is_incoming else self.amount

    @staticmethod
    def joined(packed: list["_Payment"]) -> "_Payment":
        """One payment out of several whose sums are not known: the first, with every purpose."""
        first = packed[0]
        first.purpose = "; ".join(dict.fromkeys(each.purpose for each in packed[:50] if each.purpose))
        return first


class _Party:
    """Who paid or was paid."""

    __slots__ = ("account", "bank", "bik", "inn", "kpp", "name")

    def __init__(self, node: type_of_node | None, side: str):
        parties, agents = _child(node, "RltdPties"), _child(node, "RltdAgts")
        party = _child(parties, side)
        self.name = _text(party, "Nm") or _text(party, "Pty/Nm") or _text(parties, f"Ultmt{side}/Nm")
        self.name = self.name or _text(parties, f"Ultmt{side}/Pty/Nm")
        self.inn, self.kpp = _numbers_of(party)
        tax = _child(_child(node, "Tax"), side)
        self.inn = self.inn or values.digits_of(_text(tax, "TaxId"), 5, 10, 12)
        self.kpp = self.kpp or values.digits_of(_text(tax, "TaxTp"), 9)
        account = _find(parties, f"{side}Acct/Id")
        self.account = values.account_of(_text(account, "IBAN") or _text(account, "Othr/Id"))
        bank = _find(agents, f"{side}Agt/FinInstnId")
        self.bank = _text(bank, "Nm")
        self.bik = values.digits_of(_text(bank, "ClrSysMmbId/MmbId"), 9) or _text(bank, "BICFI") or _text(bank, "BIC")


def _movement(shared: _Shared, payment: _Payment, amount: Decimal, is_incoming: bool) -> Movement:
    other = payment.parties["Dbtr" if is_incoming else "Cdtr"]
    if shared.reversal and not other.name and not other.account:
        other = payment.parties["Cdtr" if is_incoming else "Dbtr"]
    purpose = payment.purpose or values.squeezed(shared.info)
    return Movement(
        section=shared.section,
        is_incoming=is_incoming,
        amount=amount,
        booked_on=shared.booked,
        currency=shared.currency,
        document_kind=shared.kind[:100],
        document_number=payment.number[:60],
        other_name=values.name_of(other.name)[:300],
        other_inn=other.inn or values.inn_in(other.name),
        other_kpp=other.kpp or values.kpp_in(other.name),
        other_account=other.account[:34],
        other_bik=other.bik[:11],
        other_bank=other.bank[:200],
        purpose=purpose,
        reference=(payment.reference or shared.reference)[:80],
        fee=shared.fee,
        reversal=shared.reversal,
        line=shared.line,
    )


def _purpose(node: type_of_node | None) -> str:
    """Free words, then the numbers of invoices that the payment names in fields of their own."""
    remittance = _child(node, "RmtInf")
    said = [_own_text(each) for each in _children(remittance, "Ustrd")]
    for structured in _children(remittance, "Strd"):
        for document in _children(structured, "RfrdDocInf"):
            number = _text(document, "Nb")
            said += [f"счет № {number}"] if number and number not in " ".join(said) else []
        reference = _text(structured, "CdtrRefInf/Ref")
        said += [reference] if reference and reference not in " ".join(said) else []
        said += [_own_text(each) for each in _children(structured, "AddtlRmtInf")]
    text = " ".join(filter(None, said)) or _text(node, "AddtlTxInf")
    return values.squeezed(text)


def _number(node: type_of_node | None) -> str:
    for name in ("EndToEndId", "ChqNb", "InstrId", "PmtInfId", "TxId"):
        found = _text(node, f"Refs/{name}")
        if found and found.upper() not in _NOT_GIVEN:
            return found
    return ""


def _numbers_of(party: type_of_node | None) -> tuple[str, str]:
    """INN and KPP among the other ids of a party: told by how many digits they have."""
    inn = kpp = ""
    for node in party.iter("{*}Othr") if party is not None else ():
        for each in _text(node, "Id").replace("\\", "/").split("/"):
            inn = inn or values.digits_of(each.upper().removeprefix("INN").removeprefix("ИНН"), 5, 10, 12)
            kpp = kpp or values.digits_of(each.upper().removeprefix("KPP").removeprefix("КПП"), 9)
    return inn, kpp


def _amount(node: type_of_node | None, field: str, *, zero: bool = False) -> tuple[Decimal, str]:
    if node is None:
        raise Skipped(field, "", _("There is no sum."))
    amount = values.amount_of(_own_text(node), field, zero=zero)
    return amount, values.currency_of(node.get("Ccy") or "")


def _day(text: str) -> date | None:
    return values.day_of(text[:10], "date") if text else None


def _report_above(node: type_of_node | None) -> type_of_node | None:
    while node is not None and _local(node) not in _REPORTS:
        node = node.getparent()
    return node


def _local(node: type_of_node) -> str:
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _children(node: type_of_node | None, name: str) -> list[type_of_node]:
    return [] if node is None else [each for each in node if _local(each) == name]


def _child(node: type_of_node | None, name: str) -> type_of_node | None:
    return None if node is None else next((each for each in node if _local(each) == name), None)


def _find(node: type_of_node | None, path: str) -> type_of_node | None:
    for name in path.split("/"):
        node = _child(node, name)
    return node


def _own_text(node: type_of_node | None) -> str:
    return "" if node is None or node.text is None else node.text.strip()


def _text(node: type_of_node | None, path: str) -> str:
    return _own_text(_find(node, path))
