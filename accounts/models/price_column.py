from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet


class PriceColumn(models.Model):
    """A named column of the price list; credit terms name it, prices fill it."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    vat_included = models.BooleanField(_("prices include VAT"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    external_id = models.CharField(_("external id"), max_length=120, null=True, blank=True, unique=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("price column")
        verbose_name_plural = _("price columns")
        ordering = ("code",)

    def __str__(self):
        return self.name
