from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import PersonalQuerySet
from kam.models.fields import MomentField


class NotificationQuerySet(PersonalQuerySet):
    def unread(self):
        return self.filter(read_at=None)


class Notification(models.Model):
    """Something a person should know: to act on now, or in the digest."""

    class Urgency(models.TextChoices):
        ACT = "act", _("Act now")
        DIGEST = "digest", _("Digest")

    user = models.ForeignKey("kam.User", models.CASCADE, related_name="notifications", verbose_name=_("user"))
    urgency = models.CharField(_("urgency"), max_length=6, choices=Urgency.choices, default=Urgency.DIGEST)
    kind = models.CharField(_("kind"), max_length=60)
    text = models.CharField(_("text"), max_length=500)
    values = models.JSONField(default=dict)  # what the text names, so that it is shown in the reader's language
    document_kind = models.CharField(max_length=60, blank=True)
    document_id = models.BigIntegerField(null=True)
    url = models.CharField(max_length=300, blank=True)
    created_at = MomentField(_("when"))
    read_at = models.DateTimeField(_("read"), null=True)
    sent_at = models.DateTimeField(_("sent in the digest"), null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ("-pk",)
        indexes = [
            models.Index(fields=("user", "-id"), name="notification_unread", condition=models.Q(read_at=None)),
            models.Index(fields=("user", "-id"), name="notification_of_user"),
        ]

    def __str__(self):
        return self.text
