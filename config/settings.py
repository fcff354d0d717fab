"""Django settings: one file for every installation; what differs comes from the environment."""

import logging
import os
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import schedule
from config.enum_names import ENUM_NAMES
from config.environment import PROJECT, database, flag, number, secret, state_folder, versioned_secrets
from config.signing_in import *  # noqa: F403  settings that no installation changes
from foundation.observability.logs import configure_structlog, formatter

django_stubs_ext.monkeypatch()  # Django's generic classes take their parameters at run time too

BASE_DIR = PROJECT
STATE_DIR = state_folder()
PRODUCTION = flag("EXCHANGE_PRODUCTION")
DEBUG = flag("DEBUG") and not PRODUCTION

SECRET_KEY = secret("SECRET_KEY", production=PRODUCTION)
ALLOWED_HOSTS = [h for h in os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_structlog",
    "django_prometheus",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "foundation.observability",
    "foundation.audit",
    "foundation.jobs",
    "foundation.events",
    "foundation.notifications",
    "foundation.participants",
    "foundation.vault",
    "foundation.rulebooks",
    "foundation.backups",
    "foundation.idempotency",
    "foundation.uploads",
    "grading",
    "marketplace.catalog",
    "marketplace.authorization",
    "marketplace.matching",
    "marketplace.delivery",
    "marketplace.incidents",
    "marketplace.api",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "foundation.observability.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.headers.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "foundation.participants.signin.middleware.LanguageOfThePerson",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "foundation.participants.signin.middleware.SecondFactor",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "foundation/participants/templates"],  # before those of the libraries
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "foundation.participants.signin.context.elevation",
            ]
        },
    }
]

DATABASES = {"default": database(os.environ.get("DATABASE_URL") or "postgresql:///exchange")}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if pool_size := int(os.environ.get("DATABASE_POOL", "0")):  # servers pool; commands and tests hold one connection
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 20}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "participants.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

REDIS_URL = os.environ.get("REDIS_URL") or "redis://localhost:6379/0"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "dx",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},  # what is cached can be done without
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
    "max_retries": 0,  # a request does not wait for a broker that is away: the sweep sends later
}
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for it, however long
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = schedule.SCHEDULE

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # supervisors ask without TLS, and a redirect says nothing
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, Any] = {  # files of our own only: no page has a script or style of its own
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the QR code of a second factor; Swagger UI's icons
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "upgrade-insecure-requests": PRODUCTION,
    }
}
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_TLS_PROXY") else None

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "marketplace.api.authentication.ApiKeyAuthentication",
        "marketplace.api.authentication.ProblemSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["marketplace.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "marketplace.api.schema.ExchangeSchema",
    "DEFAULT_PAGINATION_CLASS": "marketplace.api.pagination.NewestFirst",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "marketplace.api.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Data Exchange API",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "marketplace.api.schema.describe_common_parts",
    ],
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
}

LOG_FORMAT = "json" if os.environ.get("LOG_FORMAT", "json" if PRODUCTION else "plain") == "json" else "plain"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"records": formatter("json" if LOG_FORMAT == "json" else "plain")},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "records"}},
    "loggers": {
        "gunicorn.error": {"handlers": ["stderr"], "propagate": False},  # it names addresses, too
        "django.request": {"level": "ERROR"},  # refusals stand in the record of each request
        "celery.beat": {"level": "WARNING"},  # what tasks did stands in the records of jobs
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "INFO")},
}
configure_structlog()
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # addresses are personal data; the proxy in front may keep them
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = flag("BEHIND_TLS_PROXY")
PROMETHEUS_EXPORT_MIGRATIONS = False
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")

