"""What every view of a declared page does first: who asks, may they, and is the row theirs to see."""

from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from kam.pages.once import FIELD, sent_once
from kam.refusals import Forbidden

NUL = "\x00"


def asked_by_htmx(request: HttpRequest) -> bool:
    """Whether a part of the page is asked for; a history restore wants the whole page."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def gone_to(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser to an address after a write, for a plain form and for htmx alike."""
    if asked_by_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponse(status=303, headers={"Location": address})


def back_from(request: HttpRequest, default: str) -> str:
    """The list address to go back to, with its filters: from `back`, else the page's own list."""
    back = request.POST.get("back") or request.GET.get("back") or ""
    if back and url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        return back
    referer = urlsplit(request.headers.get("Referer", ""))
    if referer.path == default and referer.query:
        return f"{default}?{referer.query}"
    return default


def with_query(address: str, **values: Any) -> str:
    """The address with these values behind it; empty ones are left out."""
    query = urlencode({key: value for key, value in values.items() if value})
    return f"{address}?{query}" if query else address


class SignedInView(View):
    """A view for people: sign-in first, and a refused right is 403."""

    permission = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            if asked_by_htmx(request):
                return HttpResponse(status=204, headers={"HX-Refresh": "true"})
            return redirect_to_login(request.get_full_path())
        if not self.allowed(request):
            raise PermissionDenied
        if any(NUL in text for given in (request.GET, request.POST) for texts in given.lists() for text in texts[1]):
            raise BadRequest("NUL")  # no database keeps it and no person types it
        try:
            if FIELD in request.POST:
                return sent_once(request, partial(super().dispatch, request, *args, **kwargs))
            return super().dispatch(request, *args, **kwargs)
        except Forbidden as refused:
            raise PermissionDenied(str(refused)) from refused
        except ObjectDoesNotExist as gone:
            # Removed, or taken out of this person's sight, between the page and the action.
            raise Http404 from gone

    def allowed(self, request: HttpRequest) -> bool:
        return not self.permission or request.user.has_perm(self.permission)


class PageView(SignedInView):
    """One verb of a declared page."""

    page: type = None
    verb = "view"

    def allowed(self, request: HttpRequest) -> bool:
        # Whoever may not see the kind at all may do nothing with it either.
        return self.page.may(request.user, "view") and self.page.may(request.user, self.verb)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "pk" in kwargs and request.user.is_authenticated and not self.page.may(request.user, self.verb):
            # An unseen row is 404 whatever the verb, so that an answer does not tell that it exists.
            self.document(kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def document(self, pk: Any) -> Any:
        """The document if this user may see it, else 404."""
        try:
            # Of one row `get` asks for no order, which over many columns is dear to write down.
            return self.page.detail_rows(self.request.user).get(pk=pk)
        except ObjectDoesNotExist as unseen:
            raise Http404 from unseen

    def render(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        return render(self.request, template, {"page": self.page, **context}, status=status)
