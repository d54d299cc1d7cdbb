"""Friendly answers to what went wrong, in the same frame: what happened, and the way out."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def _answer(request: HttpRequest, template: str, status: int, title: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": title, "status": status}
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    user = getattr(request, "user", None)
    shell = "kam/frame.html" if user is not None and user.is_authenticated else "kam/entrance.html"
    return render(request, template, {"title": title, "shell": shell}, status=status)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403: the person may see it, but not do this."""
    return _answer(request, "403.html", 403, _("No right to do this"))


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404: there is no such page, or it is not this person's to see; the answer does not tell which."""
    return _answer(request, "404.html", 404, _("Nothing here"))


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400: the request could not be read."""
    return _answer(request, "400.html", 400, _("The request could not be read"))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open longer than its session, or that came from elsewhere."""
    return _answer(request, "403_csrf.html", 403, _("The form is out of date"))


def broken(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours. The frame may be what broke, so the bare page stands ready."""
    try:
        return _answer(request, "500.html", 500, _("Something broke"))
    except Exception:
        try:
            return HttpResponse(render_to_string("kam/bare_500.html"), status=500)
        except TemplateDoesNotExist:
            return HttpResponse("500", status=500)
