"""Lists of open invoices: what clients owed on the day the company began with this program."""

import datetime as dt
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Client, CreditTerms
from accounts.queries import calendar
from accounts.rules.calendar import DayKind, due_date_for
from kam import clock
from kam.access import Authority
from kam.files import CellRefused, Column, cells
from kam.folding import folded
from kam.imports import Importer, Report, Upload, good_rows
from kam.judging import NOTHING_MORE, refuse, refuse_repeated, tell_trail
from kam.search import search_words
from kam.staging import derive, execute, rows_of, stage, value_of

_DOCUMENT = re.compile(r".*?(?:№|N)? ?(\S*\d\S*) от (\d{1,2}\.\d{1,2}\.(?:\d{4}|\d\d))\b.*", re.I)
_STAGED = {
    "row": "integer", "number": "text", "client": "text", "client_key": "text", "inn": "text", "kpp": "text",
    "shipped_on": "date", "issued_on": "date", "due_on": "date", "amount": "numeric", "vat": "numeric",
    "currency": "text", "comment": "text", "search": "text",
}  # fmt: skip


def _open_amount(value):
    amount = cells.money(value)
    if amount is not None and amount <= 0:
        raise CellRefused(_("The open amount must be above zero. Enter prepayments as payments."))
    return amount


class _Document(str):
    """The number of a document, and the day where it was told in the same cell."""

    day: dt.date | None = None


def _document(value):
    """“Реализация товаров и услуг 0000-000123 от 12.03.2025 0:00:00”: number and day said together."""
    line = cells.code(value)
    found = _DOCUMENT.fullmatch(line) if line else None
    if found is None:
        return line
    document = _Document(found[1])
    document.day = cells.day(found[2])
    return document


def _currency(value):
    line = (cells.text(value) or "").upper().rstrip(".")
    line = {"РУБ": "RUB", "₽": "RUB", "RUR": "RUB", "": None}.get(line, line)
    if line and (len(line) != 3 or not line.isascii()):
        raise CellRefused(_("Write the currency with three letters: RUB, USD, EUR."))
    return line


class InvoicesImporter(Importer):
    """Debts that arose before this program: what is open of an invoice becomes its amount.

    An invoice that is here already is left as it is, whatever the list says: payments are entered as payments.
    """

    name = "invoices"
    label = gettext_lazy("Open invoices")
    help = gettext_lazy("Number, client (INN or name), day of shipment, open amount; the due date follows the terms.")
    permission = "orders.import_invoices"
    order = 40

    def columns(self, upload: Upload | None = None) -> tuple[Column, ...]:
        return _COLUMNS

    def perform(self, upload: Upload, who: Authority, report: Report) -> None:
        table = self.opened(upload, report)
        rows = (_staged(row) for row in good_rows(table.rows(), report))
        stage("incoming_invoices", _STAGED, _with_days(rows, report))
        _judge(who, report)
        _fill_due_days(report)
        _write(who, report)


