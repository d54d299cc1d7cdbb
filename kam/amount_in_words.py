"""Amounts as Russian documents write them out: «Сто рублей 05 копеек»."""

from decimal import Decimal

from num2words import num2words

from kam.money import rounded

ROUBLES = ("рубль", "рубля", "рублей")
KOPECKS = ("копейка", "копейки", "копеек")


def amount_in_words(amount: Decimal | int) -> str:
    """Return `amount` of roubles in Russian words, kopecks in two digits, with a capital first letter.

    Raises ValueError for a negative amount: no document states one.
    """
    exact = rounded(amount)
    if exact < 0:
        raise ValueError("a document cannot state a negative amount in words")
    roubles, kopecks = divmod(int(exact * 100), 100)
    words = num2words(roubles, lang="ru")
    return f"{words[0].upper()}{words[1:]} {_form(roubles, ROUBLES)} {kopecks:02d} {_form(kopecks, KOPECKS)}"


def _form(number: int, forms: tuple[str, str, str]) -> str:
    """Return the Russian form that goes with `number`: 1, 21 → first; 2–4, 22–24 → second; else third."""
    one, few, many = forms
    if 11 <= number % 100 <= 14:
        return many
    return {1: one, 2: few, 3: few, 4: few}.get(number % 10, many)
