"""Django settings. Everything that differs between machines comes from kam.environment."""

from datetime import timedelta
from urllib.parse import unquote, urlsplit

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from kam.engines.homes import ROOT, RUN_HOME
from kam.environment import environment

DEBUG = environment.debug
SECRET_KEY = environment.key
ALLOWED_HOSTS = environment.hosts
CSRF_TRUSTED_ORIGINS = environment.origins

# Outside a local run everything goes over TLS; a proxy that ends it says so in a header.
HTTPS = not environment.is_safe_from_strangers
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = environment.hsts_seconds if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if environment.behind_proxy else None
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "kam",
    "accounts",
    "orders",
    "stock",
    "bonuses",
    "reports",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "kam.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kam.middleware.PersonalSettingsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "kam.urls"
WSGI_APPLICATION = "kam.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kam.pages.menu.frame",
            ],
        },
    }
]


def _database(url):
    """A connection that a pooler in transaction mode can serve: no cursors outside a transaction."""
    found = dj_database_url.parse(url, conn_max_age=environment.database_connection_seconds, conn_health_checks=True)
    return {
        **found,
        "OPTIONS": {"connect_timeout": 5, **found.get("OPTIONS", {})},
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "ATOMIC_REQUESTS": False,
    }


DATABASES = {"default": _database(environment.database)}
if environment.database_replica_url:
    DATABASES["replica"] = {**_database(environment.database_replica_url), "TEST": {"MIRROR": "default"}}
DATABASE_ROUTERS = ["kam.replica.ReplicaRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": environment.redis}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = environment.session_hours * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

AUTH_USER_MODEL = "kam.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "kam.sign_in.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "kam:sign_in"
LOGIN_REDIRECT_URL = "kam:today"
LOGOUT_REDIRECT_URL = "kam:sign_in"

AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"
AXES_USERNAME_FORM_FIELD = "username"  # as `authenticate` is called; the default, the model's field, would count nobody
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "kam.pages.entrance.locked_out"
CSRF_FAILURE_VIEW = "kam.pages.errors.csrf_failed"
AXES_CLIENT_IP_CALLABLE = "kam.proxies.client_address"

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Moscow"

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = RUN_HOME.root / "static"
MEDIA_ROOT = environment.files_root
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HTTPS
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = environment.is_safe_from_strangers
UPLOAD_BYTES = environment.upload_megabytes * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_BYTES
FILE_UPLOAD_HANDLERS = [
    "kam.uploads.QuotaHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = environment.form_fields

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.UserRateThrottle",
        "rest_framework.throttling.AnonRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"user": "1200/min", "anon": "30/min"},
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "kam.api.paging.KeysetPagination",
    "EXCEPTION_HANDLER": "kam.api.problems.as_problem",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": True,
    "NUM_PROXIES": 1 if environment.behind_proxy else 0,
}
KNOX_TOKEN_MODEL = "kam.ApiToken"
MIGRATION_MODULES = {"knox": None}  # its own table of tokens, which ours replaces
REST_KNOX = {"TOKEN_MODEL": KNOX_TOKEN_MODEL, "TOKEN_TTL": timedelta(days=90)}
SPECTACULAR_SETTINGS = {
    "TITLE": "KAM workspace",
    "DESCRIPTION": (
        "The same rows, rights and actions as the pages. Sign in with `POST /api/v1/tokens/` and send "
        "`Authorization: Token …`. Errors are problem details (RFC 9457). Writes may be repeated under an "
        "`Idempotency-Key`. Lists are paged by `cursor`; `limit` is 1 to 200. A document's `ETag` may be sent "
        "back as `If-Match` to be told of an edit conflict. Papers and workbooks have addresses that end as the "
        "file does (`bill.pdf`, `ageing.xlsx`); what takes long is made by a worker: 202 with a run, whose `result` "
        "is the file."
    ),
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "VatKindEnum": "orders.models.vat_rate.VAT_KINDS",
        "ActivityKindEnum": "accounts.models.activity.Activity.Kind",
        "ReturnKindEnum": "orders.models.returns.Return.Kind",
        "CreditFactKindEnum": "accounts.models.credit_fact.CreditFact.Kind",
        "CreditCoverKindEnum": "accounts.models.credit_cover.CreditCover.Kind",
        "DiscrepancyKindEnum": "orders.models.discrepancy_act.DiscrepancyActLine.Kind",
        "PaymentKindEnum": "orders.models.payment.Payment.Kind",
        "RefundKindEnum": "orders.models.refund.Refund.Kind",
        "BankLineKindEnum": "orders.models.bank_statement.BankStatementLine.Kind",
        "ClientChannelEnum": "accounts.models.client.Client.Channel",
        "LetterChannelEnum": "orders.models.letter_level.LetterLevel.Channel",
        "DiscrepancyCauseEnum": "orders.models.discrepancy.Discrepancy.Cause",
        "DiscrepancyActCauseEnum": "orders.models.discrepancy_act.DiscrepancyAct.Cause",
        "ReturnReasonEnum": "orders.models.returns.Return.Reason",
        "ContactRoleEnum": "accounts.models.contact.Contact.Role",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
}