_COLUMNS = (
    Column("number", gettext_lazy("Number"), _document, required=True, longest=30,
           synonyms=("Номер документа", "Номер счета", "Номер", "№", "Number", "Invoice number", "Invoice no",
                     "Invoice", "Invoice id", "Счет", "Накладная", "Документ", "Расчетный документ",
                     "Документ расчетов", "Номер накладной"),
           unless=("тел", "дог", "контр", "строк", "п", "дат", "сум", "date", "amount", "total", "status")),
    Column("client", gettext_lazy("Client"), cells.text, longest=200,
           unless=("инн", "кпп", "код", "тип", "id", "email"),
           synonyms=("Клиент", "Контрагент", "Покупатель", "Плательщик", "Client", "Customer", "Customer name",
                     "Client name", "Наименование контрагента", "Организация", "Заказчик", "Дебитор", "Company")),
    Column("inn", gettext_lazy("INN"), cells.code, longest=22, synonyms=("ИНН", "INN", "ИНН/КПП", "ИНН контрагента")),
    Column("kpp", gettext_lazy("KPP"), cells.code, longest=9, synonyms=("KPP", "КПП")),
    Column("shipped_on", gettext_lazy("Shipped on"), cells.day,
           unless=("дог", "рожд", "опл", "созд", "регист", "срок", "due", "pay"),
           synonyms=("Дата отгрузки", "Дата реализации", "Дата накладной", "Дата документа", "Дата", "Shipped on",
                     "Shipment date", "Invoice date", "Date", "Issue date", "Дата возникновения")),
    Column("issued_on", gettext_lazy("Issued on"), cells.day, synonyms=("Issued on", "Дата счета", "Выставлен")),
    Column("due_on", gettext_lazy("Due on"), cells.day,
           synonyms=("Due on", "Срок оплаты", "Оплатить до", "Дата оплаты", "Срок", "Due date", "Payment due",
                     "Плановая дата оплаты", "Дата погашения")),
    Column("amount", gettext_lazy("Open amount"), _open_amount, required=True,
           synonyms=("Open amount", "Остаток долга", "Сумма долга", "Долг", "Задолженность", "Долг клиента", "К оплате",
                     "Amount due", "Balance due", "Outstanding", "Balance", "Остаток", "Не оплачено", "Сумма", "Amount",
                     "Total"),
           unless=("просроч", "опл", "ндс", "дне", "paid", "vat", "tax", "days", "без", "договор")),
    Column("vat", gettext_lazy("VAT in it"), cells.money, synonyms=("VAT", "НДС", "Сумма НДС", "В т ч НДС")),
    Column("currency", gettext_lazy("Currency"), _currency, synonyms=("Currency", "Валюта")),
    Column("comment", gettext_lazy("Comment"), cells.text, synonyms=("Comment", "Комментарий", "Примечание")),
)  # fmt: skip


def _staged(row) -> tuple:
    number, client, inn, kpp, shipped_on, issued_on, due_on, amount, vat, currency, comment = row.values
    key = folded(client) if client else None
    inn, _slash, other = (inn or "").partition("/")
    inn, kpp, shipped_on = inn or None, kpp or other or None, shipped_on or getattr(number, "day", None)
    return (
        row.number, number, client, key, inn, kpp, shipped_on, issued_on or shipped_on, due_on, amount, vat or 0,
        currency or "RUB", comment or "", search_words(number),
    )  # fmt: skip


def _with_days(rows: Iterator[tuple], report: Report) -> Iterator[tuple]:
    """The rows that say when they were shipped, in a column of its own or beside the number."""
    place = list(_STAGED).index("shipped_on")
    for row in rows:
        if row[place] is None:
            report.problem(row[0], report.header("shipped_on", _("Shipped on")), "", _("Fill in this cell."))
            report.count("rows_skipped", 1)
        else:
            yield row


