"""What the program takes from its environment: typed, validated once at start, explained here.

Every field is an environment variable of the same name in capitals. Nonsense ends the program with one
line on standard error and exit code 1, before anything is started or written.
"""

import secrets
import sys
from decimal import Decimal
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from kam.engines.homes import RUN_HOME

_LOOPBACK = "localhost,127.0.0.1,[::1]"
_SECRET_LENGTH = 50
_SECRET_KINDS = 10


class Environment(BaseSettings):
    """The variables, their kinds and their bounds. An empty value counts as not given."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", env_ignore_empty=True, frozen=True)

    # What kind of run this is. DEBUG shows errors to the visitor; LOCAL is a run for one person on this
    # machine: plain HTTP on loopback, static files straight from their sources, a key of its own.
    debug: bool = False
    local: bool = False
    secret_key: str = ""
    allowed_hosts: str = ""
    csrf_trusted_origins: str = ""
    # Whether a proxy before us ends TLS and sets X-Forwarded-Proto and X-Forwarded-For itself.
    behind_proxy: bool = False
    hsts_seconds: int = Field(default=31_536_000, ge=0)

    # Servers. Without a URL the embedded engine of this checkout is used.
    database_url: str = ""
    database_replica_url: str = ""
    database_connection_seconds: int = Field(default=60, ge=0, le=3600)
    redis_url: str = ""
    email_url: str = ""
    email_from: str = "kam@localhost"

    # House rules of orders.
    least_margin_percent: Decimal = Field(default=Decimal(5), ge=0, lt=100)  # below it a price needs the head
    contract_required: bool = True  # no confirmed order without a valid contract
    reservation_working_days: int = Field(default=3, ge=1, le=60)
    reservation_longest_days: int = Field(default=30, ge=1, le=365)  # from the promise, however often it is prolonged

    # Time limits.
    session_hours: int = Field(default=12, ge=1, le=24 * 14)
    request_seconds: int = Field(default=60, ge=5, le=600)
    task_seconds: int = Field(default=3600, ge=60, le=86_400)

    # Limits of what people send us.
    upload_megabytes: int = Field(default=50, ge=1, le=2048)
    form_fields: int = Field(default=20_000, ge=1000, le=1_000_000)

    # How much runs beside each other, and where.
    port: int = Field(default=8000, ge=1, le=65_535)
    web_workers: int = Field(default=2, ge=1, le=64)
    web_threads: int = Field(default=4, ge=1, le=64)
    worker_processes: int = Field(default=2, ge=1, le=64)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    # Where data, logs and collected static files lie, and uploaded files if elsewhere.
    var_root: str = str(RUN_HOME.root)
    files_root: str = str(RUN_HOME.root / "files")
    # Whether make run builds the demo company in an empty database.
    demo: bool = True

    @field_validator("database_url", "database_replica_url")
    @classmethod
    def _names_a_database(cls, value):
        if value:
            parts = _split(value)
            if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
                raise ValueError("must look like postgres://user:password@host:5432/name")
        return value

    @field_validator("redis_url")
    @classmethod
    def _names_a_redis(cls, value):
        if value and not (_split(value).scheme in {"redis", "rediss", "unix"} and value.partition("://")[2]):
            raise ValueError("must look like redis://host:6379/0, rediss://… or unix:///path?db=0")
        return value

    @field_validator("email_url")
    @classmethod
    def _names_a_mail_server(cls, value):
        if value:
            parts = _split(value)
            if parts.scheme not in {"smtp", "smtps", "smtp+tls"} or not parts.hostname:
                raise ValueError("must look like smtp+tls://user:password@host:587, smtps://… or smtp://…")
        return value

    @field_validator("csrf_trusted_origins")
    @classmethod
    def _has_schemes(cls, value):
        for origin in _listed(value):
            if not origin.startswith(("https://", "http://")):
                raise ValueError(f"{origin} must begin with https://")
        return value

    @field_validator("allowed_hosts")
    @classmethod
    def _are_hosts(cls, value):
        for host in _listed(value):
            if "/" in host or " " in host:
                raise ValueError(f"{host} is an address, not a host name: write it without https:// and path")
        return value

    @model_validator(mode="after")
    def _fits_together(self):
        if not self.is_safe_from_strangers:
            if not self.secret_key:
                raise ValueError("SECRET_KEY is required: set 50 or more random characters")
            if len(self.secret_key) < _SECRET_LENGTH or len(set(self.secret_key)) < _SECRET_KINDS:
                raise ValueError("SECRET_KEY is too weak: set 50 or more random characters")
            if self.secret_key.startswith("django-insecure-"):
                raise ValueError("SECRET_KEY is an example: set 50 or more random characters")
            if not self.allowed_hosts:
                raise ValueError("ALLOWED_HOSTS is required: the host names people use, separated by commas")
            if "*" in _listed(self.allowed_hosts):
                raise ValueError("ALLOWED_HOSTS must name the hosts: * would accept any")
        return self

    @property
    def is_safe_from_strangers(self):
        """Whether this run answers its own developer only, so that it may do without secrets."""
        return self.debug or self.local

    @property
    def hosts(self):
        """The host names we answer to."""
        return _listed(self.allowed_hosts or _LOOPBACK)

    @property
    def origins(self):
        """The origins beside our own whose forms we accept."""
        return _listed(self.csrf_trusted_origins)

    @property
    def key(self):
        """The secret key: the given one, else one made once for this checkout (local runs only)."""
        return self.secret_key or _own_key(RUN_HOME.root / "secret_key")

    @property
    def database(self):
        """The URL of the database."""
        return self.database_url or RUN_HOME.database_url()

    @property
    def redis(self):
        """The URL of the Redis server."""
        return self.redis_url or RUN_HOME.redis_url()

    @property
    def broker(self):
        """The Redis server as Celery spells it: it names unix sockets in its own way."""
        parts = urlsplit(self.redis)
        if parts.scheme != "unix":
            return self.redis
        return f"redis+socket://{quote(unquote(parts.path))}?virtual_host={parts.query.removeprefix('db=') or 0}"


def _split(url):
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 a port that is no number shows only when asked for
    except ValueError as error:
        raise ValueError(f"is no URL ({error})") from None
    return parts


def _listed(text):
    return [part.strip() for part in text.split(",") if part.strip()]


def _own_key(path):
    """A random key kept in a file that only we may read, so that sessions survive a restart."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(60))
    return path.read_text()


def read_environment():
    """The validated environment. Ends the program with one clear line where it is nonsense."""
    try:
        return Environment()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]).upper()
        text = first["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
        sys.stderr.write(f"kam: {name + ': ' if name else ''}{text}\n")
        raise SystemExit(1) from None


environment = read_environment()
