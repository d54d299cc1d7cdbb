"""Papers in the browser: at once where they are short, else the run of a worker."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from kam.clock import today
from kam.models import Run
from kam.pages.panels import Button
from kam.pages.registry import address_of, page_named
from kam.pages.screens import Screen
from kam.pages.views import gone_to
from kam.papers import PaperKind, printed
from kam.pdf import pdf_response
from kam.refusals import Refused


class PaperScreen(Screen):
    """A paper in the browser: declare the `kind`, `app`, `name` and `path`."""

    kind: ClassVar[PaperKind]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.name, cls.title, cls.permission = cls.kind.name, cls.kind.label, cls.kind.right
        super().__init_subclass__(**kwargs)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # An unseen document is 404 whatever the rights, so that an answer does not tell that it exists.
        if request.user.is_authenticated and self.kind.seen(kwargs["pk"], request.user) is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        document = self.kind.seen(kwargs["pk"], request.user)
        try:
            found = printed(self.kind, document, by=request.user, day=today())
        except Refused as refused:
            for refusal in refused.refusals:
                messages.error(request, str(refusal.text))
            return gone_to(request, address_of(document) or reverse("kam:today"))
        if isinstance(found, Run):
            return gone_to(request, page_named("kam.run").detail_url(found.pk))
        return pdf_response(found.content, found.name)


def paper_button(kind: PaperKind) -> Button:
    """The button that opens a paper of a document, where the document has one and the person may print it."""
    app = kind.model._meta.app_label
    return Button(
        kind.label,
        lambda document, user: reverse(f"{app}:{kind.name}", args=[document.pk]),
        icon="printer",
        permission=kind.right,
        new_tab=True,
        shown=lambda document, user: kind.fits(document),
    )
