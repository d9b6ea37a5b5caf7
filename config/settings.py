"""One settings file, read from the environment; a process refuses to start with more than its role needs."""

import json
import logging
from pathlib import Path

import environ
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.logs import configure_logs
from config.policy import PUBLIC, is_onion
from grievance.vault import KeyRingError, load_keys

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("RECOURSE_VAR", default=str(BASE_DIR / "var")))

# -- Role: public (seals only), office, worker, or all (embedded: one machine, one user, no such protection).
ROLE = env.str("RECOURSE_ROLE", default="all")
PRODUCTION = env.bool("RECOURSE_PRODUCTION", default=ROLE != "all")
DEMO = env.bool("DEMO", default=not PRODUCTION)
KEYS_DIR = Path(env.str("RECOURSE_KEYS", default=str(VAR_DIR / "keys")))

if ROLE not in {"public", "office", "worker", "all"}:
    raise ImproperlyConfigured("RECOURSE_ROLE is one of public, office, worker, all")
try:
    KEYS = load_keys(KEYS_DIR, ROLE)
except KeyRingError as error:
    raise ImproperlyConfigured(f"keys: {error}") from error
SECRET_KEY = (KEYS_DIR / "secret").read_text().strip()

SERVES_PUBLIC = ROLE in {"public", "all"}
SERVES_OFFICE = ROLE in {"office", "all"}

DEBUG = False
ALLOWED_HOSTS = env.list("RECOURSE_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"])
SITE_URL = env.str("RECOURSE_URL", default="" if PRODUCTION else f"http://127.0.0.1:{env.str('PORT', default='8000')}")
# Where people find the public pages: on posters. The same as the office, unless it says otherwise.
PUBLIC_URL = (env.str("RECOURSE_PUBLIC_URL", default="") or SITE_URL).rstrip("/")
REDIS_URL = env.str("REDIS_URL", default="")
# The same public pages as an onion service: its address as a browser writes it, such as http://….onion. docs/onion.md
ONION = env.str("RECOURSE_ONION", default="").rstrip("/")
if ONION and not is_onion(ONION):
    raise ImproperlyConfigured("RECOURSE_ONION is http:// or https:// and 56 letters and digits, then .onion")
ONION_HOST = ONION.partition("://")[2] if SERVES_PUBLIC else ""
if ONION_HOST:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, ONION_HOST]
BEHIND_PROXY = env.bool("RECOURSE_BEHIND_PROXY", default=False)

if PRODUCTION:
    demands = (
        ("RECOURSE_HOSTS is missing", not ALLOWED_HOSTS),
        ("RECOURSE_URL is missing", not SITE_URL),
        ("DATABASE_URL is missing", not env.str("DATABASE_URL", default="")),
        ("REDIS_URL is missing", not REDIS_URL),
        ("EMAIL_URL is missing", ROLE == "worker" and not env.str("EMAIL_URL", default="")),
        (
            "SMS_GATEWAY is missing ({} where the gateways of the office are enough, or no texts are sent)",
            ROLE == "worker" and not env.str("SMS_GATEWAY", default=""),
        ),
        (
            "the catalogues are not compiled: python -m config.catalogues compile",
            any(not path.with_suffix(".mo").exists() for path in (BASE_DIR / "locale").glob("*/*/*.po")),
        ),
        (
            "RECOURSE_GATEWAY_LOOPBACK has no place in production: files would be fetched from this machine",
            env.bool("RECOURSE_GATEWAY_LOOPBACK", default=False),
        ),
        ("DEMO has no place in production: its logins are public", DEMO),
        ("RECOURSE_ROLE=all has no place in production: it holds every key", ROLE == "all"),
        (
            "the keys lie beside the data: set RECOURSE_KEYS to a folder of their own",
            KEYS_DIR.resolve().is_relative_to(VAR_DIR.resolve()),
        ),
    )
    wrong = [text for text, holds in demands if holds]
    if wrong:
        raise ImproperlyConfigured("; ".join(wrong))

INSTALLED_APPS = [
    "notifications",
    "cases",
    "grievance",
    "supplychain",
    "accounts",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "simple_history",
    "django_structlog",
    "csp",
    "drf_spectacular_sidecar",  # the files of Swagger UI, which one page of the office shows
    "config.apps.OfficeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "config.logs.RequestLog",
    "config.middleware.PolicyMiddleware",
    "config.middleware.OnionMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    # Cookies of the office live under /office/ alone: a public page neither reads nor sets one.
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.EntranceMiddleware",
    "accounts.middleware.OwnLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# -- Database: SQLite in WAL with full durability, or PostgreSQL. No transaction around a request: reads take no locks.
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'recourse.sqlite3'}")}
DATABASES["default"]["CONN_MAX_AGE"] = 60
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    # Compiling a short question costs PostgreSQL a hundred milliseconds and saves none.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_timeout": 5, "socket_connect_timeout": 2},
        }
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}}
    )
}

