"""A set of files that belong together: parts of one export, loose or packed."""

import contextlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from kam.files import DEFAULT_LIMITS, FileRefused, Kind, Limits, kind_of, unpacked
from kam.files.encodings import encoding_of
from orders.commerceml.items import Finding, Item, Severity
from orders.commerceml.reader import read_file
from orders.commerceml.reading import Reading

# What others refer to is read first: classifiers, goods, offers, prices, rests, partners, documents.
_BY_CONTENT = (
    (7, re.compile(r"<(?:[\w.-]+:)?Документ[\s>]")),
    (4, re.compile(r"<(?:[\w.-]+:)?Остатки[\s>]")),
    (3, re.compile(r"<(?:[\w.-]+:)?Цены[\s>]")),
    (2, re.compile(r"<(?:[\w.-]+:)?Предложение[\s>]")),
    (1, re.compile(r"<(?:[\w.-]+:)?Товар[\s>]")),
    (0, re.compile(r"<(?:[\w.-]+:)?(?:Классификатор|Группа|Свойство|ТипЦены)[\s>]")),
    (6, re.compile(r"<(?:[\w.-]+:)?Контрагент[\s>]")),
)
_BY_NAME = (
    (0, ("classif", "groups", "units", "propert", "pricelist", "price_list", "storage", "warehouse")),
    (1, ("import", "goods", "catalog", "product")), (2, ("offer",)), (3, ("price",)), (4, ("rest", "stock")),
    (6, ("contragent", "counterpart", "partner", "client")), (7, ("order", "document", "sale")),
)  # fmt: skip
_PEEK = 64 * 1024


def read_bundle(paths: Iterable[tuple[str, Path] | Path | str], limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """The items of all files together, in the order in which they can refer to one another.

    Loose files and ZIP archives may be mixed; pictures and other company in an archive are passed over with
    a note. A file that is no CommerceML becomes a finding when there are others, and FileRefused when it is
    alone.
    """
    reading = Reading()
    with contextlib.ExitStack() as stack:
        files = _flattened(paths, limits, stack)
        markups, others = [], []
        for name, path in files:
            try:
                (markups if kind_of(path, limits) is Kind.XML else others).append((name, path))
            except FileRefused:
                if len(files) == 1:
                    raise
                others.append((name, path))
        if not markups:
            raise FileRefused("not_commerceml", _("There is no XML of CommerceML among these files."))
        for name, _path in others:
            yield Finding(Severity.NOTE, "passed_over", _("The file is not XML and is passed over."), name)
        for name, path in sorted(markups, key=_order):
            yield from _one(name, path, reading, limits, alone=len(markups) == 1)


def _one(name: str, path: Path, reading: Reading, limits: Limits, alone: bool) -> Iterator[Item]:
    try:
        yield from read_file(path, reading, name, limits)
    except FileRefused as refused:
        if alone:
            raise
        yield Finding(Severity.ERROR, refused.code, refused.text, name)


def _flattened(paths, limits: Limits, stack: contextlib.ExitStack) -> list[tuple[str, Path]]:
    files: list[tuple[str, Path]] = []
    for each in paths:
        name, path = each if isinstance(each, tuple) else (Path(each).name, Path(each))
        if kind_of(path, limits) is Kind.ZIP:
            files += stack.enter_context(unpacked(path, limits))
        else:
            files.append((name, path))
    return files


def _order(file: tuple[str, Path]) -> tuple:
    name, path = file
    base = PurePosixPath(name.replace("\\", "/")).name.lower()
    # import0_2 comes before import0_10.
    natural = tuple((int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", base))
    return _rank_of(base, path), natural


def _rank_of(base: str, path: Path) -> int:
    """What a file holds: by its usual name, else by the first record in it."""
    for rank, words in _BY_NAME:
        if any(word in base for word in words):
            return rank
    with path.open("rb") as stream:
        head = stream.read(_PEEK).decode(encoding_of(path), "replace")
    return next((rank for rank, mark in _BY_CONTENT if mark.search(head)), 5)
