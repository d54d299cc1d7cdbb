"""Text as people search for it: case, ё and spaces do not matter, nor does a forgotten keyboard layout."""

import unicodedata
from functools import lru_cache

_ENGLISH = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./" + '~QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?' + "@#$^&"
_RUSSIAN = "ёйцукенгшщзхъфывапролджэячсмитьбю." + "ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ," + '"№;:?'
_TO_RUSSIAN = str.maketrans(_ENGLISH, _RUSSIAN)
_TO_ENGLISH = str.maketrans(_RUSSIAN[::-1], _ENGLISH[::-1])


@lru_cache(maxsize=2048)
def folded(text: str) -> str:
    """Return the key under which `text` is stored and looked up: lower case, ё as е, single spaces.

    Folding twice changes nothing. A letter typed as two signs (и + ˘) equals the same letter typed as one.
    """
    lowered = (text if text.isascii() else unicodedata.normalize("NFC", text)).lower()
    if not lowered.isascii():
        lowered = unicodedata.normalize("NFC", lowered).replace("ё", "е")
    return single_spaced(lowered)


def single_spaced(text: str) -> str:
    """Return `text` as one line without spaces at its ends or two together; most texts are so already."""
    if text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " ":
        return text  # of all blanks only the space is printable
    return " ".join(text.split())


def from_other_layout(text: str) -> str:
    """Return `text` as it would have been typed with the other keyboard layout (English ↔ Russian).

    One Cyrillic letter is enough to read the text as typed with the Russian layout by mistake; otherwise it
    is read as typed with the English one: `ghbdtn` → `привет`, `ьфклуе` → `market`. Digits stay.
    """
    typed_in_russian = any("а" <= sign <= "я" or sign == "ё" for sign in text.lower())
    return text.translate(_TO_ENGLISH if typed_in_russian else _TO_RUSSIAN)
