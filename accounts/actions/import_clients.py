"""Lists of clients, so that a company can start from its spreadsheets."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.lay_clients import CLIENTS, lay_clients, requisite_errors
from accounts.models import Client, ClientGroup, Segment, Territory
from accounts.rules.requisites import tidy
from kam.access import Authority
from kam.files import CellRefused, Column, Row, cells
from kam.folding import folded
from kam.imports import Importer, Report, Upload, good_rows
from kam.models import User
from kam.staging import stage


def _number(value) -> str | None:
    line = cells.code(value)
    return tidy(line) if line else None


def _one_of(choices):
    """A parser of a choice by its code or by its label in any of our languages."""
    words = {folded(code): code for code, _label in choices}
    words |= _RUSSIAN.get(frozenset(words), {})

    def parse(value):
        line = folded(cells.text(value) or "")
        if not line:
            return None
        labels = words | {folded(str(label)): code for code, label in choices}
        if line not in labels:
            raise CellRefused(_("“%(value)s” is none of: %(choices)s.") % {
                "value": line[:50], "choices": ", ".join(str(label) for _code, label in choices)})  # fmt: skip
        return labels[line]

    return parse


# Words of old spreadsheets that no catalogue of translations knows.
_RUSSIAN = {
    frozenset(Client.Channel.values): {
        "дистрибьютор": "distributor", "дистрибутор": "distributor", "реселлер": "reseller", "партнер": "partner",
        "авторизованный партнер": "partner", "дилер": "dealer", "розничная сеть": "retail", "сеть": "retail",
        "розница": "retail",
    },
    frozenset(Client.Status.values): {
        "потенциальный": "prospect", "действующий": "active", "активный": "active", "работаем": "active",
        "приостановлен": "paused", "закрыт": "closed",
    },
}  # fmt: skip


def _email(value):
    line = cells.text(value)
    if line is None:
        return None
    try:
        validate_email(line)
    except ValidationError as error:
        raise CellRefused(_("“%(value)s” is not an e-mail address.") % {"value": line[:50]}) from error
    return line


class ClientsImporter(Importer):
    """A list of clients. A known one (by external id, ИНН and КПП, or name) is filled in, a new one is added."""

    name = "clients"
    label = gettext_lazy("Clients")
    help = gettext_lazy("Name, INN, KPP, KAM and whatever else is known. New clients become prospects unless said.")
    permission = "accounts.import_clients"
    order = 10

    def columns(self, upload: Upload | None = None) -> tuple[Column, ...]:
        return _COLUMNS

    def perform(self, upload: Upload, who: Authority, report: Report) -> None:
        table = self.opened(upload, report)
        directories = _Directories(who)
        stage("incoming_clients", CLIENTS, directories.staged(good_rows(table.rows(), report), report))
        lay_clients("incoming_clients", who, report, day=upload.day, master=False)


_COLUMNS = (
    Column("name", gettext_lazy("Client"), cells.text, required=True, longest=200,
           synonyms=("Клиент", "Контрагент", "Наименование", "Название", "Партнер", "Покупатель", "Заказчик",
                     "Организация", "Компания", "Наименование контрагента", "Название компании",
                     "Наименование организации", "Краткое наименование", "Client", "Customer", "Company",
                     "Company name", "Customer name", "Name"),
           unless=("групп", "тип", "код", "менедж", "банк", "полн", "юр", "вид", "id", "group", "type", "bank")),
    Column("inn", gettext_lazy("INN"), _number, longest=22, synonyms=("ИНН", "INN", "ИНН/КПП", "Tax id")),
    Column("kpp", gettext_lazy("KPP"), _number, longest=9, synonyms=("KPP", "КПП")),
    Column("ogrn", gettext_lazy("OGRN or OGRNIP"), _number, longest=15, synonyms=("ОГРН", "ОГРНИП", "OGRN")),
    Column("legal_name", gettext_lazy("Legal name"), cells.text, longest=300,
           synonyms=("Legal name", "Полное наименование", "Юридическое наименование", "Юрлицо", "Юр лицо",
                     "Юридическое название", "Полное название", "Официальное наименование")),
    Column("legal_address", gettext_lazy("Legal address"), cells.text, longest=400,
           synonyms=("Legal address", "Юридический адрес", "Юр адрес", "Адрес юридический",
                     "Адрес")),
    Column("bank_name", gettext_lazy("Bank"), cells.text, longest=200, synonyms=("Bank", "Банк")),
    Column("bik", gettext_lazy("BIK"), _number, longest=9, synonyms=("BIK", "БИК")),
    Column("account", gettext_lazy("Settlement account"), _number, longest=20,
           synonyms=("Account", "Расчетный счет", "Р/с", "РС", "Номер счета")),
    Column("correspondent_account", gettext_lazy("Correspondent account"), _number, longest=20,
           synonyms=("Correspondent account", "Корр счет", "Корреспондентский счет", "К/с")),
    Column("channel", gettext_lazy("Channel"), _one_of(Client.Channel.choices),
           synonyms=("Channel", "Канал", "Канал продаж", "Тип клиента")),
    Column("status", gettext_lazy("Status"), _one_of(Client.Status.choices), synonyms=("Status", "Статус")),
    Column("manager", gettext_lazy("KAM"), cells.text,
           synonyms=("KAM", "Менеджер", "Ответственный", "Manager", "Ответственный менеджер", "Основной менеджер")),
    Column("city", gettext_lazy("City"), cells.text, longest=100, synonyms=("City", "Город")),
    Column("phone", gettext_lazy("Phone"), cells.text, longest=60,
           synonyms=("Phone", "Телефон", "Тел", "Телефоны", "Контактный телефон", "Phone number")),
    Column("email", gettext_lazy("E-mail"), _email, longest=254, synonyms=("E-mail", "Email", "Почта", "Эл почта",
                     "Электронная почта", "Адрес электронной почты", "Email address")),
    Column("website", gettext_lazy("Website"), cells.text, longest=200,
           synonyms=("Website", "Сайт", "Веб-сайт", "Web")),
    Column("territory", gettext_lazy("Territory"), cells.text, synonyms=("Territory", "Территория", "Регион")),
    Column("segment", gettext_lazy("Segment"), cells.text, synonyms=("Segment", "Сегмент")),
    Column("group", gettext_lazy("Group"), cells.text, synonyms=("Group", "Группа", "Холдинг")),
    Column("comment", gettext_lazy("Comment"), cells.text, synonyms=("Comment", "Комментарий", "Примечание")),
    Column("external_id", gettext_lazy("External id"), cells.code, longest=120,
           synonyms=("External id", "Внешний код", "Код 1С", "Код", "GUID")),
)  # fmt: skip
_NAMES = tuple(column.name for column in _COLUMNS)
_LABELS = {column.name: column.label for column in _COLUMNS}


class _Directories:
    """People, territories, segments and groups by the words that a list has for them."""

    def __init__(self, who: Authority):
        by = who.by
        people = User.objects.filter(is_active=True)
        self._reach = None if by.is_superuser else by.standings.reach_for("accounts.import_clients")
        self.managers: dict[str, int] = {}
        for person in people:
            for word in (person.email, person.name, person.short_name):
                self.managers[folded(word)] = person.pk
        self.territory = {each.sort_key: each.pk for each in Territory.objects.all()}
        self.segment = {each.sort_key: each.pk for each in Segment.objects.all()}
        self.group = {each.sort_key: each.pk for each in ClientGroup.objects.all()}

    def staged(self, rows: Iterator[Row], report: Report) -> Iterator[tuple]:
        """Rows of CLIENTS; a row with an error is reported and left out."""
        for row in rows:
            values = dict(zip(_NAMES, row.values, strict=True))
            _split_inn(values)
            errors = [(field, values.get(field), text) for field, text in requisite_errors(values)]
            errors += self._resolve(values)
            if errors:
                report.count("rows_skipped", 1)
                for field, value, text in errors:
                    report.problem(row.number, _LABELS.get(field, field), value, text)
                continue
            values |= {"row": row.number, "sort_key": folded(values["name"])[:300]}
            yield tuple(values.get(column) for column in CLIENTS)

    def _resolve(self, values: dict) -> list[tuple[str, str, str]]:
        errors = []
        for field in ("territory", "segment", "group"):
            word = values.pop(field)
            if word and folded(word) not in getattr(self, field):
                errors.append((field, word, _("There is no such entry in the directory. Add it first.")))
            values[f"{field}_id"] = getattr(self, field).get(folded(word)) if word else None
        word = values.pop("manager")
        values["manager_id"] = self.managers.get(folded(word)) if word else None
        if word and values["manager_id"] is None:
            errors.append(("manager", word, _("There is no user of this name or e-mail.")))
        elif word and self._reach is not None and not self._reach.covers(values["manager_id"]):
            errors.append(("manager", word, _("This KAM is in another team.")))
        return errors


def _split_inn(values: dict) -> None:
    """Many spreadsheets keep ИНН and КПП in one cell: 7707083893/773601001."""
    inn = values["inn"]
    if inn and "/" in inn:
        values["inn"], _slash, kpp = inn.partition("/")
        values["kpp"] = values["kpp"] or kpp or None