def _judge(who: Authority, report: Report) -> None:
    """Find the client of every row and take out rows that cannot be."""
    seen, parameters = Client.objects.visible_to(who.by).values("pk").query.sql_with_params()
    # Clients are told apart by each of their keys first: sought for every row they would all be read each time.
    derive(
        "judged_invoices",
        f"""WITH seen AS MATERIALIZED (SELECT id, inn, kpp, sort_key FROM accounts_client WHERE id IN ({seen})),
                 named AS (SELECT sort_key, min(id) AS id, count(*) AS several FROM seen GROUP BY sort_key),
                 numbered AS (SELECT inn, min(id) AS id, count(*) AS several FROM seen GROUP BY inn),
                 parted AS (SELECT inn, kpp, min(id) AS id, count(*) AS several FROM seen GROUP BY inn, kpp)
            SELECT t.*, coalesce(n.id, i.id, p.id) AS client_id, coalesce(n.several, i.several, p.several) AS several,
                   k.id AS known, k.client_id AS known_client, k.amount AS known_amount
            FROM incoming_invoices t
            LEFT JOIN named n ON n.sort_key = t.client_key AND t.inn IS NULL
            LEFT JOIN numbered i ON i.inn = t.inn AND t.kpp IS NULL
            LEFT JOIN parted p ON p.inn = t.inn AND p.kpp = t.kpp
            LEFT JOIN orders_invoice k ON k.number = t.number""",
        parameters,
    )
    table, label = "judged_invoices", _("Client")
    text = _("Give the INN or the name of the client.")
    refuse(table, "inn IS NULL AND client IS NULL", "client", label, text, report)
    refuse(table, "client_id IS NULL", "coalesce(inn, client)", label, _("You have no such client."), report)
    text = _("Several clients fit: give INN and KPP.")
    refuse(table, "several > 1", "coalesce(inn, client)", label, text, report)
    refuse(table, "known_client <> client_id", "number", _("Number"),
           _("Another client has an invoice of this number."), report)  # fmt: skip
    refuse(table, "due_on < shipped_on", "due_on", _("Due on"), _("It falls due before it was shipped."), report)
    refuse(table, "vat < 0 OR vat >= amount", "vat", _("VAT in it"), _("VAT is not a part of the amount."), report)
    refuse_repeated(table, ("number",), "number", _("Number"), report)
    for row, number, amount in rows_of(
        f"SELECT row, number, known_amount FROM {table} WHERE known IS NOT NULL AND known_amount <> amount ORDER BY row"
    ):
        text = _("The invoice is here with the amount %(amount)s and stays: enter payments as payments.")
        report.problem(row, _("Number"), number, text % {"amount": amount}, "warning")
    execute(f"DELETE FROM {table} WHERE known IS NOT NULL")


def _fill_due_days(report: Report) -> None:
    """The due date of rows without one, by the terms of the client on the day of shipment; without terms at once."""
    since = value_of("SELECT min(shipped_on) FROM judged_invoices WHERE due_on IS NULL")
    if since is None:
        return
    days_off = calendar(day_from=since)
    pairs = rows_of("SELECT DISTINCT client_id, shipped_on FROM judged_invoices WHERE due_on IS NULL ORDER BY 1, 2")
    terms: dict[int, list[CreditTerms]] = {}
    for each in CreditTerms.objects.filter(client_id__in={client_id for client_id, _day in pairs}):
        terms.setdefault(each.client_id, []).append(each)

    def rows() -> Iterator[tuple]:
        for client_id, shipped_on in pairs:
            valid = next((each for each in terms.get(client_id, ()) if _covers(each, shipped_on)), None)
            days, kind = (valid.days, valid.day_kind) if valid else (0, DayKind.CALENDAR)
            due = due_date_for(shipped_on, days, DayKind(kind), days_off)
            yield client_id, shipped_on, due.on

    stage("due_days", {"client_id": "bigint", "shipped_on": "date", "due_on": "date"}, rows())
    execute(
        """UPDATE judged_invoices t SET due_on = d.due_on FROM due_days d
           WHERE t.due_on IS NULL AND t.client_id = d.client_id AND t.shipped_on = d.shipped_on"""
    )


def _covers(terms: CreditTerms, day: dt.date) -> bool:
    return terms.starts_on <= day and (terms.ends_on is None or terms.ends_on >= day)


def _write(who: Authority, report: Report) -> None:
    now = clock.now()
    execute(
        """SELECT 1 FROM accounts_client WHERE id IN (SELECT client_id FROM judged_invoices)
           ORDER BY id FOR NO KEY UPDATE"""
    )
    derive("made_invoices", "SELECT row, number FROM judged_invoices")
    created = execute(
        """INSERT INTO orders_invoice (created_at, updated_at, version, number, client_id, issued_on, shipped_on,
               due_on, currency, net, vat, amount, open_amount, terms, comment, external_id, search)
           SELECT %s, %s, 1, number, client_id, issued_on, shipped_on, due_on, currency, amount - vat, vat, amount,
               amount, '{"entered": true}', comment, 'list:' || number, search
           FROM judged_invoices ORDER BY row""",
        [now, now],
    )
    report.count("invoices_created", created)
    if created:
        derive("created_invoices", "SELECT i.id FROM orders_invoice i JOIN made_invoices USING (number)")
        tell_trail("create", "orders.invoice", "id", "created_invoices", who, changes=NOTHING_MORE)
