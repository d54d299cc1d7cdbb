"""Tables as workbooks: what a screen shows, as a file to save, for those who may take rows out of the program."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.http import FileResponse
from django.utils.translation import gettext as _

from kam.actions.exports import EXPORT, log_export
from kam.models import User
from kam.refusals import Forbidden

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What people typed stays text in a workbook.
PLAIN_TEXT = {"strings_to_formulas": False, "strings_to_urls": False}


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook to be written: `name` is the file's; `page`, `query` and `rows` are what the log of exports keeps."""

    page: str
    query: str
    rows: int
    name: str
    write: Callable[[xlsxwriter.Workbook], None]


def demand_export(by: User) -> None:
    """Raise Forbidden without the right to take rows out of the program."""
    if not by.has_perm(EXPORT):
        raise Forbidden(_("You have no right to export."))


def book_response(book: Book, request: Any) -> FileResponse:
    """The workbook to save, for pages and the API; written to the log. Raises Forbidden without the right to export."""
    demand_export(request.user)
    address = request.META.get("REMOTE_ADDR")
    log_export(by=request.user, page=book.page, query=book.query, rows=book.rows, address=address)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **PLAIN_TEXT}) as workbook:
        book.write(workbook)
    file.seek(0)
    return xlsx_response(file, book.name)


def xlsx_response(file, name: str) -> FileResponse:
    """A written workbook to save."""
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)
