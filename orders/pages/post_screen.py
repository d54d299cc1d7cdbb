"""A button that writes at once: no form, one action, back to a page with what was done or why not."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse

from kam.pages import Screen
from kam.pages.views import gone_to
from kam.refusals import Refused


class PostScreen(Screen):
    """POST calls `act(document)`, which returns what to tell the person and where to go; a GET goes back."""

    model: Any = None

    def act(self, document: Any) -> tuple[str, str]:
        """Call the action; returns words and an address. May raise Refused."""
        raise NotImplementedError

    def back(self, document: Any) -> str:
        """Where to go when it is refused."""
        raise NotImplementedError

    def found(self, pk: int) -> Any:
        """The row as the person sees it, or 404."""
        row = self.model._default_manager.visible_to(self.request.user).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            # An unseen row is 404 whatever the right, so that an answer does not tell that it exists.
            self.found(kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return gone_to(request, self.back(self.found(kwargs["pk"])))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        document = self.found(kwargs["pk"])
        try:
            told, address = self.act(document)
        except Refused as refused:
            for refusal in refused.refusals:
                messages.error(request, str(refusal.text))
            return gone_to(request, self.back(document))
        messages.success(request, told)
        return gone_to(request, address)
