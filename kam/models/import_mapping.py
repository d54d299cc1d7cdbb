from django.db import models

from kam.access import PersonalQuerySet


class ImportMapping(models.Model):
    """Which heading of a file a person takes for which column of an importer, remembered for the next file."""

    user = models.ForeignKey("kam.User", models.CASCADE, related_name="+")
    importer = models.CharField(max_length=60)
    headings = models.JSONField(default=dict)  # heading as the file writes it, folded -> column name, "" to leave out

    objects = PersonalQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="import_mapping_once", fields=("user", "importer"))]

    def __str__(self):
        return self.importer
