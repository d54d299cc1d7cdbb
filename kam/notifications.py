"""Tells people what they should know."""

from collections.abc import Iterable

from kam.models import Notification


def notify(users: Iterable, kind: str, text: str, *, values=None, document=None, url="", urgent=False) -> None:
    """Leave a notification for each of the users, in one statement.

    `text` is an untranslated message with %(name)s places, `values` fills them: the reader's language is
    applied when it is read. `kind` groups alike notifications; `urgent` ones ask to act now.
    """
    urgency = Notification.Urgency.ACT if urgent else Notification.Urgency.DIGEST
    Notification.objects.bulk_create(
        [
            Notification(
                user=user,
                kind=kind,
                text=text,
                values=values or {},
                url=url,
                urgency=urgency,
                document_kind=document._meta.label_lower if document else "",
                document_id=document.pk if document else None,
            )
            for user in users
        ]
    )
