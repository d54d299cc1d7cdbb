"""Reading from a replica where one is set: for reports and exports, which may lag a moment behind."""

from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import connections

_reading = ContextVar("reading_from_replica", default=False)


@contextmanager
def reading_from_replica():
    """Inside the block every read goes to ``DATABASE_REPLICA_URL``, if there is one.

    Only for work that writes nothing and can stand data a moment old: a read here may not see a row that
    was written just before.
    """
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def reading():
    """The connection for statements written by hand: the replica's inside ``reading_from_replica()``."""
    return connections["replica" if _reading.get() and "replica" in settings.DATABASES else "default"]


class ReplicaRouter:
    """Sends reads to the replica inside ``reading_from_replica()``, everything else to the primary."""

    def db_for_read(self, model, **hints):
        """The replica inside the block; elsewhere no opinion, so that a row is read where it was found."""
        return "replica" if _reading.get() and "replica" in settings.DATABASES else None

    def db_for_write(self, model, **hints):
        """Always the primary."""
        return "default"

    def allow_relation(self, first, second, **hints):
        """Both aliases are the same data."""
        return True

    def allow_migrate(self, db, app_label, **hints):
        """Only the primary is migrated; the replica follows it."""
        return db == "default"
