"""Elements by local names, whatever namespace or prefix a file has."""

from lxml import etree

type_of_node = etree._Element
# A schema has some hundred names; a stranger's file may have any number.
_names: dict[str, str] = {}
_MOST_NAMES = 2_000


def local(node: type_of_node) -> str:
    """The name of an element without its namespace and without an undeclared prefix."""
    tag = node.tag
    name = _names.get(tag)
    if name is None:
        if tag.__class__ is not str:
            return ""
        name = tag.rpartition("}")[2].rpartition(":")[2]
        if len(_names) < _MOST_NAMES:
            _names[tag] = name
    return name


def attribute(node: type_of_node, *names: str) -> str:
    """The first of the attributes that is there, stripped; empty otherwise."""
    for name in names:
        value = node.get(name)
        if value is not None:
            return value.strip()
    return ""


def children(node: type_of_node) -> dict[str, type_of_node]:
    """The first child of each name."""
    found: dict[str, type_of_node] = {}
    for child in node:
        found.setdefault(_names.get(child.tag) or local(child), child)
    return found


def child(node: type_of_node | None, name: str) -> type_of_node | None:
    """The first child of that name."""
    if node is None:
        return None
    return next((each for each in node if local(each) == name), None)


def named(node: type_of_node | None, name: str) -> list[type_of_node]:
    """All children of that name."""
    return [] if node is None else list(node.iterchildren("{*}" + name))


def text_of(node: type_of_node | None) -> str:
    """The text of an element with single spaces; empty when the element is missing."""
    if node is None or node.text is None:
        return ""
    text = node.text
    return " ".join(text.split()) if " " in text or "\n" in text or "\t" in text or "\xa0" in text else text


def text(found: dict[str, type_of_node], *names: str) -> str:
    """The text of the first of the named children that has any."""
    for name in names:
        node = found.get(name)
        if node is not None and (line := node.text):
            value = line if line.isalnum() else text_of(node)
            if value:
                return value
    return ""


def path_of(node: type_of_node) -> str:
    """The way to an element by local names, without our wrapper."""
    names = [local(each) for each in reversed(list(node.iterancestors()))][1:]
    return "/".join([*names, local(node)])


def pairs(node: type_of_node | None, name: str, key: str = "Наименование", value: str = "Значение"):
    """Name and value of each child called ``name``: requisites, characteristics, contacts."""
    for each in named(node, name):
        found = children(each)
        yield text(found, key), text(found, value)
