from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken, AuthTokenManager

from kam.access import PersonalQuerySet


class ApiToken(AbstractAuthToken):
    """A key to the API that a person made for a program of theirs. Only its digest is kept."""

    name = models.CharField(_("name"), max_length=100)

    objects = AuthTokenManager.from_queryset(PersonalQuerySet)()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("-created",)

    def __str__(self):
        return self.name
