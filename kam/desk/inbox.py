"""“Waiting for me”: what is asked, by whom, since when, what it does, and the decision."""

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from kam.inbox import trays_for, waiting_count
from kam.pages import Panel, Screen, add_counter, page_of
from kam.pages.effects import shown_effect
from kam.workspace import Today

COUNTER_SECONDS = 20
FIRST_SHOWN = 5


def shown_tray(tray) -> dict:
    """What the template shows of one kind of document."""
    page = page_of(tray.flow.model)
    items = [
        {
            "item": item,
            "asked": next((step.label for step in item.steps if not step.danger), ""),
            "heading": page.heading(item.document) if page else str(item.document),
            "subheading": page.subheading(item.document) if page else "",
            "href": page.detail_url(item.document.pk) if page else "",
            "effects": [shown_effect(effect) for effect in item.effects],
        }
        for item in tray.items
    ]
    meta = tray.flow.model._meta
    return {
        "key": meta.label_lower.replace(".", "-"),
        "title": page.titles if page else meta.verbose_name_plural,
        "items": items,
        "steps": tray.steps,
        "more": tray.more,
        "list_url": page.list_url() if page else "",
        "bulk_url": page.url("bulk") if page and page.flow is tray.flow else "",
    }


class Inbox(Screen):
    """Everything that waits for me, by kind; a decision on one or on many at once."""

    app, name, path = "kam", "inbox", "inbox/"
    title, icon = _("Waiting for me"), "inbox"
    menu, menu_order = "today", 10
    template = "kam/desk/inbox.html"

    def context(self, request, **kwargs):
        return {"trays": [shown_tray(tray) for tray in trays_for(request.user)]}


class InboxPanel(Panel):
    """On the first screen: what has waited for me longest, a few of each kind."""

    template = "kam/desk/inbox_panel.html"
    title = Inbox.title

    def context(self, document, request):
        trays = [shown_tray(tray) for tray in trays_for(request.user, FIRST_SHOWN)]
        return {"trays": trays} if trays else None


Today.add(InboxPanel())


def counted(user) -> int:
    """What waits for the person, remembered for a moment, since the frame shows it in two places."""
    return cache.get_or_set(f"inbox-count:{user.pk}", lambda: waiting_count(user), COUNTER_SECONDS)


add_counter("inbox", counted)
add_counter("kam.inbox", counted)
