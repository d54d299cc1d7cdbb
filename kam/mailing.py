"""Letters about what a person should know: at once where they have to act, else once a day in a digest."""

import logging
from datetime import date, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kam import clock, formats
from kam.models import Notification, User
from kam.notifications import text_of
from kam.runs import spoken_to

log = logging.getLogger(__name__)

URGENT_WITHIN = timedelta(days=1)
SHOWN = 50


def send_urgent(now=None) -> int:
    """Write to everybody who got something to act on and was not written to yet; returns the letters sent.

    What is older than URGENT_WITHIN is left to the list: after a mail server was away for days nobody is flooded.
    """
    since = (now or clock.now()) - URGENT_WITHIN
    fresh = Notification.objects.unread().filter(urgency=Notification.Urgency.ACT, sent_at=None, created_at__gte=since)
    return sum(_write_to(pk, fresh, _urgent_subject) for pk in _readers(fresh))


def send_digests(day: date) -> int:
    """Write everybody's digest: what is unread and was in no letter yet; returns the letters sent."""
    left = Notification.objects.unread().filter(urgency=Notification.Urgency.DIGEST, sent_at=None)
    return sum(_write_to(pk, left, lambda count: _digest_subject(day)) for pk in _readers(left))


def _readers(notifications) -> list[int]:
    return list(notifications.filter(user__is_active=True).order_by("user").values_list("user", flat=True).distinct())


def _urgent_subject(count: int) -> str:
    return ngettext("%(count)d thing waits for you", "%(count)d things wait for you", count) % {"count": count}


def _digest_subject(day: date) -> str:
    return _("Your digest of %(day)s") % {"day": formats.day(day)}


def _write_to(user_id: int, notifications, subject) -> int:
    """Write one letter and mark what is in it; a letter that could not be sent is tried again next time."""
    try:
        with transaction.atomic():
            rows = notifications.filter(user_id=user_id).select_for_update(skip_locked=True, of=("self",))
            found = list(rows.order_by("pk"))
            if not found:
                return 0
            user = User.objects.get(pk=user_id)
            Notification.objects.filter(pk__in=[each.pk for each in found]).update(sent_at=clock.now())
            with spoken_to(user):
                text = render_to_string("kam/mail/digest.txt", _letter(user, found))
                send_mail(subject(len(found)), text, None, [user.email])
        return 1
    except OSError:  # what the mail server and the way to it raise; SMTP errors are of this kind
        log.warning("no letter could be sent to user %s", user_id, exc_info=True)
        return 0


def _letter(user: User, found: list[Notification]) -> dict:
    lines = [{"text": text_of(each), "at": each.created_at, "url": _absolute(each.url)} for each in found[:SHOWN]]
    return {"user": user, "lines": lines, "more": max(0, len(found) - SHOWN), "home": _absolute("/notifications/")}


def _absolute(path: str) -> str:
    """The address on the first origin we are known under; nothing where none is named."""
    origins = settings.CSRF_TRUSTED_ORIGINS
    return f"{origins[0].rstrip('/')}{path}" if path and origins else ""
