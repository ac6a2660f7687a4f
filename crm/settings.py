"""All settings, read from the environment (and `.env`). Every name is described in docs/deployment.md."""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from crm import production, theme, version

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = version.read(BASE_DIR / "CHANGELOG.md")

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# Without a word about it this is production: whoever forgets to say gets the strict rules.
PRODUCTION = env.str("ENVIRONMENT", "production") != "development"
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", production.DEVELOPMENT_SECRET)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
FIELD_KEY = env.list("FIELD_KEY", default=[])  # the first seals identity numbers, all unseal
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))  # what the program writes: database file, static files
VAR_DIR.mkdir(parents=True, exist_ok=True)

# The hospital
HOSPITAL_NAME = env.str("HOSPITAL_NAME", "Riverside Hospital")
HOSPITAL_NAME_ZH = env.str("HOSPITAL_NAME_ZH", "江滨医院")
HOSPITAL_PHONE = env.str("HOSPITAL_PHONE", "")  # stands on the portal's error pages, when the database is away too
EMERGENCY_PHONE = env.str("EMERGENCY_PHONE", "120")  # the country's ambulance, said where patients name what hurts
DEMO_PASSWORD = "" if PRODUCTION else env.str("DEMO_PASSWORD", "")  # of the demo hospital's logins
TIME_ZONE = env.str("TIME_ZONE", "Asia/Shanghai")
USE_TZ = True
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LANGUAGE_CODE = env.str("LANGUAGE_CODE", "zh-hans")
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "crm.formats"
PUBLIC_URL = env.str("PUBLIC_URL", "" if PRODUCTION else "http://localhost:8000").rstrip("/")  # how patients reach us
PHONE_REGION = env.str("PHONE_REGION", "CN")  # ISO country of numbers that are written without a country code
PHONENUMBER_DEFAULT_REGION = PHONE_REGION
PHONENUMBER_DB_FORMAT = "E164"

# The pool
HOLD_MINUTES = env.int("HOLD_MINUTES", 5)  # how long a chosen place is kept
MAX_HOLDS = env.int("MAX_HOLDS", 10)  # places that one member of staff may hold at a time
MAX_CHANNEL_HOLDS = env.int("MAX_CHANNEL_HOLDS", 500)  # places that all callers of one channel's device may hold
MAX_PATIENT_HOLDS = env.int("MAX_PATIENT_HOLDS", 2)  # places that the patient portal may hold for one patient
MAX_FAMILY = env.int("MAX_FAMILY", 8)  # people whom one person on the portal may act for
PORTAL_PER_SECOND = env.float("PORTAL_PER_SECOND", 15)  # people who may begin to choose a time; 0: no waiting room
HORIZON_DAYS = env.int("HORIZON_DAYS", 56)  # sessions are made so many days ahead
HOLIDAY_COUNTRY = env.str("HOLIDAY_COUNTRY", "CN")  # whose public holidays close the clinics; "" for none

# Applications, from the top floor to the bottom, then the packages
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "crm",
    "desk",
    "portal",
    "api",
    "reminders",
    "interactions",
    "visits",
    "scheduling",
    "messaging",
    "patients",
    "directory",
    "accounts",
    "common",
    "crm.apps.CrmAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "simple_history",
    "import_export",
    "rest_framework",
    "rest_framework_api_key",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_q",
    "axes",
    "csp",
    "django_htmx",
    "phonenumber_field",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"

# The classes of `crm.middleware` are the packages' own, but let requests under /api/ pass untouched: an API call
# carries a key and no session, and the short way is worth 15 to 50 % in bookings per second.
MIDDLEWARE = [
    "crm.middleware.ClientAddress",
    "django.middleware.security.SecurityMiddleware",
    "crm.middleware.PlaceInLine",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "crm.middleware.NoStore",
    "crm.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "crm.middleware.AuthenticationMiddleware",
    "crm.middleware.IdleLimit",
    "crm.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "crm.middleware.ActingUserMiddleware",
    "crm.middleware.HtmxMiddleware",
    "crm.middleware.CSPMiddleware",
    "axes.middleware.AxesMiddleware",
]

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
                "crm.context.hospital",
            ],
        },
    },
]

# Database. SQLite: IMMEDIATE and WAL, or web and worker lock each other out. PostgreSQL: gunicorn.conf.py gives web
# processes a pool; every other process keeps one connection per thread, because a pool does not survive a fork.
DATABASES = {"default": env.db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
_database = DATABASES["default"]
_pool_size = env.int("DATABASE_POOL", 0)
if "sqlite" in _database["ENGINE"]:
    _database["CONN_MAX_AGE"] = None
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds to wait for another writer
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY; "
        "PRAGMA cache_size=-20000; PRAGMA mmap_size=134217728",
    }
