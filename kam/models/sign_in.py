from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import ScopedQuerySet
from kam.models.fields import MomentField


class SignInQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Everybody sees their own; those who look after the users see all."""
        if user.is_superuser or user.standings.allows("kam.change_user"):
            return self
        return self.filter(user=user)


class SignIn(models.Model):
    """An attempt to sign in, to the pages or for a token. Written, never changed."""

    class Outcome(models.TextChoices):
        SIGNED_IN = "in", _("Signed in")
        REFUSED = "refused", _("Wrong e-mail or password")
        LOCKED = "locked", _("Locked after too many attempts")
        SIGNED_OUT = "out", _("Signed out")

    at = MomentField(_("when"))
    user = models.ForeignKey("kam.User", models.PROTECT, null=True, related_name="sign_ins", verbose_name=_("user"))
    email = models.CharField(_("e-mail"), max_length=254)
    outcome = models.CharField(_("outcome"), max_length=7, choices=Outcome.choices)
    address = models.GenericIPAddressField(_("address"), null=True)
    agent = models.CharField(_("program"), max_length=300, blank=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ("-pk",)
        indexes = [models.Index(fields=("user", "-id"), name="sign_in_of_user")]

    def __str__(self):
        return f"{self.email} {self.get_outcome_display()}"
