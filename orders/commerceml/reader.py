"""One CommerceML file as a stream."""

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from lxml import etree

import orders.commerceml.nodes as nodes
import orders.commerceml.values as values
from kam.files import DEFAULT_LIMITS, FileRefused, Limits, cells, open_markup
from orders.commerceml.catalogue import read_group, read_product, read_property, read_unit, read_warehouse
from orders.commerceml.counterparties import read_counterparty
from orders.commerceml.documents import read_document
from orders.commerceml.items import Finding, Header, Item, Section, Severity
from orders.commerceml.nodes import type_of_node
from orders.commerceml.offers import read_offer, read_price_type
from orders.commerceml.reading import Reading
from orders.commerceml.values import Skipped

# Element -> the parents under which it is a record of its own.
_RECORDS = {
    "Группа": ({"Группы"}, read_group),
    "Свойство": ({"Свойства"}, read_property),
    "СвойствоНоменклатуры": ({"Свойства"}, read_property),
    "ЕдиницаИзмерения": ({"ЕдиницыИзмерения"}, read_unit),
    "Склад": ({"Склады"}, read_warehouse),
    "Товар": ({"Товары"}, read_product),
    "ТипЦены": ({"ТипыЦен"}, read_price_type),
    "Предложение": ({"Предложения", "ПакетПредложений", "ИзмененияПакетаПредложений"}, read_offer),
    "Контрагент": ({"Контрагенты"}, read_counterparty),
    "Документ": ({"", "КоммерческаяИнформация", "Контейнер", "Документы"}, read_document),
}
_SECTIONS = {
    "Классификатор": "classifier",
    "Каталог": "catalogue",
    "ПакетПредложений": "offers",
    "ИзмененияПакетаПредложений": "offers",
}
# The parser wakes us for these only; everything else stays in its tree until its record is read.
_WATCHED = tuple(f"{{*}}{name}" for name in (*_RECORDS, *_SECTIONS, "КоммерческаяИнформация"))
# Records are read whole by these; what lies inside them is theirs.
_WHOLES = frozenset({"Документ", "Предложение", "Товар", "Контрагент"})
_KNOWN_ROOTS = frozenset({"КоммерческаяИнформация", "Контейнер", "Документы", "ПакетПредложений", "Каталог",
                          "Классификатор", "ИзмененияПакетаПредложений", *_RECORDS,
                          *(parent for parents, _read in _RECORDS.values() for parent in parents)}) - {""}  # fmt: skip


def read_file(
    path: Path | str, reading: Reading | None = None, name: str = "", limits: Limits = DEFAULT_LIMITS
) -> Iterator[Item]:
    """The items of one XML file, in the order of the file, findings among them.

    ``reading`` carries the dictionaries of files read before. Memory stays flat: an element is dropped as
    soon as it is told. Raises FileRefused (before the first item) for a DTD and for XML that is not
    CommerceML; a file that breaks off later gives everything before the break and an ERROR finding.
    """
    reading = reading or Reading()
    reading.file = name or Path(path).name
    with open_markup(path, limits) as markup:
        yield from _walk(markup, reading)


def _walk(markup, reading: Reading) -> Iterator[Item]:
    if markup.first_name not in _KNOWN_ROOTS:
        raise FileRefused("not_commerceml", _("This XML is not CommerceML: its first element is “%(name)s”.") % {
            "name": markup.first_name})  # fmt: skip
    events = etree.iterparse(
        markup, events=("start", "end"), tag=_WATCHED, encoding="utf-8", resolve_entities=False, load_dtd=False,
        no_network=True, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    started = False
    inside = 0  # how many whole records we are in
    section = None  # one whose Ид and name are perhaps not read yet
    try:
        for event, node in events:
            started = True
            name = nodes.local(node)
            if event == "start":
                inside += name in _WHOLES
                if name == "КоммерческаяИнформация":
                    yield _header_of(node, reading)
                elif name in _SECTIONS:
                    section = node
                continue
            inside -= name in _WHOLES
            if inside or name == "КоммерческаяИнформация":
                continue
            if section is not None:
                yield _section_of(section)
                section = None
            yield from _told(node, name, reading)
    except etree.XMLSyntaxError as error:
        if not started:
            text = _("The XML is damaged in line %(line)s.") % {"line": error.position[0]}
            raise FileRefused("not_xml", text) from error
        yield from reading.drain()
        yield Finding(
            Severity.ERROR, "broken", _("The file is damaged or breaks off here; everything before was read."),
            reading.file, error.position[0], "", "",
        )  # fmt: skip


def _header_of(node: type_of_node, reading: Reading) -> Header:
    formed = nodes.attribute(node, "ДатаФормирования")
    try:
        formed_on = cells.day(formed[:10])
    except cells.CellRefused:
        formed_on = None
    return Header(nodes.attribute(node, "ВерсияСхемы"), formed_on, reading.file, node.sourceline or 0)


def _told(node: type_of_node, name: str, reading: Reading) -> Iterator[Item]:
    parent = node.getparent()
    parent_name = nodes.local(parent) if parent is not None and parent.getparent() is not None else ""
    if name in _RECORDS:
        parents, read = _RECORDS[name]
        if parent_name and parent_name not in parents:
            return
        if name == "Группа" and _is_nested(parent):
            return
        try:
            yield from read(node, reading) or ()
        except Skipped as reason:
            reading.skipped(node, reason)
        yield from reading.drain()
    _drop(node)


def _is_nested(groups: type_of_node | None) -> bool:
    """Whether a group lies in another one and will be told with it."""
    above = None if groups is None else groups.getparent()
    return above is not None and nodes.local(above) == "Группа"


def _section_of(node: type_of_node) -> Section:
    name = nodes.local(node)
    changes = nodes.attribute(node, "СодержитТолькоИзменения")
    found = nodes.children(node)
    changes = changes or nodes.text(found, "СодержитТолькоИзменения")
    changes_only = values.truth(changes) if changes else None
    if name == "ИзмененияПакетаПредложений":
        changes_only = True
    return Section(
        _SECTIONS[name],
        nodes.text(found, "Ид"),
        nodes.text(found, "Наименование"),
        changes_only,
        node.sourceline or 0,
    )


def _drop(node: type_of_node) -> None:
    """Forget an element that was told and everything before it under the same parent."""
    node.clear()
    parent = node.getparent()
    if parent is None:
        return
    while node.getprevious() is not None:
        del parent[0]
