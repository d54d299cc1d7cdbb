from django.db import models

from kam.models.fields import MomentField


class IdempotencyKey(models.Model):
    """The answer to a write that was asked under a key, given again when it is asked again.

    Written in the transaction of the write itself: what was killed half-way left no key behind.
    """

    user = models.ForeignKey("kam.User", models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    request = models.CharField(max_length=64)  # digest of method, path and body
    status = models.PositiveSmallIntegerField()
    body = models.TextField(blank=True)
    location = models.CharField(max_length=300, blank=True)
    created_at = MomentField()

    class Meta:
        constraints = [models.UniqueConstraint(name="idempotency_key_once", fields=("user", "key"))]
        indexes = [models.Index(fields=("created_at",), name="idempotency_key_age")]

    def __str__(self):
        return self.key
