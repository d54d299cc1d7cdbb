from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Contact
from kam.access import ScopedQuerySet
from kam.models import MoneyField, Record


class LetterLevelQuerySet(ScopedQuerySet):
    def in_force(self):
        return self.filter(is_active=True)


class LetterLevel(Record):
    """One step of the policy of reminders and letters: when, by which way, in which words, asked first or not."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        CLAIM = "claim", _("Claim (PDF)")

    level = models.PositiveSmallIntegerField(_("level"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    days = models.SmallIntegerField(_("days late"), help_text=_("Below zero: so many days before it is due."))
    channel = models.CharField(_("way"), max_length=6, choices=Channel.choices, default=Channel.EMAIL)
    is_automatic = models.BooleanField(_("sent without asking"), default=False)
    min_amount = MoneyField(verbose_name=_("smallest sum, RUB"), default=0)
    contact_role = models.CharField(
        _("to whom"), max_length=12, choices=Contact.Role.choices, default=Contact.Role.ACCOUNTANT
    )
    with_penalty = models.BooleanField(_("with the penalty"), default=False)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    is_active = models.BooleanField(_("in force"), default=True)

    objects = LetterLevelQuerySet.as_manager()

    class Meta:
        verbose_name = _("level of letters")
        verbose_name_plural = _("levels of letters")
        ordering = ("level",)
        constraints = [
            models.CheckConstraint(
                name="letterlevel_sensible", condition=models.Q(days__gte=-60, days__lte=365, min_amount__gte=0)
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_reminder(self) -> bool:
        """Whether it goes out before the debt is late."""
        return self.days <= 0
