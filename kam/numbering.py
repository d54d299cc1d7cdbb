"""Numbers of documents: one locked series a year, no gaps after commit."""

from django.db import connection


def next_number(series: str, year: int) -> int:
    """The next number of a series; the series stays locked until the caller's transaction ends.

    A transaction that rolls back gives its number back, so committed documents have no gaps. The lock
    is the last one an action takes (after client, order, stock, supply, quota), as late as it can.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO kam_numberseries (series, year, last) VALUES (%s, %s, 1)
               ON CONFLICT (series, year) DO UPDATE SET last = kam_numberseries.last + 1 RETURNING last""",
            [series, year],
        )
        return cursor.fetchone()[0]


def document_number(series: str, year: int, width: int = 6) -> str:
    """A printed number, such as `ЗК-26-000123`."""
    return f"{series}-{year % 100:02d}-{next_number(series, year):0{width}d}"


def document_numbers(series: str, year: int, count: int, width: int = 6) -> list[str]:
    """So many printed numbers at once, in their order, for work on many rows."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO kam_numberseries (series, year, last) VALUES (%s, %s, %s)
               ON CONFLICT (series, year) DO UPDATE SET last = kam_numberseries.last + EXCLUDED.last RETURNING last""",
            [series, year, count],
        )
        last = cursor.fetchone()[0]
    return [f"{series}-{year % 100:02d}-{number:0{width}d}" for number in range(last - count + 1, last + 1)]
