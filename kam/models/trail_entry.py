from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models.fields import MomentField
from kam.phrases import told_of

# What of a page's history asks for a right of its own: which entries, and the right.
PRIVATE: list[tuple[models.Q, str]] = []


def keep_private(permission: str, **which) -> None:
    """Show these entries only to who has the right: they tell what the page itself keeps from others."""
    PRIVATE.append((models.Q(**which), permission))


class TrailEntryQuerySet(ScopedQuerySet):
    view_permission = "kam.view_trail"

    def visible_to(self, user):
        """The entries without those that somebody keeps private from this person."""
        rows = super().visible_to(user)
        for which, permission in PRIVATE:
            if not user.has_perm(permission):
                rows = rows.exclude(which)
        return rows

    def of(self, document):
        """Everything that happened to one document, latest first."""
        return self.filter(document_kind=document._meta.label_lower, document_id=document.pk)


class TrailEntry(models.Model):
    """Who did what to which document, when, on whose behalf and why. Written, never changed."""

    at = MomentField(_("when"))
    by = models.ForeignKey("kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    on_behalf_of = models.ForeignKey(
        "kam.User", models.PROTECT, null=True, related_name="+", verbose_name=_("on behalf of")
    )
    verb = models.CharField(_("what"), max_length=60)
    document_kind = models.CharField(_("document kind"), max_length=60)
    document_id = models.BigIntegerField(_("document"))
    changes = models.JSONField(_("changes"), default=dict)
    reason = models.TextField(_("reason"), blank=True)
    reason_parts = models.JSONField(null=True)  # of a reason of the program: a phrase for each reader's language

    objects = TrailEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("trail entry")
        verbose_name_plural = _("trail")
        ordering = ("-pk",)
        indexes = [models.Index(fields=("document_kind", "document_id", "-id"), name="trail_of_document")]

    def __str__(self):
        return f"{self.verb} {self.document_kind} {self.document_id}"

    @property
    def why(self) -> str:
        """The reason, one of the program in the language now spoken."""
        return told_of(self.reason_parts, self.reason)
