"""Price lists: products and their prices in one or several columns."""

from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import PriceColumn
from kam.access import Authority
from kam.files import CellRefused, Column, FileRefused, Row, cells
from kam.folding import folded
from kam.imports import Importer, Option, Report, Upload, good_rows
from kam.judging import refuse, refuse_repeated
from kam.money import rounded
from kam.search import search_words
from kam.staging import derive, stage
from orders.actions.lay_prices import lay_prices
from orders.actions.lay_products import PRODUCTS, lay_names, lay_products
from orders.rules.headings import SKU_HEADINGS

_OWN = "column:"
_VAT_KINDS = {0: "none", 10: "reduced", 18: "standard", 20: "standard", 22: "standard"}


class _Unpriced(str):
    """What a cell says that names no price: “on request”."""


def _price(value):
    """A price above zero; an empty or zero cell is no price, and “on request” is _Unpriced.

    A number of a workbook that was worked out (1.2 of another one) is rounded, as the workbook shows it.
    """
    if cells.is_unpriced(value):
        return _Unpriced(value)
    amount = rounded(cells.number(value)) if isinstance(value, float) else cells.money(value)
    if amount is not None and amount < 0:
        raise CellRefused(_("The price is below zero."))
    if not amount and isinstance(value, float) and value:
        raise CellRefused(_("The price is less than a kopeck."))
    return amount or None


def _vat_kind(value):
    """The kind of VAT of a rate in percent."""
    if isinstance(value, str) and "без" in value.lower():
        return "none"
    rate = cells.percent(value)
    if rate is None:
        return None
    if rate not in _VAT_KINDS:
        raise CellRefused(_("There is no VAT rate of %(rate)s %%.") % {"rate": rate})
    return _VAT_KINDS[rate]


def _pack(value):
    units = cells.whole(value)
    if units is not None and units < 1:
        raise CellRefused(_("A pack has at least one unit."))
    return units


class PricesImporter(Importer):
    """A price list. A known SKU is changed, a new one with a name becomes a product.

    Prices stand in the column “Price” (for the price column chosen as `options["price_column"]` or named in the
    row) or in columns headed by the names or codes of our price columns. They are valid from the day in the row,
    else from `options["starts_on"]`, else from the day of the upload.
    """

    name = "prices"
    label = gettext_lazy("Price list and products")
    help = gettext_lazy("SKU and prices; with names and brands it also makes the catalogue.")
    permission = "orders.import_catalogue"
    options = (
        Option(
            "price_column",
            gettext_lazy("Price column"),
            gettext_lazy("For a list with one column of prices that does not say whose they are."),
            choices=lambda: [(each.code, each.name) for each in PriceColumn.objects.filter(is_active=True)],
        ),
        Option("starts_on", gettext_lazy("Prices are valid from"), gettext_lazy("Empty: from today.")),
    )
    order = 20

    def columns(self, upload: Upload | None = None) -> tuple[Column, ...]:
        own = tuple(
            Column(
                f"{_OWN}{column.pk}",
                column.name,
                _price,
                synonyms=(column.name, column.code),
                unless=_other_than(column),
            )
            for column in PriceColumn.objects.filter(is_active=True)
        )
        return (*_BASE, *own)

    def perform(self, upload: Upload, who: Authority, report: Report) -> None:
        table = self.opened(upload, report)
        plan = _Plan(table.columns, upload, report)
        stage("incoming_list", _STAGED, (plan.staged(row) for row in good_rows(table.rows(), report)))
        brands = _ids("orders_brand", plan.brands)
        categories = _ids("orders_category", plan.categories)
        lay_products("incoming_list", who, report, brands=brands, categories=categories)
        derive(
            "judged_prices",
            """SELECT l.row, l.sku, l.product_id, c.id AS column_id, c.code, p.amount, l.starts_on
               FROM laid_products l CROSS JOIN LATERAL unnest(l.column_codes, l.amounts) AS p (code, amount)
               LEFT JOIN accounts_pricecolumn c ON lower(c.code) = p.code OR lower(c.name) = p.code
               WHERE p.amount IS NOT NULL AND l.product_id IS NOT NULL""",
        )
        text = _("There is no such price column.")
        refuse("judged_prices", "column_id IS NULL", "sku", _("Price column"), text, report)
        refuse_repeated("judged_prices", ("product_id", "column_id"), "sku", _("SKU"), report)
        lay_prices("judged_prices", who, report)


# Words of a heading that tell another price than one that we sell for, and other money than roubles.
_OTHER_PRICES = ("закуп", "себест", "стар", "вход", "вал", "без", "purchase", "cost", "old", "currency", "net")
_OTHER_MONEY = {"RUB": ("usd", "eur", "$", "€", "долл", "евро", "у", "cny", "юан", "грн", "uah", "тг", "тенге", "kzt",
                        "₸", "byn"), "USD": ("руб", "rub", "eur", "€"),
                "EUR": ("руб", "rub", "usd", "$")}  # fmt: skip


def _other_than(column: PriceColumn) -> tuple[str, ...]:
    """Words of a heading that contradict a price column: other money, or VAT the other way."""
    own = column.name.lower()
    words = (
        (*_OTHER_MONEY.get(column.currency, ()), "без")
        if column.vat_included
        else _OTHER_MONEY.get(column.currency, ())
    )
    return tuple(word for word in words if word not in own)


