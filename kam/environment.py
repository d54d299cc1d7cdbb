"""What the program takes from its environment, validated once at start."""

import secrets
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Environment(BaseSettings):
    """Typed settings; every name is an environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore")

    debug: bool = False
    secret_key: str = ""
    allowed_hosts: str = "localhost,127.0.0.1,[::1]"
    csrf_trusted_origins: str = ""
    database_url: str = "postgres://postgres@127.0.0.1:5432/kam"
    database_replica_url: str = ""
    redis_url: str = "redis://127.0.0.1:6379/0"
    email_url: str = ""

    def list_of(self, name: str) -> list[str]:
        """A comma-separated variable as a list without blanks."""
        return [part.strip() for part in getattr(self, name).split(",") if part.strip()]


environment = Environment()
if not environment.secret_key and environment.debug:
    environment.secret_key = secrets.token_urlsafe(50)
