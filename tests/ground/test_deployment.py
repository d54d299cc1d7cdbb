"""What a deployment relies on: strict settings, static files of our own, the composed services."""

import json
import logging
import re

import pytest
import yaml
from django.core.management import call_command
from django.test import RequestFactory

from kam import frontend
from kam.engines.homes import ROOT
from kam.logs import JsonFormatter
from kam.proxies import client_address
from tests.ground.commands import GOOD_KEY, run_python

PRODUCTION = {
    "SECRET_KEY": GOOD_KEY,
    "ALLOWED_HOSTS": "kam.example",
    "DATABASE_URL": "postgres://kam:secret@db.example/kam",
    "REDIS_URL": "redis://redis.example:6379/0",
}
SHOW = """
import json, django
django.setup()
from django.conf import settings
print(json.dumps({n: getattr(settings, n) for n in %r}, default=str))
"""


def production_settings(*names, **variables):
    done = run_python("-c", SHOW % (names,), DJANGO_SETTINGS_MODULE="kam.settings", **(PRODUCTION | variables))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_deploy_check_is_clean():
    done = run_python("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_web_process_has_every_page_loaded_and_out_of_the_collectors_way():
    show = "import gc, sys, kam.wsgi; print('reports.pages.finance' in sys.modules, gc.get_freeze_count() > 100_000)"
    done = run_python("-c", show, **PRODUCTION)
    assert (done.returncode, done.stdout.split()) == (0, ["True", "True"]), done.stderr


def test_production_is_strict():
    found = production_settings(
        "DEBUG", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS",
        "SESSION_COOKIE_HTTPONLY", "X_FRAME_OPTIONS", "CONTENT_SECURITY_POLICY", "SECURE_PROXY_SSL_HEADER",
        "WHITENOISE_USE_FINDERS", "STORAGES", "EMAIL_BACKEND",
    )  # fmt: skip
    assert found.pop("STORAGES")["staticfiles"]["BACKEND"].endswith(".CompressedManifestStaticFilesStorage")
    policy = json.dumps(found.pop("CONTENT_SECURITY_POLICY"))
    assert "unsafe" not in policy and "http" not in policy
    assert found == {
        "DEBUG": False,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SESSION_COOKIE_HTTPONLY": True,
        "X_FRAME_OPTIONS": "DENY",
        "SECURE_PROXY_SSL_HEADER": None,
        "WHITENOISE_USE_FINDERS": False,
        "EMAIL_BACKEND": "kam.mail.LoggedMail",
    }


def test_a_proxys_word_counts_only_where_one_is_declared():
    found = production_settings("SECURE_PROXY_SSL_HEADER", "REST_FRAMEWORK", BEHIND_PROXY="1")
    assert found["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert found["REST_FRAMEWORK"]["NUM_PROXIES"] == 1


@pytest.mark.parametrize(("behind", "address"), [(True, "203.0.113.9"), (False, "10.0.0.1")])
def test_the_visitors_address_is_what_our_proxy_appended(monkeypatch, behind, address):
    class Given:
        behind_proxy = behind

    monkeypatch.setattr("kam.proxies.environment", Given)
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.1.1.1, 203.0.113.9")
    assert client_address(request) == address


def test_databases_suit_a_pooler_and_a_replica():
    url = "postgres://kam@replica.example/kam"
    databases = production_settings("DATABASES", DATABASE_REPLICA_URL=url)["DATABASES"]
    assert set(databases) == {"default", "replica"}
    assert [d["DISABLE_SERVER_SIDE_CURSORS"] for d in databases.values()] == [True, True]
    assert databases["replica"]["HOST"] == "replica.example"
    assert databases["default"]["CONN_HEALTH_CHECKS"] is True
    # A pooler refuses connections with startup options it does not know.
    assert set(databases["default"]["OPTIONS"]) == {"connect_timeout"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp+tls://user:p%40ss@mail.example", ["mail.example", 587, "user", "p@ss", True, False]),
        ("smtps://mail.example:4650", ["mail.example", 4650, "", "", False, True]),
        ("smtp://mail.example", ["mail.example", 25, "", "", False, False]),
    ],
)
def test_the_mail_servers_address_is_understood(url, expected):
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
    found = production_settings(*(f"EMAIL_{name}" for name in names), EMAIL_URL=url)
    assert list(found.values()) == expected


def test_every_file_that_a_served_file_names_is_served(settings, tmp_path):
    # The storage of production without its compression, which takes a minute and decides nothing.
    storage = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": storage}}
    settings.STATIC_ROOT = tmp_path
    frontend.main()
    call_command("collectstatic", interactive=False, verbosity=0)
    paths = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    for name in frontend.FILES.values():
        assert name.endswith("LICENSE") or paths[f"vendor/{name}"] != f"vendor/{name}"


def test_log_lines_are_json_with_extras_and_traceback():
    try:
        raise ValueError("чужой")
    except ValueError as error:
        record = logging.getLogger("kam").makeRecord(
            "kam", logging.ERROR, "f.py", 1, "order %s", (7,), (ValueError, error, None), extra={"order": 7}
        )
    line = json.loads(JsonFormatter().format(record))
    assert (line["level"], line["logger"], line["message"], line["order"]) == ("ERROR", "kam", "order 7", 7)
    assert line["traceback"] == "ValueError: чужой"


@pytest.fixture(scope="module")
def composed():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_the_composed_services_are_the_whole_workspace(composed):
    assert set(composed["services"]) == {"proxy", "web", "worker", "beat", "migrate", "db", "redis"}


def test_every_lasting_service_is_watched(composed):
    # web has the image's own check.
    checked = {n for n, s in composed["services"].items() if s.get("healthcheck", {}).get("test")}
    assert checked == {"proxy", "worker", "beat", "db", "redis"}
    assert composed["services"]["migrate"]["healthcheck"] == {"disable": True}  # it ends
    waits = {name: service.get("depends_on", {}) for name, service in composed["services"].items()}
    assert all(set(each) <= set(composed["services"]) for each in waits.values())
    assert waits["proxy"]["web"] == {"condition": "service_healthy"}
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()


def test_migrations_run_once_before_the_others(composed):
    services = composed["services"]
    assert services["migrate"]["restart"] == "no"
    assert "migrate" not in services["migrate"]["depends_on"]
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_only_the_proxy_is_reachable_and_beat_is_alone(composed):
    assert [name for name, service in composed["services"].items() if "ports" in service] == ["proxy"]
    assert "deploy" not in composed["services"]["beat"]


def test_no_secret_has_a_default(composed):
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"):
        uses = re.findall(rf"\$\{{{name}([^}}]*)\}}", text)
        assert uses and all(use.startswith(":?") for use in uses), name


def test_every_variable_is_required_or_has_a_default(composed):
    text = "\n".join(line for line in (ROOT / "docker-compose.yml").read_text().splitlines() if line[:1] != "#")
    required = set(re.findall(r"\$\{(\w+):\?", text))
    assert required == {"SECRET_KEY", "SITE_HOST", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}
    assert set(re.findall(r"\$\{(\w+)\}", text)) <= required
    # What reaches a shell inside the container is written with two signs.
    assert not re.findall(r"(?<!\$)\$(?![{$])", text)


def test_our_containers_have_no_rights_to_lose(composed):
    for name in ("web", "worker", "beat", "migrate"):
        service = composed["services"][name]
        assert service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in service and "user" not in service, name
    for name, service in composed["services"].items():
        assert service["logging"]["options"]["max-size"], name
        assert not [each for each in service.get("volumes", ()) if each.startswith(("/", "."))], name
    used = {each.split(":")[0] for service in composed["services"].values() for each in service.get("volumes", ())}
    assert used == set(composed["volumes"])


def test_the_image_runs_as_nobody_special():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert "USER kam" in lines
    assert lines.index("USER kam") < max(i for i, line in enumerate(lines) if line.startswith("CMD"))
