"""The classifier and the catalogue: groups, properties, units, products."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import orders.commerceml.nodes as nodes
import orders.commerceml.values as values
from kam.files import cells
from orders.commerceml.items import Brand, Group, Product, WarehouseRow
from orders.commerceml.nodes import type_of_node
from orders.commerceml.reading import Reading, required_id
from orders.commerceml.values import Skipped

_BRAND_NAMES = frozenset({
    "производитель", "бренд", "brand", "торговая марка", "изготовитель", "марка", "вендор", "vendor", "manufacturer",
    "торговаямарка", "производители", "бренды",
})  # fmt: skip

# Named in messages; looked up only when there is one.
A_GROUP = gettext_lazy("A group")
A_PROPERTY = gettext_lazy("A property")
A_WAREHOUSE = gettext_lazy("A warehouse")
A_PRODUCT = gettext_lazy("A product")


def read_group(node: type_of_node, reading: Reading) -> Iterator[Group]:
    """A top group and everything under it, parents first; a bad group is left out with its finding."""
    waiting = [(node, "")]
    while waiting:
        current, parent_id = waiting.pop()
        found = nodes.children(current)
        try:
            group_id = required_id(found, A_GROUP)
            name = nodes.text(found, "Наименование")
            if not name:
                raise Skipped("no_name", _("The group has no name."), group_id)
        except Skipped as reason:
            reading.skipped(current, reason)
            group_id = nodes.text(found, "Ид") or parent_id
        else:
            deleted = values.is_deleted(current, found)
            # Some files are flat and name the parent instead of nesting.
            above = parent_id or nodes.text(found, "Родитель", "ИдРодителя")
            yield Group(group_id, name, above if above != group_id else "", deleted, current.sourceline or 0)
        below = nodes.named(found.get("Группы"), "Группа")
        waiting.extend((each, group_id) for each in reversed(below))


def read_property(node: type_of_node, reading: Reading) -> Iterator[Brand]:
    """Remember the property if it names the maker, and tell the makers it lists."""
    found = nodes.children(node)
    if nodes.text(found, "Наименование").lower() not in _BRAND_NAMES:
        return
    property_id = required_id(found, A_PROPERTY)
    names = reading.brand_values.setdefault(property_id, {})
    for listed in ("ВариантыЗначений", "ТипыЗначений"):
        for each in found.get(listed, ()):
            inner = nodes.children(each)
            value_id = nodes.text(inner, "ИдЗначения", "Ид")
            name = nodes.text(inner, "Значение", "Наименование")
            if value_id and name:
                names[value_id] = name
                yield from _told(Brand(value_id, name, each.sourceline or 0), reading)


def _told(brand: Brand, reading: Reading) -> Iterator[Brand]:
    key = (brand.id, brand.name)
    if key not in reading.brands_told:
        reading.brands_told.add(key)
        yield brand


def read_unit(node: type_of_node, reading: Reading) -> None:
    """Remember a unit of the classifier: later elements give only its code or id."""
    found = nodes.children(node)
    name = nodes.text(found, "НаименованиеКраткое", "Наименование", "НаименованиеПолное")
    for key in (nodes.text(found, "Ид"), nodes.text(found, "Код")):
        if key and name:
            reading.units[key] = name


def read_warehouse(node: type_of_node, reading: Reading) -> Iterator[WarehouseRow]:
    """A warehouse of the list of warehouses."""
    found = nodes.children(node)
    warehouse_id = required_id(found, A_WAREHOUSE)
    name = nodes.text(found, "Наименование")
    if not name:
        raise Skipped("no_name", _("The warehouse has no name."), warehouse_id)
    address = nodes.text(nodes.children(found["Адрес"]), "Представление") if "Адрес" in found else ""
    yield WarehouseRow(warehouse_id, name, address, values.is_deleted(node, found), node.sourceline or 0)


def read_product(node: type_of_node, reading: Reading) -> Iterator[Brand | Product]:
    """A product, after its brand when that is told for the first time."""
    found = nodes.children(node)
    product_id, _variant = values.split_id(required_id(found, A_PRODUCT))
    deleted = values.is_deleted(node, found)
    name = nodes.text(found, "Наименование")
    if not name and not deleted:
        raise Skipped("no_name", _("The product has no name."), product_id)
    requisites = dict(nodes.pairs(found.get("ЗначенияРеквизитов"), "ЗначениеРеквизита"))
    brand = _brand_of(found, requisites, reading)
    if brand:
        yield from _told(brand, reading)
    unit, unit_code, coefficient = values.unit_of(found.get("БазоваяЕдиница", found.get("Единица")), reading.units)
    yield Product(
        id=product_id,
        name=name,
        sku=nodes.text(found, "Артикул"),
        ean=_ean_of(node, found, reading),
        code=nodes.text(found, "Код") or requisites.get("Код", ""),
        full_name=requisites.get("Полное наименование", "") or nodes.text(found, "ПолноеНаименование"),
        group_ids=tuple(nodes.text_of(each) for each in nodes.named(found.get("Группы"), "Ид") if each.text),
        brand_id=brand.id if brand else "",
        brand_name=brand.name if brand else "",
        unit=unit,
        unit_code=unit_code,
        coefficient=coefficient,
        vat_rate=_vat_of(node, found, reading),
        is_service=requisites.get("ТипНоменклатуры", "").lower() == "услуга",
        weight=_weight_of(nodes.text(found, "Вес") or requisites.get("Вес", "")),
        description=nodes.text(found, "Описание"),
        deleted=deleted,
        line=node.sourceline or 0,
    )


def _brand_of(found: dict[str, type_of_node], requisites: dict[str, str], reading: Reading) -> Brand | None:
    """The brand by its own element, else by a property, else by a requisite."""
    for name in ("Изготовитель", "ТорговаяМарка", "Производитель", "Бренд"):
        if name in found:
            inner = nodes.children(found[name])
            brand_name = nodes.text(inner, "Наименование", "ТорговаяМарка", "ОфициальноеНаименование")
            brand_name = brand_name or nodes.text_of(found[name])
            if brand_name:
                return Brand(nodes.text(inner, "Ид"), brand_name, found[name].sourceline or 0)
    for each in found.get("ЗначенияСвойств", ()):
        inner = nodes.children(each)
        known = reading.brand_values.get(nodes.text(inner, "Ид"))
        by_name = nodes.text(inner, "Наименование").lower() in _BRAND_NAMES
        value = nodes.text(inner, "Значение", "ИдЗначения")
        if value and (known is not None or by_name):
            name = (known or {}).get(value, "")
            return Brand(value, name) if name else Brand("", value, each.sourceline or 0)
    for name in ("Производитель", "Бренд", "Торговая марка"):
        if requisites.get(name):
            return Brand("", requisites[name])
    return None


def _ean_of(node: type_of_node, found: dict[str, type_of_node], reading: Reading) -> str:
    """The first usable bar code; one that is not 8–14 digits is reported and left out."""
    value = nodes.text(found, "Штрихкод", "ШтрихКод")
    if not value and "Штрихкоды" in found:
        value = next((nodes.text_of(each) for each in found["Штрихкоды"] if each.text), "")
    value = values.digits_of(value)
    if value and not (value.isdecimal() and value.isascii() and 8 <= len(value) <= 14):
        reading.found(node, "ean", _("The bar code is not 8 to 14 digits and is left out."), value)
        return ""
    return value


def _vat_of(node: type_of_node, found: dict[str, type_of_node], reading: Reading):
    rates = found.get("СтавкиНалогов")
    for each in () if rates is None else rates:
        inner = nodes.children(each)
        name = nodes.text(inner, "Наименование").lower()
        if name and "ндс" not in name and "vat" not in name:
            continue
        try:
            return values.vat_rate_of(nodes.text(inner, "Ставка"))
        except Skipped as reason:
            reading.found(node, reason.code, reason.text, reason.value)
    return None


def _weight_of(value: str):
    try:
        return cells.number(value) if value else None
    except cells.CellRefused:
        return None
