"""State chips: a word, a colour and an icon, the same colour for the same meaning everywhere.

Grey is a draft or something laid aside, blue is in work, amber waits or is due soon, red is wrong or late, green is
done. `TONES` knows the usual status values; a page names only what differs in its own `tones`.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

DRAFT, WORK, WAIT, WRONG, DONE = "draft", "work", "wait", "wrong", "done"

ICONS = {DRAFT: "circle-dashed", WORK: "progress", WAIT: "clock", WRONG: "alert-triangle", DONE: "check"}

TONE_OF_COLOUR = {"grey": DRAFT, "blue": WORK, "amber": WAIT, "red": WRONG, "green": DONE}

TONES: dict[str, str] = {
    **dict.fromkeys(
        (
            "draft",
            "new",
            "cancelled",
            "canceled",
            "closed",
            "archived",
            "ended",
            "expired",
            "released",
            "inactive",
            "prospect",
            "dormant",
            "withdrawn",
            "planned",
            "skipped",
            "announced",
            "off",
        ),
        DRAFT,
    ),
    **dict.fromkeys(
        (
            "confirmed",
            "in_work",
            "in_progress",
            "active",
            "running",
            "open",
            "entered",
            "shipped_partly",
            "partly_shipped",
            "sent",
            "allocated",
            "in_transit",
            "issued",
        ),
        WORK,
    ),
    **dict.fromkeys(
        (
            "submitted",
            "waiting",
            "pending",
            "queued",
            "due_soon",
            "partly_paid",
            "asked",
            "taken",
            "end_of_life",
            "not_delivered",
            "on_approval",
            "proposed",
        ),
        WAIT,
    ),
    **dict.fromkeys(
        (
            "overdue",
            "refused",
            "rejected",
            "failed",
            "on_hold",
            "held",
            "blocked",
            "broken",
            "late",
            "returned",
            "disputed",
        ),
        WRONG,
    ),
    **dict.fromkeys(
        ("done", "paid", "shipped", "approved", "delivered", "arrived", "accepted", "finished", "settled", "won"),
        DONE,
    ),
}


def tone_of(value: Any, tones: Mapping[str, str] | None = None) -> str:
    """The tone of a status value: the page's own word first, then the common one, else grey."""
    key = str(value)
    if tones and key in tones:
        return tones[key]
    return TONES.get(key, DRAFT)


def chip(label: Any, tone: str = DRAFT, icon: str = "") -> SafeString:
    """The chip as HTML: `tone` is one of DRAFT, WORK, WAIT, WRONG, DONE; `icon` a Tabler icon name."""
    text = conditional_escape(label)
    return mark_safe(
        f'<span class="chip chip-{tone}"><i class="ti ti-{icon or ICONS[tone]}" aria-hidden="true"></i>{text}</span>'
    )
