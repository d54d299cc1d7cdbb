from django.db import models
from django.utils.translation import gettext_lazy as _


class Record(models.Model):
    """What every document has: when it was written, and a version that tells an edit conflict."""

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True
