"""Partners."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import orders.commerceml.nodes as nodes
import orders.commerceml.values as values
from orders.commerceml.items import BankAccount, Counterparty
from orders.commerceml.nodes import type_of_node
from orders.commerceml.reading import Reading, required_id
from orders.commerceml.values import Skipped

# Newer schemas put requisites one level deeper.
_WRAPPERS = ("РеквизитыЮрЛица", "РеквизитыФизЛица", "РеквизитыЮрЛицо", "ЮридическоеЛицо", "ФизическоеЛицо")

# Named in messages; looked up only when there is one.
A_PARTNER = gettext_lazy("A partner")


def read_counterparty(node: type_of_node, reading: Reading) -> Iterator[Counterparty]:
    """A partner with its requisites; raises Skipped when it has no name at all."""
    found = nodes.children(node)
    for wrapper in _WRAPPERS:
        if wrapper in found:
            found = nodes.children(found[wrapper]) | found
    person = " ".join(filter(None, (nodes.text(found, each) for each in ("Фамилия", "Имя", "Отчество"))))
    official = nodes.text(found, "ОфициальноеНаименование", "ПолноеНаименование", "НаименованиеПолное")
    name = nodes.text(found, "Наименование") or official or person
    if not name:
        raise Skipped("no_name", _("The partner has no name."), nodes.text(found, "Ид"))
    inn = values.digits_of(nodes.text(found, "ИНН"))
    # A site sends guests without an Ид of 1C; ИНН and КПП then tell the partner.
    partner_id = nodes.text(found, "Ид") or (inn and f"inn:{inn}:{values.digits_of(nodes.text(found, 'КПП'))}")
    if not partner_id:
        partner_id = required_id(found, A_PARTNER)
    phones, emails = _contacts_of(found)
    is_company = "ОфициальноеНаименование" in found or len(inn) == 10 or "КПП" in found
    yield Counterparty(
        id=partner_id,
        name=name,
        official_name=official,
        inn=inn,
        kpp=values.digits_of(nodes.text(found, "КПП")),
        ogrn=values.digits_of(nodes.text(found, "ОГРН", "ОГРНИП")),
        okpo=values.digits_of(nodes.text(found, "ОКПО")),
        legal_address=_address_of(found, "ЮридическийАдрес", "АдресРегистрации"),
        actual_address=_address_of(found, "ФактическийАдрес", "Адрес", "ПочтовыйАдрес"),
        phones=phones,
        emails=emails,
        contact_names=_people_of(found),
        accounts=tuple(_accounts_of(found)),
        role=nodes.text(found, "Роль"),
        is_person=not is_company and (bool(person) or "РеквизитыФизЛица" in found),
        deleted=values.is_deleted(node, found),
        line=node.sourceline or 0,
    )


def _address_of(found: dict[str, type_of_node], *names: str) -> str:
    for name in names:
        if name not in found:
            continue
        address = nodes.text(nodes.children(found[name]), "Представление") or nodes.text_of(found[name])
        if address:
            return address.strip(" ,")
        parts = [value for _kind, value in nodes.pairs(found[name], "АдресноеПоле", "Тип") if value]
        if parts:
            return ", ".join(parts)
    return ""


def _contacts_of(found: dict[str, type_of_node]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Phones and e-mails of a partner, in the order of the file and once each."""
    phones: dict[str, None] = {}
    emails: dict[str, None] = {}
    entries = list(nodes.pairs(found.get("Контакты"), "Контакт", "Тип"))
    entries += [("Почта", nodes.text(found, "Почта", "Email", "email"))]
    entries += [("Телефон", nodes.text(found, "Телефон", "ТелефонРабочий"))]
    for kind, value in entries:
        kind = kind.lower()
        if not value:
            continue
        if "@" in value:
            emails[value.strip()] = None
        elif "телефон" in kind or "phone" in kind or "мобил" in kind:
            phones[value.strip()] = None
    return tuple(phones), tuple(emails)


def _people_of(found: dict[str, type_of_node]) -> tuple[str, ...]:
    names = []
    for each in nodes.named(found.get("Представители"), "Представитель"):
        inner = nodes.children(each)
        source = inner.get("Контрагент", inner.get("КонтактноеЛицо", each))
        name = nodes.text(nodes.children(source), "Наименование", "ПолноеНаименование", "ФИО")
        if name:
            names.append(name)
    return tuple(names)


def _accounts_of(found: dict[str, type_of_node]) -> Iterator[BankAccount]:
    for each in nodes.named(found.get("РасчетныеСчета"), "РасчетныйСчет"):
        inner = nodes.children(each)
        bank = nodes.children(inner["Банк"]) if "Банк" in inner else {}
        number = values.digits_of(nodes.text(inner, "НомерСчета") or nodes.text_of(each))
        if number:
            yield BankAccount(
                number,
                values.digits_of(nodes.text(bank, "БИК") or nodes.text(inner, "БИК")),
                nodes.text(bank, "Наименование"),
                values.digits_of(nodes.text(bank, "СчетКорреспондентский", "КоррСчет", "КорСчет")),
            )
