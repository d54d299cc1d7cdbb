"""Papers of documents: declared once, opened from a page, taken over the API, made by a worker where they are long.

    ORDER_BILL = paper_kind(
        "order_bill", "bill", _("Bill"), Order, "orders.print_document",
        gathered=bill_of_order, related=("client",), refusal=no_bill,
    )

`kam.pages.papers.PaperScreen` opens it in the browser, `papers` of a view set that is `kam.api.papers.Papered` gives it
under `GET …/{id}/bill.pdf/`. What it needs is asked in one place: the document through `visible_to`, the right to print
it, and whether the document has such a paper as it stands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.core.files.base import ContentFile
from django.db.models import Model
from django.utils.translation import gettext as _

from kam.clock import today
from kam.models import Run, User
from kam.pdf import is_long, pdf_of
from kam.refusals import Forbidden, Refusal, Refused
from kam.runs import join_run, work

KIND = "paper"


class Contents(Protocol):
    """What stands on a paper; `name` is that of its file."""

    template: str
    name: str
    seller: Any


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A paper that documents of a kind have.

    `name` is what runs and browser addresses call it, `file` the last part of its address in the API, `right` what
    one needs beside seeing the document. `gathered` tells what stands on it as of a day and may raise Refused;
    `refusal` is why a document has no such paper as it stands, or None.
    """

    name: str
    file: str
    label: Any
    model: type[Model]
    right: str
    gathered: Callable[[Any, date], Contents]
    related: tuple[str, ...]
    refusal: Callable[[Any], Refusal | None]

    def seen(self, pk: int, user: User) -> Any:
        """The document, if this person may see it; else None."""
        rows = self.model._default_manager.visible_to(user)
        return rows.select_related(*self.related).filter(pk=pk).first()

    def fits(self, document: Any) -> bool:
        """Whether the document has such a paper as it stands."""
        return self.refusal(document) is None


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A paper that was made."""

    name: str
    content: bytes


PAPERS: dict[str, PaperKind] = {}


def paper_kind(
    name: str, file: str, label: Any, model: type[Model], right: str, *,
    gathered: Callable[[Any, date], Contents], related: tuple[str, ...] = (),
    refusal: Callable[[Any], Refusal | None] = lambda document: None,
) -> PaperKind:  # fmt: skip
    """Declare a paper, so that a worker finds it by its name."""
    PAPERS[name] = kind = PaperKind(name, file, label, model, right, gathered, related, refusal)
    return kind


def pdf(paper: Contents) -> bytes:
    """The bytes of the paper's PDF."""
    return pdf_of(paper.template, {"paper": paper, "seller": paper.seller})


def printed(kind: PaperKind, document: Any, *, by: User, day: date) -> PaperFile | Run:
    """The paper of a document that the person sees; the run of a worker that makes it where it is long.

    Raises Forbidden without the right to print it, Refused where the document has no such paper.
    """
    demand_paper(kind, document, by)
    return later(kind, document, by) if is_long(document.lines.count()) else made(kind, document, day)


def demand_paper(kind: PaperKind, document: Any, by: User) -> None:
    """Raise Forbidden without the right to print, Refused where the document has no such paper as it stands."""
    if not by.has_perm(kind.right):
        raise Forbidden(_("You have no right to print this document."))
    refusal = kind.refusal(document)
    if refusal is not None:
        raise Refused(refusal)


def made(kind: PaperKind, document: Any, day: date) -> PaperFile:
    """Make the paper as of the day."""
    paper = kind.gathered(document, day)
    return PaperFile(f"{paper.name}.pdf", pdf(paper))


def later(kind: PaperKind, document: Any, by: User) -> Run:
    """Have a worker make it; asked again meanwhile, the same run answers."""
    parameters = {"paper": kind.name, "document": document.pk}
    title = _("Document: %(number)s") % {"number": document.number}
    return join_run(KIND, title, by=by, parameters=parameters)


@work(KIND)
def make_paper(run: Run, watch) -> None:
    """Make a long paper as its person may see it now; rights are asked again, since they may have ended meanwhile."""
    kind = PAPERS[run.parameters["paper"]]
    document = kind.seen(run.parameters["document"], run.by)
    if document is None:
        raise Forbidden(_("You have no right to print this document."))
    demand_paper(kind, document, run.by)
    paper = made(kind, document, today())
    run.report.save(paper.name, ContentFile(paper.content), save=False)
    watch.tell(1, 1)