# -- the exchange's own ------------------------------------------------------------------------------------------
SUBSCRIPTIONS = "config.subscriptions.SUBSCRIPTIONS"
DONE_AT_ONCE = "config.subscriptions.DONE_AT_ONCE"
SECTORS = "marketplace.catalog.models.Sector"  # that an authority can be the authority of
AUDIT_KEYS = versioned_secrets("AUDIT_KEY", production=PRODUCTION)
AUDIT_SIGNING_KEYS = versioned_secrets("AUDIT_SIGNING_KEY", production=PRODUCTION)
AUDIT_ORIGIN = os.environ.get("AUDIT_ORIGIN") or "localhost/audit"  # the log's name in its checkpoints, for good
AUDIT_CHECKPOINT_DIR = Path(os.environ.get("AUDIT_CHECKPOINT_DIR") or STATE_DIR / "checkpoints")
VAULT_DIR = Path(os.environ.get("VAULT_DIR") or STATE_DIR / "vault")
VAULT_MASTER_KEYS = versioned_secrets("VAULT_MASTER_KEY", production=PRODUCTION)
VAULT_MASTER_KEY_VERSION = max(VAULT_MASTER_KEYS)
VAULT_ADDRESS_KEY = secret("VAULT_ADDRESS_KEY", production=PRODUCTION)
DELIVERY_KEY = secret("DELIVERY_KEY", production=PRODUCTION)
DELIVERY_LINK_SECONDS = int(os.environ.get("DELIVERY_LINK_SECONDS", "900"))
DELIVERY_TRANSFER_HOURS = float(os.environ.get("DELIVERY_TRANSFER_HOURS", "24"))
THROTTLES = {  # how many requests: of a key or person, of an address without one, and of these in particular
    name: os.environ.get(f"THROTTLE_{name.upper()}", usual)
    for name, usual in {
        "key": "1800/minute",
        "address": "300/minute",
        "registration": "30/hour",
        "invitation": "60/hour",
        "upload": "600/hour",
        "download": "1200/hour",
    }.items()
}
UPLOAD_LIMIT_BYTES = int(os.environ.get("UPLOAD_LIMIT_BYTES", str(5 * 1024**3)))
UPLOAD_IDLE_SECONDS = int(os.environ.get("UPLOAD_IDLE_SECONDS", str(24 * 3600)))
UPLOAD_UNFINISHED_MOST = int(os.environ.get("UPLOAD_UNFINISHED_MOST", "20"))
UPLOAD_UNFINISHED_BYTES = int(os.environ.get("UPLOAD_UNFINISHED_BYTES", str(4 * UPLOAD_LIMIT_BYTES)))
# What reading one file may use, in a process of its own (foundation/confined); time and space grow with the file.
FILE_MEMORY_BYTES = int(os.environ.get("FILE_MEMORY_BYTES", str(2 * 1024**3)))
FILE_CPU_SECONDS = int(os.environ.get("FILE_CPU_SECONDS", "300"))
FILE_CPU_SECONDS_PER_MIB = float(os.environ.get("FILE_CPU_SECONDS_PER_MIB", "1.0"))
FILE_WALL_SECONDS = int(os.environ.get("FILE_WALL_SECONDS", "3300"))
FILE_SCRATCH_BYTES = int(os.environ.get("FILE_SCRATCH_BYTES", str(64 * 1024**2)))
FILE_EXPANSION = int(os.environ.get("FILE_EXPANSION", "20"))
EXAMINE_PART_BYTES = int(os.environ.get("EXAMINE_PART_BYTES", str(256 * 1024**2))) or None  # 0: files are never split
JOB_LEASE_SECONDS = int(os.environ.get("JOB_LEASE_SECONDS", "60"))
JOB_RESEND_SECONDS = int(os.environ.get("JOB_RESEND_SECONDS", "30"))
JOB_RETENTION_DAYS = int(os.environ.get("JOB_RETENTION_DAYS", "90"))
EVENT_RETENTION_DAYS = int(os.environ.get("EVENT_RETENTION_DAYS", "365"))

# -- people: keys, invitations, signing in ---------------------------------------------------------------------------
PUBLIC_URL = (os.environ.get("PUBLIC_URL") or "http://127.0.0.1:8000").rstrip("/")  # for links in mails
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES") or flag("BEHIND_TLS_PROXY"))  # whose X-Forwarded-For counts
API_KEY_DAYS = int(os.environ.get("API_KEY_DAYS", "365"))
ACCREDITATION_REMINDER_DAYS = int(os.environ.get("ACCREDITATION_REMINDER_DAYS", "30"))
INVITATION_HOURS = int(os.environ.get("INVITATION_HOURS", "72"))
INVITATIONS_BY_MAIL = flag("INVITATIONS_BY_MAIL", default=PRODUCTION)  # else the link is shown to who invites
MFA_REQUIRED = flag("MFA_REQUIRED", default=PRODUCTION)  # of administrators, reviewers and approvers
ELEVATION_REQUIRED = flag("ELEVATION_REQUIRED", default=PRODUCTION)  # of administrators of the exchange, in the admin
ELEVATION_MINUTES = int(os.environ.get("ELEVATION_MINUTES", "60"))
ACCOUNT_KEYS = versioned_secrets("ACCOUNT_KEY", production=PRODUCTION)

