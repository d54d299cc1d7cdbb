"""Tells people what they should know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Model

from kam.models import Notification
from kam.phrases import stored_values, told


@dataclass(frozen=True, slots=True)
class Message:
    """What one person is told.

    `text` and `values` are those of a `kam.phrases.Phrase`: the reader's language is applied when it is read.
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
        values=stored_values(message.values),
        url=message.url,
        urgency=urgency,
        document_kind=document._meta.label_lower if document else "",
        document_id=document.pk if document else None,
    )


def text_of(notification: Notification) -> str:
    """What a notification says, in the language now spoken; a value that is missing leaves its place as it is."""
    return told(notification.text, notification.values)
