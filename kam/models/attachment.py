from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models.fields import MomentField


class AttachmentQuerySet(ScopedQuerySet):
    def of(self, document):
        return self.filter(document_kind=document._meta.label_lower, document_id=document.pk, removed_at=None)


class Attachment(models.Model):
    """A file beside a document; seen by whoever sees the document."""

    document_kind = models.CharField(max_length=60)
    document_id = models.BigIntegerField()
    file = models.FileField(_("file"), upload_to="attachments/%Y/%m/")
    name = models.CharField(_("name"), max_length=200)
    size = models.BigIntegerField(_("size"))
    content_type = models.CharField(max_length=100)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("who"))
    added_at = MomentField(_("added"))
    removed_at = models.DateTimeField(_("removed"), null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ("-pk",)
        indexes = [models.Index(fields=("document_kind", "document_id"), name="attachment_of_document")]

    def __str__(self):
        return self.name
