from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models import Record


class BankAccount(Record):
    """An account of our own company in a bank: statements of no other account are taken."""

    number = models.CharField(_("account number"), max_length=34, unique=True)
    bank_name = models.CharField(_("bank"), max_length=200, blank=True)
    bik = models.CharField(_("BIK"), max_length=11, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    is_active = models.BooleanField(_("in use"), default=True)
    comment = models.CharField(_("comment"), max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("our bank account")
        verbose_name_plural = _("our bank accounts")
        ordering = ("number",)

    def __str__(self):
        return self.number
