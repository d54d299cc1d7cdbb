"""Errors of the API as problem details (RFC 9457): one shape for everything that may go wrong."""

import math

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from kam.refusals import EditConflict, Forbidden, Refused

CONTENT_TYPE = "application/problem+json"
BUSY = {"55P03", "40P01", "40001"}  # lock not available, deadlock, serialization failure
RETRY_SECONDS = 2


class Problem(exceptions.APIException):
    """An error with a stable code; `title` says what kind it is, `detail` what happened here."""

    def __init__(self, status_code: int, code: str, title, detail="", headers=None, **members):
        self.status_code, self.code, self.title, self.headers = status_code, code, title, headers or {}
        self.members = members
        super().__init__(detail or title, code)


def problem(status_code: int, code: str, title, detail="", headers=None, **members) -> Response:
    """A response with problem details."""
    body = {"type": f"urn:kam:problem:{code}", "title": str(title), "status": status_code, "detail": str(detail)}
    return Response({**body, **members}, status_code, headers=headers, content_type=CONTENT_TYPE)


def as_problem(error: Exception, context: dict) -> Response | None:
    """The answer to an exception; None where it is a fault of ours, to be raised and logged."""
    answer = _answer_to(error, context.get("request"))
    if answer is not None:
        set_rollback()
        answer.exception = True
    return answer


def _answer_to(error, request) -> Response | None:
    if isinstance(error, Problem):
        return problem(error.status_code, error.code, error.title, error.detail, error.headers, **error.members)
    if isinstance(error, Refused):
        return _refused(error, request)
    if isinstance(error, Forbidden | PermissionDenied | exceptions.PermissionDenied):
        return problem(403, "forbidden", _("You have no right to do this."), error)
    if isinstance(error, Http404 | ObjectDoesNotExist):
        return problem(404, "not_found", _("There is no such object, or you may not see it."))
    if isinstance(error, RequestDataTooBig):
        text = _("A request brings %(limit)s MB at most.") % {"limit": settings.UPLOAD_BYTES // 1024 // 1024}
        return problem(413, "too_large", _("The request is too large."), text)
    if isinstance(error, OperationalError) and getattr(error.__cause__, "pgcode", None) in BUSY:
        text = _("Others are writing the same rows: try again in a moment.")
        return problem(503, "busy", _("The rows are busy."), text, {"Retry-After": str(RETRY_SECONDS)})
    if isinstance(error, exceptions.ValidationError):
        return problem(400, "invalid", _("What was sent is not valid."), errors=list(_pointed(error.detail)))
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    return None


def _refused(error: Refused, request) -> Response:
    refusals = [
        {"code": each.code, "text": str(each.text), "field": each.field, "line": each.line} for each in error.refusals
    ]
    text = "; ".join(refusal["text"] for refusal in refusals)
    if isinstance(error, EditConflict):
        # RFC 9110: a precondition the client named is answered by 412, a conflict found by us by 409.
        named = request is not None and "If-Match" in request.headers
        title = _("Somebody changed it meanwhile.")
        return problem(412 if named else 409, "edit_conflict", title, text, refusals=refusals)
    return problem(409, "refused", _("This cannot be done now."), text, refusals=refusals)


def _of_framework(error: exceptions.APIException) -> Response:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(error.wait))
    code = error.get_codes() if isinstance(error.detail, str) else error.default_code
    title = status_title(error.status_code)
    return problem(error.status_code, code, title, error.detail, headers)


def status_title(code: int) -> str:
    """What a status means, in the words of the person who reads it."""
    return {
        status.HTTP_400_BAD_REQUEST: _("The request could not be read."),
        status.HTTP_401_UNAUTHORIZED: _("Sign in first."),
        status.HTTP_403_FORBIDDEN: _("You have no right to do this."),
        status.HTTP_404_NOT_FOUND: _("There is no such object, or you may not see it."),
        status.HTTP_405_METHOD_NOT_ALLOWED: _("This address does not take this method."),
        status.HTTP_406_NOT_ACCEPTABLE: _("We cannot answer in that format."),
        status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: _("We do not read that format."),
        status.HTTP_429_TOO_MANY_REQUESTS: _("Too many requests."),
    }.get(code, _("The request failed."))


def _pointed(detail, pointer=""):
    """The single errors of a validation error, each with a JSON pointer to what it speaks of."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _pointed(inner, pointer if name == "non_field_errors" else f"{pointer}/{name}")
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from _pointed(inner, f"{pointer}/{index}" if nested else pointer)
    else:
        yield {"pointer": pointer, "detail": str(detail), "code": getattr(detail, "code", "invalid")}
