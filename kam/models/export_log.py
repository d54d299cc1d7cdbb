from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models.fields import MomentField


class ExportLogQuerySet(ScopedQuerySet):
    manager_paths = ("by",)


class ExportLog(models.Model):
    """Who took which rows out of the program."""

    at = MomentField(_("when"))
    by = models.ForeignKey("kam.User", models.PROTECT, related_name="+", verbose_name=_("who"))
    page = models.CharField(_("list"), max_length=60)
    query = models.TextField(_("filters"), blank=True)
    format = models.CharField(_("format"), max_length=5)
    rows = models.BigIntegerField(_("rows"))
    address = models.GenericIPAddressField(_("address"), null=True)

    objects = ExportLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("export log")
        ordering = ("-pk",)

    def __str__(self):
        return f"{self.page} {self.rows}"