_BASE = (
    Column("sku", gettext_lazy("SKU"), cells.code, required=True, longest=60, example="N-500",
           synonyms=SKU_HEADINGS),
    Column("name", gettext_lazy("Name"), cells.text, longest=300,
           synonyms=("Наименование", "Наименование товара", "Название", "Номенклатура", "Товар", "Name", "Product name",
                     "Product", "Title", "Description", "Наименование товаров", "Наименование позиции"),
           unless=("производ", "группы", "катег", "склад", "бренд", "поставщ", "контраг",
                   "код", "артик", "ед", "марк")),
    Column("brand", gettext_lazy("Brand"), cells.text, longest=120,
           synonyms=("Brand", "Бренд", "Марка", "Производитель", "Торговая марка", "Vendor",
                     "Manufacturer", "Наименование производителя", "Изготовитель")),
    Column("category", gettext_lazy("Category"), cells.text, longest=200,
           synonyms=("Category", "Категория", "Группа", "Товарная группа", "Раздел",
                     "Номенклатурная группа", "Category name")),
    Column("ean", gettext_lazy("EAN"), cells.code, longest=14,
           synonyms=("EAN", "EAN13", "Штрихкод", "Штрих код", "Barcode", "ШК", "Штрих-код", "EAN 13")),
    Column("unit", gettext_lazy("Unit"), cells.text, longest=20,
           synonyms=("Unit", "Ед", "Ед изм", "Единица", "Единица измерения", "Базовая единица")),
    Column("pack", gettext_lazy("Units in a pack"), _pack,
           synonyms=("Pack", "В упаковке", "Упаковка", "Кол-во в упаковке", "Норма упаковки")),
    Column("vat", gettext_lazy("VAT, %"), _vat_kind, synonyms=("VAT", "НДС", "Ставка НДС", "НДС, %")),
    Column("price", gettext_lazy("Price"), _price,
           synonyms=("Price", "Цена с НДС", "Цена", "Новая цена", "Цена, руб", "Price RUB", "Стоимость", "Цены"),
           unless=(*_OTHER_PRICES, *_OTHER_MONEY["RUB"], "скид", "сумм", "общ")),
    Column("price_column", gettext_lazy("Price column"), cells.text,
           synonyms=("Price column", "Колонка цен", "Вид цены", "Тип цены", "Тип цен")),
    Column("starts_on", gettext_lazy("From"), cells.day,
           synonyms=("From", "Дата", "Действует с", "Дата начала", "Начало действия", "С даты", "Valid from")),
)  # fmt: skip
_STAGED = PRODUCTS | {"starts_on": "date", "column_codes": "text[]", "amounts": "numeric[]"}


class _Plan:
    """How a row of this list becomes a staged row; collects brands and categories on the way."""

    def __init__(self, columns: tuple[Column, ...], upload: Upload, report: Report):
        self._report = report
        self.brands: dict[str, tuple[str, str]] = {}
        self.categories: dict[str, tuple[str, str]] = {}
        self._own = [str(column.label).lower() for column in columns[len(_BASE) :]]
        self._day = upload.options.get("starts_on") or upload.day
        self._column = str(upload.options.get("price_column") or _only_column()).lower()
        self._needs_column = "price" in report.mapping.values() and "price_column" not in report.mapping.values()
        if self._needs_column and not self._column:
            raise FileRefused("no_price_column", _("Say for which price column the prices are."))

    def staged(self, row: Row) -> tuple:
        """The values of a row in the order of _STAGED."""
        sku, name, brand, category, ean, unit, pack, vat, price, column, starts_on = row.values[: len(_BASE)]
        codes = [*self._own, (column or self._column).lower()]
        amounts = [*row.values[len(_BASE) :], price]
        unpriced = [each for each in amounts if isinstance(each, _Unpriced)]
        if unpriced:
            self._tell_unpriced(row, unpriced[0])
            amounts = [None if isinstance(each, _Unpriced) else each for each in amounts]
        return (
            row.number, None, sku, ean, name, _kept(self.brands, brand), _kept(self.categories, category), unit, pack,
            vat, False, search_words(sku, name, ean) if name else None, folded(name)[:300] if name else None,
            starts_on or self._day, _array(codes), _array(amounts),
        )  # fmt: skip

    def _tell_unpriced(self, row: Row, said: str) -> None:
        text = _("The list names no price here: what stood before stays.")
        self._report.problem(row.number, self._report.header("price", _("Price")), said, text, "warning")


def _only_column() -> str:
    found = list(PriceColumn.objects.filter(is_active=True).values_list("code", flat=True)[:2])
    return found[0] if len(found) == 1 else ""


def _kept(names: dict[str, tuple[str, str]], name: str | None) -> str | None:
    """The key of a brand or category, remembered with its words."""
    if name is None:
        return None
    if name not in names:
        names[name] = _key_and_words(name)
    return names[name][0]


@lru_cache(maxsize=4096)
def _key_and_words(name: str) -> tuple[str, str]:
    return folded(name)[:300], search_words(name)


def _array(values) -> str:
    quoted = ("NULL" if each is None else '"' + str(each).replace("\\", "\\\\").replace('"', '\\"') + '"'
              for each in values)  # fmt: skip
    return "{" + ",".join(quoted) + "}"


def _ids(table: str, names: dict[str, tuple[str, str]]) -> str:
    """A subquery (key, id) of the brands or categories of a list, after adding those that are new."""
    if names:
        lay_names(table, names)
    return f"SELECT sort_key AS key, min(id) AS id FROM {table} GROUP BY sort_key"
