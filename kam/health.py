"""Whether the process lives (``/healthz``) and whether it can do its work (``/readyz``)."""

import logging
import time
from functools import lru_cache

from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import JsonResponse

log = logging.getLogger(__name__)

HEARTBEAT = "worker-heartbeat"
HEARTBEAT_SECONDS = 90


class HealthMiddleware:
    """Answers both addresses before everything else.

    A load balancer asks by address and over plain HTTP, without a session: host check, redirect to TLS
    and sign-in must not come between.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path == "/healthz":
            return JsonResponse({"process": "ok"})
        if request.path == "/readyz":
            parts = readiness()
            return JsonResponse(parts, status=200 if set(parts.values()) == {"ok"} else 503)
        return self.get_response(request)


def readiness():
    """Each part that a request needs with "ok" or what it lacks; the reason goes to the log, not outside."""
    return {
        "database": _state(_ask_database, "no answer"),
        "redis": _state(_ask_redis, "no answer"),
        "migrations": _state(_ask_migrations, "not applied"),
        "worker": _state(_ask_worker, "no heartbeat"),
    }


def beat():
    """Note that beat sent a task and a worker ran it just now."""
    cache.set(HEARTBEAT, time.time(), timeout=HEARTBEAT_SECONDS)


def _state(ask, lack):
    try:
        return "ok" if ask() else lack
    except Exception:  # whatever a driver raises, the answer is the same
        log.exception("%s", lack)
        return lack


def _ask_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _ask_redis():
    cache.set("readiness", 1, timeout=10)
    return cache.get("readiness") == 1


def _ask_migrations():
    return _known_migrations() <= set(MigrationRecorder(connection).applied_migrations())


@lru_cache(maxsize=1)
def _known_migrations():
    return frozenset(MigrationLoader(None).graph.nodes)


def _ask_worker():
    return cache.get(HEARTBEAT) is not None
