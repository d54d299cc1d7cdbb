"""A form that is sent twice is done once.

Each form carries a value of its own. The same form sent again, by a double click, a reload or an impatient thumb, is
recognised by that value and by all that was typed; it is not done a second time but led where the first one went.
What was refused can be sent again. The deeds themselves are kept safe by locks and states in their actions; this is
for those that may well be done twice (two payments of one sum, two shipments of three units), only not by one form.
"""

import hashlib
import time
from collections.abc import Callable
from secrets import token_urlsafe

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

FIELD = "once"
KEPT_SECONDS = 12 * 3600
# How long a deed may take before its form is free again, should the process that did it have died.
AT_WORK_SECONDS = 120
PATIENCE_SECONDS, PAUSE_SECONDS = 10, 0.05


def once_field() -> SafeString:
    """The hidden field that tells one form from the next."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, token_urlsafe(12))


def sent_once(request: HttpRequest, done: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of `done()`, or where it led, if this very form was sent before."""
    key = _key(request)
    if not cache.add(key, "", AT_WORK_SECONDS):
        return _led_after(request, key)
    try:
        answer = done()
    except BaseException:
        cache.delete(key)
        raise
    address = answer.headers.get("Location") or answer.headers.get("HX-Redirect")
    if address:
        cache.set(key, address, KEPT_SECONDS)
    else:
        cache.delete(key)
    return answer


def _key(request: HttpRequest) -> str:
    sent = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    files = sorted((name, file.name, file.size) for name, file in request.FILES.items())
    digest = hashlib.sha256(repr((request.path, sent, files)).encode("utf-8", "backslashreplace")).hexdigest()
    return f"sent-once:{request.user.pk}:{digest}"


def _led_after(request: HttpRequest, key: str) -> HttpResponse:
    """Wait for the first one, and go where it went; back to the form if it was refused or does not end."""
    until = time.monotonic() + PATIENCE_SECONDS
    while (address := cache.get(key)) == "" and time.monotonic() < until:
        time.sleep(PAUSE_SECONDS)
    if not address:
        messages.warning(request, _("This form was sent twice. See what came of it before you send it again."))
    name = "HX-Redirect" if request.headers.get("HX-Request") == "true" else "Location"
    return HttpResponse(status=204 if name == "HX-Redirect" else 303, headers={name: address or request.path})