# -- People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "office"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False  # the session ends with the browser, at the latest after SESSION_COOKIE_AGE
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_EMAIL_NOTIFICATIONS = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Recourse"
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_PATH = "/office/"
CSRF_COOKIE_PATH = "/office/"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
# In the session, because the cookie of the other storage would be sent to the public pages too.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# -- Languages: every folder under locale/ is offered; English is in the code. Their own names in their own script.
LOCALE_PATHS = [BASE_DIR / "locale"]
OWN_NAMES: dict[str, dict[str, object]] = json.loads((BASE_DIR / "config" / "languages.json").read_text())
for code, info in OWN_NAMES.items():
    LANG_INFO.setdefault(code, {"code": code, **info})
LANGUAGE_CODE = "en"
OFFERED = {folder.parent.name.replace("_", "-").lower() for folder in (BASE_DIR / "locale").glob("*/LC_MESSAGES")} - {
    "en"
}
LANGUAGES = [("en", "English"), *sorted((code, str(LANG_INFO[code]["name"])) for code in OFFERED)]
LANGUAGES_BIDI = [code for code in OFFERED if LANG_INFO[code]["bidi"]]
USE_I18N = True
FORMAT_MODULE_PATH = ["config.formats"]
USE_TZ = True
TIME_ZONE = "UTC"

# -- Files: everything uploaded is sealed while it streams in; nothing plain touches a disk.
FILE_UPLOAD_HANDLERS = ["grievance.uploads.SealingUploadHandler"]
# Bytes of one request with all its files; what is larger is not read. A proxy in front must let as much through.
UPLOAD_REQUEST_LARGEST = env.int("RECOURSE_REQUEST_MEGABYTES", default=130) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# -- Programs of partners: JSON under /api/v1/, each call by its token (cases.api.door). No cookie, no page to click on.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "config.errors.problem",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Recourse for field partners",
    "DESCRIPTION": "File for people who asked you to, and see where it stands, as far as each of them allows. By https "
    "alone; an address is the same without its last slash, and nothing is redirected.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVERS": [{"url": PUBLIC_URL}],
    "APPEND_COMPONENTS": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    "SECURITY": [{"token": []}],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["cases.api.described.nothing_else", "cases.api.described.what_follows"],
}

# -- Headers
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": PUBLIC}  # the office has its own: config.policy
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("RECOURSE_TLS_REDIRECT", default=True)
    # A program that is led on to TLS comes there without what it sent, after its token was read on the way: see
    # `cases.api.door`.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^api(/|$)"]
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    if BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# -- Channels. Without EMAIL_URL and SMS_URL the demo writes what it would send under var/outbox.
vars().update(env.email("EMAIL_URL", default=f"filemail:///{VAR_DIR / 'outbox'}"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("RECOURSE_FROM", default="Recourse <noreply@recourse.invalid>")
OUTBOX_DIR = VAR_DIR / "outbox"
# JSON of grievance.gateways.generic.outbound.Gateway, for texts that no gateway of the office carries; empty: they go
# to files under OUTBOX_DIR.
SMS_GATEWAY = env.json("SMS_GATEWAY", default={})
# For tests and for a gateway on this machine alone: files that came with texts may be fetched from it, without TLS.
GATEWAY_LOOPBACK = env.bool("RECOURSE_GATEWAY_LOOPBACK", default=False)

# -- Work
CELERY_BROKER_URL = REDIS_URL or "memory://localhost"
# Longer than any task takes: sooner, a task still running would be given to a second worker.
# In memory the queue is polled: by the default, once a second, a sweep could be found only when it has expired.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 600, "unacked_restore_throttle": 1} if REDIS_URL else {"polling_interval": 0.05}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # however long it is away
CELERY_TASK_ACKS_LATE = bool(REDIS_URL)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TIMEZONE = "UTC"
CELERY_TASK_IGNORE_RESULT = True

SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_ENFORCE_HISTORY_MODEL_PERMISSIONS = True
LOGGING_CONFIG = None
configure_logs(production=PRODUCTION)
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # the line at the end says it all
SITE_TITLE = _("Recourse")
