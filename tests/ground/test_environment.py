"""The environment: nonsense ends every command with one clear line, and nothing is started."""

import pytest
from pydantic import ValidationError

from kam.environment import Environment
from tests.ground.commands import GOOD_KEY, run_python

PRODUCTION = {"secret_key": GOOD_KEY, "allowed_hosts": "kam.example"}

NONSENSE = [
    ({"secret_key": ""}, "SECRET_KEY is required"),
    ({"secret_key": GOOD_KEY[:49]}, "SECRET_KEY is too weak"),
    ({"secret_key": "ab" * 40}, "SECRET_KEY is too weak"),
    ({"secret_key": "django-insecure-" + GOOD_KEY}, "SECRET_KEY is an example"),
    ({"allowed_hosts": ""}, "ALLOWED_HOSTS is required"),
    ({"allowed_hosts": "kam.example,*"}, "ALLOWED_HOSTS must name the hosts"),
    ({"allowed_hosts": "https://kam.example"}, "not a host name"),
    ({"csrf_trusted_origins": "kam.example"}, "must begin with https://"),
    ({"database_url": "mysql://host/kam"}, "must look like postgres://"),
    ({"database_url": "postgres://host"}, "must look like postgres://"),
    ({"database_url": "postgres://host:port/kam"}, "is no URL"),
    ({"database_replica_url": "sqlite:///kam.db"}, "must look like postgres://"),
    ({"redis_url": "localhost:6379"}, "must look like redis://"),
    ({"redis_url": "amqp://host"}, "must look like redis://"),
    ({"email_url": "smtp://"}, "must look like smtp+tls://"),
    ({"email_url": "http://mail"}, "must look like smtp+tls://"),
    ({"port": "0"}, "greater than or equal to 1"),
    ({"port": "65536"}, "less than or equal to 65535"),
    ({"port": "eighty"}, "valid integer"),
    ({"debug": "perhaps"}, "valid boolean"),
    ({"session_hours": "0"}, "greater than or equal to 1"),
    ({"request_seconds": "4"}, "greater than or equal to 5"),
    ({"upload_megabytes": "2049"}, "less than or equal to 2048"),
    ({"log_level": "loud"}, "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
]


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch):
    for name in Environment.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(("given", "answer"), NONSENSE)
def test_nonsense_is_refused(given, answer):
    with pytest.raises(ValidationError) as refusal:
        Environment(**(PRODUCTION | given))
    assert answer in str(refusal.value)


def test_good_values_pass_at_their_bounds():
    found = Environment(**PRODUCTION, port="65535", request_seconds="5", upload_megabytes="2048")
    assert (found.port, found.request_seconds, found.upload_megabytes) == (65535, 5, 2048)
    assert found.hosts == ["kam.example"]
    assert not found.is_safe_from_strangers


def test_a_list_forgives_blanks():
    assert Environment(secret_key=GOOD_KEY, allowed_hosts=" a.example, ,b.example ").hosts == [
        "a.example",
        "b.example",
    ]


def test_an_empty_variable_counts_as_not_given(monkeypatch):
    monkeypatch.setenv("PORT", "")
    assert Environment(**PRODUCTION).port == 8000


def test_a_local_run_needs_no_secret_and_answers_loopback_only():
    found = Environment(local=True)
    assert found.hosts == ["localhost", "127.0.0.1", "[::1]"]
    assert found.database.startswith("postgres://postgres@%2F")


@pytest.mark.parametrize(
    ("redis_url", "broker"),
    [
        ("redis://:secret@host:6379/2", "redis://:secret@host:6379/2"),
        ("unix:///run/kam/redis.sock?db=3", "redis+socket:///run/kam/redis.sock?virtual_host=3"),
        ("unix:///a%20b/redis.sock", "redis+socket:///a%20b/redis.sock?virtual_host=0"),
    ],
)
def test_the_broker_is_the_same_redis_in_celerys_spelling(redis_url, broker):
    assert Environment(local=True, redis_url=redis_url).broker == broker


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"LOCAL": ""}, "kam: SECRET_KEY is required: set 50 or more random characters"),
        ({"LOCAL": "1", "PORT": "x"}, "kam: PORT: must be a valid integer, unable to parse string as an integer"),
    ],
)
def test_a_command_says_one_line_and_ends(variables, line, tmp_path):
    done = run_python("manage.py", "migrate", VAR_ROOT=str(tmp_path / "var"), **({"DEBUG": "0"} | variables))
    assert done.stderr.strip() == line
    assert done.returncode == 1
    assert not (tmp_path / "var" / "postgres").exists()
