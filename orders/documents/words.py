"""Words of Russian papers that are no part of the workspace's own language."""

from num2words import num2words

DISTRIBUTORS_GOODS = "Товар отпущен со склада дистрибьютора."


def units_in_words(count: int) -> str:
    """A count as a paper writes it out: «двадцать одно»."""
    words = num2words(count, lang="ru")
    return words[0].upper() + words[1:]
