"""Files beside documents."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from kam import clock, trail
from kam.access import authority
from kam.attaching import checked_file
from kam.models import Attachment, User
from kam.refusals import Forbidden, Refusal, Refused
from kam.writing import writes

MOST_FILES = 100


@writes
def attach_file(document, file, *, by: User, note: str = "") -> Attachment:
    """Keep an uploaded file beside a document that the person sees (the caller has looked it up as visible).

    Raises Forbidden without the right, Refused for a file we do not keep and for one too many.
    """
    who = authority(by, "kam.add_attachment")
    name, media_type = checked_file(file)
    if Attachment.objects.of(document).count() >= MOST_FILES:
        text = _("There are %(count)s files here already.") % {"count": MOST_FILES}
        raise Refused(Refusal("too_many_files", text, field="file"))
    attachment = Attachment(
        document_kind=document._meta.label_lower,
        document_id=document.pk,
        name=name,
        size=file.size,
        content_type=media_type,
        note=note.strip()[:300],
        by=by,
    )
    # Kept under a name of ours: what people call their files never becomes a path.
    attachment.file.save(f"{uuid.uuid4().hex}.bin", file, save=False)
    storage, stored = attachment.file.storage, attachment.file.name
    try:
        with transaction.atomic():
            attachment.save()
            trail.record(document, "attach", by=who, changes={"file": [None, name]})
    except Exception:
        storage.delete(stored)
        raise
    return attachment


@writes
def remove_attachment(pk: int, document, *, by: User) -> Attachment:
    """Take a file away from its document; the trail keeps its name, the store keeps its content.

    Raises Forbidden unless the person added it or looks after the program, Attachment.DoesNotExist for one gone.
    """
    attachment = Attachment.objects.select_for_update(of=("self",)).get(pk=pk, removed_at=None)
    if attachment.by_id != by.pk and not by.has_perm("kam.change_setting"):
        raise Forbidden(_("Only the person who added the file can remove it."))
    attachment.removed_at = clock.now()
    attachment.save(update_fields=["removed_at"])
    trail.record(document, "detach", by=by, changes={"file": [attachment.name, None]})
    return attachment