LEAST_MARGIN_PERCENT = environment.least_margin_percent
CONTRACT_REQUIRED = environment.contract_required
RESERVATION_WORKING_DAYS = environment.reservation_working_days
RESERVATION_LONGEST_DAYS = environment.reservation_longest_days

_mail = urlsplit(environment.email_url)
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if _mail.hostname else "kam.mail.LoggedMail"
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or {"smtps": 465, "smtp+tls": 587}.get(_mail.scheme, 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.scheme == "smtp+tls", _mail.scheme == "smtps"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.email_from

CELERY_BROKER_URL = environment.broker
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_TIME_LIMIT = environment.task_seconds
CELERY_TASK_SOFT_TIME_LIMIT = environment.task_seconds - 30
# A task whose worker died is handed out again after this time; it must exceed the longest task.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": environment.task_seconds + 300}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "kam.tasks.show_heartbeat", "schedule": 5, "options": {"expires": 30}},
    "rescue-runs": {"task": "kam.tasks.rescue_runs", "schedule": 60, "options": {"expires": 50}},
    "mail-urgent": {"task": "kam.tasks.mail_urgent", "schedule": 60, "options": {"expires": 50}},
    "mail-digests": {"task": "kam.tasks.mail_digests", "schedule": crontab(hour=8, minute=0)},
    "forget-old": {"task": "kam.tasks.forget_old", "schedule": crontab(hour=3, minute=30)},
    # Reservations live to the end of their last day: the first job after midnight ends them.
    "expire-reservations": {"task": "orders.tasks.expire_reservations", "schedule": crontab(hour=0, minute=10)},
    "warn-of-expiry": {"task": "orders.tasks.warn_of_expiry", "schedule": crontab(hour=8, minute=0)},
    "re-evaluate-holds": {"task": "orders.tasks.re_evaluate_holds", "schedule": crontab(minute=20)},
    "close-days": {"task": "reports.tasks.close_days", "schedule": crontab(hour=1, minute=30)},
    "send-letters": {"task": "orders.tasks.send_letters", "schedule": crontab(minute=40)},
    "remind-rechecks": {"task": "orders.tasks.remind_rechecks", "schedule": crontab(hour=8, minute=5)},
    "remind-of-key-rates": {"task": "orders.tasks.remind_of_key_rates", "schedule": crontab(hour=8, minute=10)},
    "prove-counters": {"task": "orders.tasks.prove_counters", "schedule": crontab(hour=3, minute=0)},
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "kam.logs.JsonFormatter"},
        "text": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {
        "stream": {"class": "logging.StreamHandler", "formatter": "json" if HTTPS else "text"},
    },
    "root": {"handlers": ["stream"], "level": environment.log_level},
    "loggers": {
        # Django's own handlers would write errors by mail and in a second format.
        "django": {"handlers": [], "propagate": True, "level": environment.log_level},
        "django.server": {"handlers": [], "propagate": True},
        # Each step of each paper, and of every font it embeds, is nobody's news.
        "weasyprint": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
}

# A paper of more lines is made by a worker, not while the browser waits.
PDF_INLINE_LINES = 300
