from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.models.fields import MomentField


class Record(models.Model):
    """What every document has: when it was written, and a version that tells an edit conflict."""

    created_at = MomentField(_("created"))
    updated_at = MomentField(_("updated"), always=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True
