"""Writes that may be sent twice: the header `Idempotency-Key` makes the second a repetition of the first answer."""

import functools
import json
from datetime import timedelta

from django.db import connection
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from kam import clock
from kam.api.problems import Problem
from kam.models import IdempotencyKey
from kam.writing import writes

KEPT = timedelta(days=3)
LONGEST_KEY = 100
WRITING = {"POST", "PATCH", "PUT", "DELETE"}


class Idempotent:
    """A view whose writes take an `Idempotency-Key`.

    The answer is kept in the transaction of the write: killed half-way, neither exists and the request can
    be repeated. A request that was refused wrote nothing, so asked again under its key it is tried again.
    """

    def initial(self, request, *args, **kwargs):
        key = request.headers.get("Idempotency-Key", "")
        digest = digest_of(request) if key and request.method in WRITING else ""
        super().initial(request, *args, **kwargs)
        if digest:
            if len(key) > LONGEST_KEY:
                text = _("A key has at most %(longest)s characters.") % {"longest": LONGEST_KEY}
                raise Problem(400, "invalid", _("The idempotency key is too long."), text)
            name = request.method.lower()
            handler = getattr(self, name)
            setattr(self, name, functools.partial(answered_once, request.user, key, digest, handler))


def digest_of(request) -> str:
    """What was asked: method, address and body, as a digest that tells nothing of what was sent, be it a password."""
    body = request._request.body  # read before the parsers take the stream
    boundary = request._request.content_params.get("boundary", "")
    if boundary:  # chosen anew for every form that is sent, also for the same one
        body = body.replace(boundary.encode(), b"")
    asked = f"{request.method} {request.get_full_path()}\n".encode()
    return salted_hmac(__name__, asked + body, algorithm="sha256").hexdigest()


@writes
def answered_once(user, key: str, digest: str, handler, request, /, *args, **kwargs) -> Response:
    """Run the handler and keep its answer under the key, or give the kept answer.

    Raises a problem: 409 while the first request is under way, 422 where the key came with another request.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, %s))", [key, user.pk])
        if not cursor.fetchone()[0]:
            text = _("A request with this key is under way: ask again when it has been answered.")
            raise Problem(409, "in_flight", _("The request is under way."), text, {"Retry-After": "1"})
    kept = IdempotencyKey.objects.filter(user=user, key=key).first()
    if kept is None:
        return _kept(user, key, digest, handler(request, *args, **kwargs))
    if kept.request != digest:
        text = _("This key was used for another request: take a new key for a new request.")
        raise Problem(422, "key_reused", _("The idempotency key was used before."), text)
    headers = {"Idempotency-Replayed": "true", **({"Location": kept.location} if kept.location else {})}
    return Response(json.loads(kept.body) if kept.body else None, kept.status, headers=headers)


def _kept(user, key, digest, response: Response) -> Response:
    if response.status_code < 400:
        body = b"" if response.data is None else JSONRenderer().render(response.data)
        IdempotencyKey.objects.create(
            user=user,
            key=key,
            request=digest,
            status=response.status_code,
            body=body.decode(),
            location=response.headers.get("Location", ""),
        )
    return response


def forget_keys(now=None) -> int:
    """Delete keys older than KEPT; returns how many."""
    before = (now or clock.now()) - KEPT
    return IdempotencyKey.objects.filter(created_at__lt=before).delete()[0]
