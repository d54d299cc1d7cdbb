"""Routes of the API that answer with a file."""

from rest_framework.decorators import action as route
from rest_framework.negotiation import DefaultContentNegotiation

from kam.books import XLSX_TYPE

PDF, XLSX, OCTETS = "application/pdf", XLSX_TYPE, "application/octet-stream"


class AnyAccepted(DefaultContentNegotiation):
    """Whatever type a program accepts, a file comes as what it is, and a refusal as JSON.

    Without it `Accept: application/pdf` would be refused, since no renderer of ours writes a PDF.
    """

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


def file_route(*, detail: bool, name: str, **kwargs):
    """Decorator: `GET …/{name}/` of a view set, such as `bill.pdf`."""
    return route(
        detail=detail,
        methods=["get"],
        url_path=name.replace(".", r"\."),
        url_name=name.replace(".", "-"),
        content_negotiation_class=AnyAccepted,
        filter_backends=(),
        pagination_class=None,
        **kwargs,
    )