SESSION_COOKIE_AGE = int(os.environ.get("SESSION_HOURS", "8")) * 3600
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

# notices: by mail (Django's backend: SMTP where a host is named, else files in the state folder) and by webhook
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = STATE_DIR / "mail"
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_USE_TLS = not EMAIL_USE_SSL and flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("EMAIL_FROM", "exchange@localhost")
NOTIFICATION_KEYS = versioned_secrets("NOTIFICATION_KEY", production=PRODUCTION)
NOTIFICATION_DAYS = int(os.environ.get("NOTIFICATION_DAYS", "365"))
WEBHOOK_DELIVERY_DAYS = int(os.environ.get("WEBHOOK_DELIVERY_DAYS", "30"))
WEBHOOK_PORTS = [int(port) for port in os.environ.get("WEBHOOK_PORTS", "443,8443").split(",")]
WEBHOOK_BLOCKED_NETWORKS = [n for n in os.environ.get("WEBHOOK_BLOCKED_NETWORKS", "").split(",") if n]
WEBHOOK_ALLOW_LOOPBACK = flag("WEBHOOK_ALLOW_LOOPBACK") and not PRODUCTION  # plain http to this machine, for trying out
GRANT_REMINDER_DAYS = int(os.environ.get("GRANT_REMINDER_DAYS", "7"))
TERMS_REMINDER_DAYS = number("TERMS_REMINDER_DAYS", 3)
# requests for access: until the whole ends undecided, when approvers are reminded, and how long a refusal is appealed
REQUEST_DAYS = int(os.environ.get("REQUEST_DAYS", "90"))
STEP_REMINDER_DAYS = int(os.environ.get("STEP_REMINDER_DAYS", "3"))
REQUEST_APPEAL_DAYS = int(os.environ.get("REQUEST_APPEAL_DAYS", "30"))
APPEAL_DAYS = int(os.environ.get("APPEAL_DAYS", "30"))
DEMAND_REFRESH_HOURS = number("DEMAND_REFRESH_HOURS", 24)  # docs/demands.md
MATCH_DIGEST_HOURS = int(os.environ.get("MATCH_DIGEST_HOURS", "24"))
DEMAND_SAMPLE_DAYS = number("DEMAND_SAMPLE_DAYS", 3)  # a sample that nobody has read is deleted after so many
# meaning beside words: auto (where requirements-semantic.txt is installed), off, or the dotted path of another model
SEMANTIC_MODEL = os.environ.get("SEMANTIC_MODEL") or "auto"
# allocation and dormant listings: docs/allocation.md, docs/feedback.md
ALLOCATION_HOURS = number("ALLOCATION_HOURS", 168)
ALLOTMENT_DAYS = number("ALLOTMENT_DAYS", 14)
ALLOTMENT_PAUSE_DAYS = number("ALLOTMENT_PAUSE_DAYS", 90)
ALLOCATION_CANDIDATES = number("ALLOCATION_CANDIDATES", 20)
DORMANT_DAYS = number("DORMANT_DAYS", 180)
DORMANT_OFFERS = number("DORMANT_OFFERS", 10)

# Secrets that stored data depend on, by variable: a backup names their versions and is restored only where they are the
# same. SECRET_KEY is not among them: a new one ends sessions, which are not backed up anyway.
BACKUP_NEEDS = {
    "VAULT_MASTER_KEY": "VAULT_MASTER_KEYS",
    "VAULT_ADDRESS_KEY": "VAULT_ADDRESS_KEY",
    "AUDIT_KEY": "AUDIT_KEYS",
    "AUDIT_SIGNING_KEY": "AUDIT_SIGNING_KEYS",
    "ACCOUNT_KEY": "ACCOUNT_KEYS",
    "NOTIFICATION_KEY": "NOTIFICATION_KEYS",
    "DELIVERY_KEY": "DELIVERY_KEY",
}
