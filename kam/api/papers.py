"""Papers over the API: `GET …/{id}/bill.pdf/` gives the PDF, or 202 and the run of a worker where it is long.

    @register("orders")
    class OrderApi(Papered, ScopedViewSet):
        papers = (ORDER_BILL, ORDER_OFFER)

Each asks what the browser asks: the document through the door of its kind, the right to print, and whether the document
has such a paper as it stands (409).
"""

from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema

from kam.api.files import PDF, file_route
from kam.api.runs import RunSerializer, started
from kam.clock import today
from kam.models import Run
from kam.papers import PaperKind, printed
from kam.pdf import pdf_response


class Papered:
    """A view set whose documents have `papers`."""

    papers: ClassVar[tuple[PaperKind, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for kind in vars(cls).get("papers", ()):
            handler = paper_route(kind)
            setattr(cls, handler.__name__, handler)


def paper_route(kind: PaperKind):
    """`GET …/{id}/{file}.pdf/`."""

    def give(self, request, *args, **kwargs):
        document = kind.seen(kwargs["pk"], request.user)
        if document is None:
            raise Http404
        found = printed(kind, document, by=request.user, day=today())
        return started(found, request) if isinstance(found, Run) else pdf_response(found.content, found.name)

    give.__name__ = f"paper_{kind.file}".replace("-", "_")
    told = "As PDF, in Russian. A long one is made by a worker: 202 with the run, whose `result` is the file."
    described = extend_schema(
        operation_id=f"{kind.name}_pdf",
        summary=str(kind.label),
        description=told,
        responses={(200, PDF): OpenApiTypes.BINARY, 202: RunSerializer},
    )
    return described(file_route(detail=True, name=f"{kind.file}.pdf")(give))
