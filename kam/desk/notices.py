"""Notifications: what a person should know, to act on now or when there is time."""

from django.apps import apps
from django.core.cache import cache
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from kam.actions.notices import mark_read
from kam.models import Notification
from kam.notifications import text_of
from kam.pages import Screen, add_counter, page_of
from kam.pages.counters import counters_key
from kam.pages.fields import number_of
from kam.pages.views import gone_to

SHOWN = 50
COUNTED = 100


def unread_count(user) -> int:
    """Unread notifications, counted up to COUNTED: the frame shows "99+" beyond."""
    return Notification.objects.visible_to(user).unread()[:COUNTED].count()


def address_of(notice: Notification) -> str:
    """Where the notification leads: its own address, else the page of its document."""
    if notice.url or not notice.document_kind:
        return notice.url
    try:
        page = page_of(apps.get_model(notice.document_kind))
    except (LookupError, ValueError):
        return ""
    return page.detail_url(notice.document_id) if page and notice.document_id else ""


def read(user, keys=None) -> int:
    """Mark one's own notifications read, those with these keys or all; the frame counts anew."""
    count = mark_read(by=user, keys=keys)
    cache.delete(counters_key(user))
    return count


class Notices(Screen):
    """GET: my notifications, the unread and urgent first. POST: mark all or the chosen ones read."""

    app, name, path = "kam", "notifications", "notifications/"
    title, icon = _("Notifications"), "bell"
    permission = "kam.view_notification"
    template = "kam/desk/notices.html"

    def context(self, request, **kwargs):
        rows = Notification.objects.visible_to(request.user)
        if request.GET.get("unread"):
            rows = rows.unread()
        before = number_of(request.GET.get("before", ""))
        if before is not None:
            rows = rows.filter(pk__lt=before)
        found = list(rows.order_by("-pk")[: SHOWN + 1])
        shown = found[:SHOWN]
        return {
            "notices": [{"notice": each, "text": text_of(each)} for each in shown],
            "older": shown[-1].pk if len(found) > SHOWN else None,
            "only_unread": bool(request.GET.get("unread")),
            "unread": unread_count(request.user),
        }

    def post(self, request):
        keys = [key for key in map(number_of, request.POST.getlist("pk")) if key is not None]
        read(request.user, keys or None)
        return gone_to(request, self.url())


class NoticeOpen(Screen):
    """GET: go where a notification leads; it is read by that."""

    app, name, path = "kam", "notification_open", "notifications/<int:pk>/"
    permission = "kam.view_notification"

    def get(self, request, pk):
        notice = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
        read(request.user, [pk])
        return HttpResponseRedirect(address_of(notice) or Notices.url())


add_counter("notifications", unread_count)