else:
    _timeouts = {
        "lock_timeout": env.int("DATABASE_LOCK_TIMEOUT_MS", 3_000),
        "statement_timeout": env.int("DATABASE_STATEMENT_TIMEOUT_MS", 60_000),
        "idle_in_transaction_session_timeout": env.int("DATABASE_IDLE_TIMEOUT_MS", 30_000),
    }
    _database["OPTIONS"] = {
        **_database.get("OPTIONS", {}),
        "options": " ".join(f"-c {name}={value}" for name, value in _timeouts.items()),
    }
    # Statements of the hot path are prepared at their second run and planned once: to plan a search anew would take
    # twice as long as to run it. Off behind a pooler in transaction mode.
    if env.bool("DATABASE_PREPARE", True):
        _database["OPTIONS"]["prepare_threshold"] = 1
        _database["OPTIONS"]["options"] += " -c plan_cache_mode=force_generic_plan"
    if _pool_size:
        _database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": _pool_size, "timeout": 10}
        _database["CONN_MAX_AGE"] = 0  # the pool keeps them
    else:
        _database["CONN_MAX_AGE"] = None

# Queue and cache. The queue only wakes workers; what is to be done stands in the tables, so losing a wake-up is
# harmless. `retry` is above (queue_limit / workers + 1) x timeout, else a waiting task would be run twice.
REDIS_URL = env.str("REDIS_URL", "")
Q_CLUSTER = {
    "name": "crm",
    "workers": env.int("WORKERS", 2),
    "queue_limit": env.int("WORKERS", 2),
    "bulk": 1,
    "timeout": 60,
    "retry": 300,
    "max_attempts": 5,
    "ack_failures": True,
    "save_limit": -1,
    "catch_up": False,
    "recycle": 500,
    "label": _("Background work"),
    **({"redis": REDIS_URL} if REDIS_URL else {"orm": "default"}),
}
CACHES = {
    "default": (
        {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# Signing in
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # both: nobody can lock a colleague out from elsewhere
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "locked_out.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False  # unlocking: manage.py axes_reset_username

# Codes that patients are told at their phone, to sign in with: how many may be asked for in an hour
CODES_PER_ADDRESS = env.int("CODES_PER_ADDRESS", 30)  # by one client address; a hospital's Wi-Fi has one for everybody
CODES_PER_HOUR = env.int("CODES_PER_HOUR", 2_000)  # in all, so that nobody empties the account at the carrier

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(hours=env.int("SESSION_HOURS", 12)).total_seconds())  # the longest working day
SESSION_IDLE_LIMIT = timedelta(minutes=env.int("SESSION_IDLE_MINUTES", 30))
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "crm.views.csrf_failure"

# Headers
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked by a load balancer, over plain HTTP
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)  # exactly one proxy in front, which sets X-Forwarded-For and -Proto
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Unfold's Alpine evaluates its attributes (unsafe-eval) and Unfold writes style attributes (unsafe-inline, styles
# only). Scripts come from this host or carry the page's nonce: injected markup runs nothing.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_EVAL, NONCE],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Files
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"
PAPER_DIR = Path(env.str("PAPER_DIR", str(VAR_DIR / "paper")))  # day lists for when the network is gone

# E-mail
vars().update(env.email_url("EMAIL_URL", "consolemail://"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", "no-reply@localhost")

# The API
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],  # a view names its own; nothing is open by forgetting to
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,
    "EXCEPTION_HANDLER": "api.answers.refusal.handle",
}
API_RATE = env.int("API_RATE", 1200)  # requests per key and minute
SPECTACULAR_SETTINGS = {
    "TITLE": f"{HOSPITAL_NAME}: channels",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",  # served from here: the page works without the internet
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PUBLIC": True,
    "ENUM_NAME_OVERRIDES": {
        "AppointmentStatus": "scheduling.models.AppointmentStatus",
        "PersonSex": "patients.models.Sex",
        "ServiceSex": "directory.models.service.Sex",
        "PractitionerTitle": "directory.models.practitioner.Title",
    },
}

# The staff face
UNFOLD = {
    "SITE_TITLE": theme.hospital_name,
    "SITE_HEADER": theme.hospital_name,
    "SITE_URL": None,
    "SITE_SYMBOL": "local_hospital",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": theme.icon}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "COLORS": theme.COLORS,
    "STYLES": [theme.stylesheet],
    "SCRIPTS": [theme.script, theme.choosing, theme.keys, theme.lock],
    # The search opens with Ctrl + K: Unfold's other one listens to a bare letter, which nobody can type around.
    "SIDEBAR": {"show_search": True, "command_search": True, "navigation": "crm.menu.navigation"},
}

# Logs: what happened, where; never a query string, a body, a name, or an address that opens something by itself
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"secrets": {"()": "common.secret_paths.HidesSecrets"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "plain",
            "filters": ["secrets"],
        }
    },
    "root": {"handlers": ["stdout"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        "django-q": {"handlers": [], "level": "WARNING", "propagate": True},
        "urllib3": {"level": "INFO"},  # below, it writes the addresses that are called, and they hold numbers and keys
        "axes": {"level": "ERROR"},  # its messages hold user names; the table holds the attempts
    },
}

if PRODUCTION and (
    _problems := production.problems(
        secret_key=SECRET_KEY,
        field_key=FIELD_KEY,
        debug=DEBUG,
        email_backend=vars()["EMAIL_BACKEND"],
        allowed_hosts=ALLOWED_HOSTS,
        public_url=PUBLIC_URL,
    )
):
    raise ImproperlyConfigured("This is production (ENVIRONMENT is not 'development'). " + " ".join(_problems))
