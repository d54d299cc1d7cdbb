from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.access import PersonalQuerySet


class SavedView(models.Model):
    """Filters and sorting of a list that a person named, shown to them as a tab."""

    user = models.ForeignKey("kam.User", models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=60)
    query = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = PersonalQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("position", "pk")
        constraints = [models.UniqueConstraint(name="saved_view_name", fields=("user", "page", "name"))]

    def __str__(self):
        return self.name


class ColumnChoice(models.Model):
    """Which columns of a list a person wants to see, in order."""

    user = models.ForeignKey("kam.User", models.CASCADE, related_name="column_choices")
    page = models.CharField(max_length=60)
    columns = models.JSONField(default=list)

    objects = PersonalQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="column_choice_page", fields=("user", "page"))]

    def __str__(self):
        return self.page
