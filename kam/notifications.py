"""Tells people what they should know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Model
from django.utils.translation import gettext

from kam import formats
from kam.models import Notification


@dataclass(frozen=True, slots=True)
class Message:
    """What one person is told.

    `text` is an untranslated message with %(name)s places, `values` fills them: the reader's language is
    applied when it is read. A day is given as a date and a sum as `(amount, currency)`; a text stays as it is.
    `kind` groups alike notifications; `urgent` ones ask to act now.
    """

    user_id: int
    kind: str
    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    document: Model | None = None
    url: str = ""
    urgent: bool = False


def notify_each(messages: Iterable[Message]) -> None:
    """Leave every message for its reader, in one statement."""
    Notification.objects.bulk_create([_notification(message) for message in messages], batch_size=500)


def notify(users: Iterable, kind: str, text: str, *, values=None, document=None, url="", urgent=False) -> None:
    """Leave the same message for each of the users, in one statement."""
    notify_each(Message(user.pk, kind, text, values or {}, document, url, urgent) for user in users)


def _notification(message: Message) -> Notification:
    urgency = Notification.Urgency.ACT if message.urgent else Notification.Urgency.DIGEST
    document = message.document
    return Notification(
        user_id=message.user_id,
        kind=message.kind,
        text=message.text,
        values={name: _stored(value) for name, value in message.values.items()},
        url=message.url,
        urgency=urgency,
        document_kind=document._meta.label_lower if document else "",
        document_id=document.pk if document else None,
    )


def _stored(value: object) -> object:
    """A value as JSON that still knows what it is, so that every reader has it in a form of his own."""
    match value:
        case date():
            return {"day": value.isoformat()}
        case (Decimal() as amount, str(currency)):
            return {"amount": str(amount), "currency": currency}
    return value


def _shown(value: object) -> object:
    match value:
        case {"day": day}:
            return formats.day(date.fromisoformat(day))
        case {"amount": amount, "currency": currency}:
            return formats.money(Decimal(amount), currency)
    return value


def text_of(notification: Notification) -> str:
    """What a notification says, in the language now spoken; a value that is missing leaves its place as it is."""
    text = gettext(notification.text)
    try:
        values = {name: _shown(value) for name, value in notification.values.items()}
        return text % values if values else text
    except (KeyError, ValueError, TypeError):
        return text
