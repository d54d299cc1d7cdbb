"""The two addresses a load balancer asks."""

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from kam.health import HEARTBEAT
from kam.tasks import show_heartbeat


@pytest.fixture
def client():
    return Client(SERVER_NAME="10.1.2.3")  # a load balancer asks by address, which is no allowed host


@pytest.fixture
def heartbeat():
    show_heartbeat()
    yield
    cache.delete(HEARTBEAT)


def test_the_process_answers_without_any_server(client, settings):
    # No ``db`` fixture: a query would fail the test.
    settings.CACHES = {"default": {"BACKEND": "nowhere"}}
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"process": "ok"})


def test_health_is_answered_over_plain_http(client, settings, db, heartbeat):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_ready_names_each_part(client, db, heartbeat):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "redis": "ok", "migrations": "ok", "worker": "ok"}


def test_without_a_worker_it_is_not_ready(client, db):
    cache.delete(HEARTBEAT)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "redis": "ok", "migrations": "ok", "worker": "no heartbeat"}


def test_with_a_migration_missing_it_is_not_ready(client, db, heartbeat):
    MigrationRecorder(connection).record_unapplied("kam", "0001_initial")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "redis": "ok", "migrations": "not applied", "worker": "ok"}


def test_a_dead_database_is_named_and_nothing_of_it_told(client, db, heartbeat, monkeypatch):
    def fail(*args):
        raise connection.Database.OperationalError("connection to server at 10.9.9.9 failed: password")

    with monkeypatch.context() as broken:
        broken.setattr(connections["default"], "cursor", fail)
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "database": "no answer",
        "redis": "ok",
        "migrations": "not applied",
        "worker": "ok",
    }
    assert b"10.9.9.9" not in answer.content


def test_a_dead_redis_is_named(client, db, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/redis.sock",
        }
    }
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "database": "ok",
        "redis": "no answer",
        "migrations": "ok",
        "worker": "no heartbeat",
    }
