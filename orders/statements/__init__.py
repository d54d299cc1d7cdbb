"""Statements of banks as streams of plain values: 1CClientBankExchange, camt.053 and MT940.

Pure: nothing here knows the database. `read_file` tells by the content which format a file has.
"""

from orders.statements.items import Finding, Item, Movement, Section, Severity, Source, Statement
from orders.statements.reader import read_file, read_whole

__all__ = [
    "Finding",
    "Item",
    "Movement",
    "Section",
    "Severity",
    "Source",
    "Statement",
    "read_file",
    "read_whole",
]
