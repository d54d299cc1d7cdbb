"""Documents of an exchange with 1C that look alike: a bank writes the same lines in each, so one pattern reads them.

A document that does not fit is read line by line, as the first ones are; both ways tell the same.
"""

import re
from collections.abc import Callable

_START = "СекцияДокумент"
_MOST_SHAPES = 4
_MOST_MET = 100


class Alike:
    """What documents of one file look like, as far as it was read: the keys in their order, one line each."""

    def __init__(self, wanted: Callable[[str], bool]):
        """`wanted` tells the keys whose values are asked for."""
        self._wanted = wanted
        self._shapes: list[tuple[re.Pattern, tuple[str, ...]]] = []
        self._met: set[tuple[str, ...]] = set()

    def pairs_of(self, block: str) -> dict[str, str] | None:
        """What a whole document says under wanted keys, and `head` stands before it; None where it looks otherwise."""
        for pattern, names in self._shapes:
            if found := pattern.fullmatch(block):
                return dict(zip(names, found.groups(), strict=True))
        return None

    def learn(self, text: str, pairs: dict[str, str]) -> None:
        """Remember how a document looks (from behind its first word) that was read by its lines into `pairs`.

        What is met twice becomes a pattern: to make one costs as much as to read a hundred documents.
        """
        if len(self._shapes) == _MOST_SHAPES or len(self._met) == _MOST_MET:
            return
        _kind, *lines, end = text.split("\n")
        keys = tuple([line.partition("=")[0] for line in lines])
        # As many lines as keys: none goes on with the value before, and none is given twice.
        if end.strip(" \t") or pairs.keys() != {"kind", *keys} or len(pairs) != len(keys) + 1:
            return
        if keys not in self._met:
            self._met.add(keys)
            return
        named = [key for key in keys if self._wanted(key)]
        lines = "".join([rf"\n{re.escape(key)}={'(.*)' if key in named else '.*'}" for key in keys])
        self._shapes.append((re.compile(rf"(\s*){_START}(.*){lines}\n[ \t]*"), ("head", "kind", *named)))
