"""The one settings file. Every value that differs between machines comes from `environment.py`.

Without DEBUG and with a public SITE_URL all defaults are safe: nothing has to be switched on to be
secure, only switched off to try the tracker on your own machine.
"""

import os

from csp.constants import NONE, SELF

from ogp_tracker.common.web_addresses import host_of
from ogp_tracker.environment import (
    BASE_DIR,
    LOOPBACK_HOSTS,
    SettingsError,
    database,
    email,
    load_env_file,
    read,
)

load_env_file()

VAR_DIR = BASE_DIR / "var"

# What this machine is -----------------------------------------------------------------------------

DEBUG: bool = read("DEBUG")

SITE_URL: str = read("SITE_URL") or ("http://localhost:8000" if DEBUG else "")
SITE_HOST = host_of(SITE_URL)
# Your own machine has no certificate; any other machine needs one.
LOCAL = DEBUG or SITE_HOST in LOOPBACK_HOSTS

SECRET_KEY: str = read("SECRET_KEY") or ""
if not SECRET_KEY:
    raise SettingsError(
        "SECRET_KEY is not set. Make one with `python -c 'import secrets; "
        "print(secrets.token_urlsafe(50))'` and put it into the environment or into the file .env "
        "(see .env.example). Just to look at the tracker, run `python manage.py demo`: it needs no "
        "settings."
    )

ALLOWED_HOSTS: list[str] = list(read("ALLOWED_HOSTS") or [])
if SITE_HOST:
    ALLOWED_HOSTS.insert(0, f"[{SITE_HOST}]" if ":" in SITE_HOST else SITE_HOST)
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_HOST and "://" in SITE_URL else []

SECURITY_CONTACT: str = read("SECURITY_CONTACT") or ""
CONTACT_EMAIL: str = read("CONTACT_EMAIL") or ""
RUN_BY: str = read("RUN_BY") or ""
RUN_BY_LINK: str = read("RUN_BY_LINK") or ""

# The parts ----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    # First, because its `loaddata` replaces Django's.
    "ogp_tracker",
    # The lowest first, like the layers in docs/architecture.md.
    "commitments",
    "milestones",
    "irm",
    "ogp_tracker.accounts",
    "ogp_tracker.opendata",
    "ogp_tracker.history",
    "ogp_tracker.search",
    "ogp_tracker.following",
    "ogp_tracker.mistakes",
    "ogp_tracker.sharing",
    "ogp_tracker.admin_site.TrackerAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "corsheaders",
    "csp",
    "django_filters",
    # Django REST framework is only imported: its own app is pages and scripts that are not used.
    "drf_spectacular",
    "simple_history",
]

MIDDLEWARE = [
    "ogp_tracker.middleware.HostMiddleware",
    # Before all others, so that it keeps a page with their headers.
    "ogp_tracker.pagecache.middleware.PageCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "ogp_tracker.middleware.ContentSecurityPolicyMiddleware",
    "ogp_tracker.middleware.default_headers",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ogp_tracker.accounts.idle_sessions.extend_session",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    # It calls the view itself, so everything else that looks at a view has to come before it.
    "ogp_tracker.opendata.past.middleware.PastPages",
]

ROOT_URLCONF = "ogp_tracker.urls"
WSGI_APPLICATION = "ogp_tracker.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ogp_tracker.context.site",
            ],
            # `intcomma`, for every count that a reader sees: 23,800. USE_THOUSAND_SEPARATOR would
            # change years, ids and the coordinates of drawings, too.
            "builtins": ["django.contrib.humanize.templatetags.humanize"],
        },
    },
]

# Data ---------------------------------------------------------------------------------------------

if (given := read("DATABASE_URL")) is None:
    VAR_DIR.mkdir(exist_ok=True)
    given = database(f"sqlite:///{VAR_DIR.name}/tracker.sqlite3")
DATABASES = {"default": given}
PAGE_CACHE_PAGES: int = read("PAGE_CACHE_PAGES")
CACHES = {
    # Shared by all processes and machines: counts of failed sign-ins, and codes already used.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        # Above this, entries that are still valid are deleted with the old ones.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    # Public pages, in each process (docs/decisions/0020-page-cache.md). A version says whether one
    # is current, not its age; the page unused for longest makes room.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": PAGE_CACHE_PAGES},
    },
    "endless_pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "endless_pages",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": PAGE_CACHE_PAGES // 4},
    },
    # Requests to the API, counted in each process by itself: a count in the shared cache would
    # write for every reading. When it is full, the third of the addresses that asked longest ago
    # is forgotten and begins anew; one that asks on and on is not. With 300 a minute 30 MB at most.
    "api_limits": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "api_limits",
        "OPTIONS": {"MAX_ENTRIES": 10_000, "CULL_FREQUENCY": 3},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "media/"
# Whole tables of the public data, kept as files that can be made again at any time. Without the
# locks of a POSIX system every download reads the database.
DATA_FILES_ROOT = VAR_DIR / "data" if os.name == "posix" else None
# Releases of the data are permanent: back them up.
DATA_RELEASES_ROOT = VAR_DIR / "releases"
EVIDENCE_KINDS: list[str] = read("EVIDENCE_KINDS")
EVIDENCE_MAX_MEGABYTES: int = read("EVIDENCE_MAX_MEGABYTES")
IMPORT_MAX_MEGABYTES: int = read("IMPORT_MAX_MEGABYTES")
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "milestones.evidence_files.upload_handler.BoundedFileUploadHandler",
]

# Words and time -----------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "ogp_tracker.formats"
TIME_ZONE = "Europe/London"
# Every text can be translated. While there is no translation, looking for one took a sixth of a
# page's time.
USE_I18N = LOCALE_PATHS[0].is_dir()
USE_TZ = True
# “example.org” typed into a form means https, as it will by default in Django 6.
FORMS_URLFIELD_ASSUME_HTTPS = True
# What is said beside a field, and whether it is optional.
FORM_RENDERER = "ogp_tracker.common.field_words.OwnRenderer"

# Static files -------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# On your own machine whitenoise serves straight from the source, so no forgotten copy is served.
# In production names carry a fingerprint, which needs `collectstatic`.
STATIC_ROOT = None if LOCAL else VAR_DIR / "static"
WHITENOISE_USE_FINDERS = LOCAL
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if LOCAL
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# The API (docs/decisions/0015-the-api.md) ---------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_THROTTLE_CLASSES": ["ogp_tracker.api.limits.AddressThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["ogp_tracker.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "ogp_tracker.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "ogp_tracker.api.problems.from_exception",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Open Government Tracker",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": ["ogp_tracker.api.description.finish"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
}
API_REQUESTS_PER_MINUTE: int = read("API_REQUESTS_PER_MINUTE")

# Any page of any site may read what is public, and nothing else: no cookie is sent.
CORS_URLS_REGEX = r"^/(api|data)/|/about\.jsonld$"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_METHODS = ("GET", "HEAD", "OPTIONS")
CORS_ALLOW_HEADERS = ("accept", "if-modified-since", "if-none-match")
CORS_EXPOSE_HEADERS = ("ETag", "Last-Modified", "Link", "Retry-After")

# What an account may do in the admin, which Django's own permissions have no say in.
ADMIN_RIGHTS = "commitments.rights.rights_of"

# Safety -------------------------------------------------------------------------------------------


def unless_local(name: str, safe: bool | int) -> bool | int:
    """The variable `name` if it is set, otherwise the safe value, or 0 if LOCAL."""
    value: bool | int | None = read(name)
    if value is not None:
        return value
    return type(safe)(0) if LOCAL else safe


SECURE_SSL_REDIRECT = unless_local("SECURE_SSL_REDIRECT", True)
# A load balancer requests the health page from inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = unless_local("SECURE_HSTS_SECONDS", 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS: bool = read("SECURE_HSTS_INCLUDE_SUBDOMAINS")
SECURE_HSTS_PRELOAD: bool = read("SECURE_HSTS_PRELOAD")
# Only a proxy that always sets or strips this header can be trusted.
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if read("TRUST_X_FORWARDED_PROTO") else None
)
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

SESSION_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = not LOCAL
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# The admin may do a little more (ogp_tracker/middleware.py).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}

# Pages of the admin with many rows are one form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# Sign-in (docs/decisions/0008-sign-in.md) ---------------------------------------------------------

AUTHENTICATION_BACKENDS = ["ogp_tracker.accounts.adapters.OneHashBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
LOGOUT_REDIRECT_URL = "front"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "ogp_tracker.accounts.unsaved_forms.csrf_failure"

# Counted from the last request (ogp_tracker/accounts/idle_sessions.py), in the database and not in
# the cookie.
SESSION_COOKIE_AGE: int = 60 * read("SESSION_REST_MINUTES")
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

ACCOUNT_ADAPTER = "ogp_tracker.accounts.adapters.AccountAdapter"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if LOCAL else "https"
ACCOUNT_EMAIL_NOTIFICATIONS = True
# An administrator gives an account its address; a new address counts once it is confirmed.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {
    "add_email": "ogp_tracker.accounts.forms.AddEmailForm",
    "change_password": "ogp_tracker.accounts.forms.ChangePasswordForm",
    "login": "ogp_tracker.accounts.forms.LoginForm",
    "reauthenticate": "ogp_tracker.accounts.forms.ReauthenticateForm",
    "reset_password": "ogp_tracker.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "ogp_tracker.accounts.forms.ResetPasswordKeyForm",
}
ACCOUNT_LOGIN_METHODS = {"email", "username"}
# The link by email signs in, after which the second factor is asked for: somebody whom failed
# attempts of others keep out gets in with it.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
# allauth's own asks the database about accounts, which takes time that tells.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_PREVENT_ENUMERATION = True
# ogp_tracker/accounts/limits.py tells officers how long they last.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",
    # Requests for email alerts: from one network address, and for one email address.
    "follow": "20/h/key",
    "follow_address": "3/h/key",
    # Mistakes reported from one network address.
    "mistake": "10/h/key",
}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT: int = read("TRUSTED_PROXY_COUNT")

MFA_ADAPTER = "ogp_tracker.accounts.adapters.SecondFactorAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "activate_totp": "ogp_tracker.accounts.forms.ActivateTOTPForm",
    "add_webauthn": "ogp_tracker.accounts.forms.AddPasskeyForm",
    "authenticate": "ogp_tracker.accounts.forms.SecondFactorForm",
    "edit_webauthn": "ogp_tracker.accounts.forms.RenamePasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp", "webauthn"]
TWO_STEP_FOR_REPORTERS: bool = read("TWO_STEP_FOR_REPORTERS")
MFA_TOTP_ISSUER = "Open Government Tracker"
# A code that ran out while it was typed is still valid, so that nobody has to hurry.
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "ogp_tracker.accounts.passwords.StrengthValidator"},
]

# Email and log ------------------------------------------------------------------------------------

# A mail server that does not respond must not hold up a command for ever.
EMAIL_TIMEOUT = 30
globals().update(read("EMAIL_URL") or email("consolemail://"))
DEFAULT_FROM_EMAIL: str = read("DEFAULT_FROM_EMAIL") or f"tracker@{SITE_HOST or 'localhost'}"
if "<" not in DEFAULT_FROM_EMAIL:
    DEFAULT_FROM_EMAIL = f"Open Government Tracker <{DEFAULT_FROM_EMAIL}>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
REMINDER_ESCALATE_AFTER_DAYS: int = read("REMINDER_ESCALATE_AFTER_DAYS")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    # While the database is away, that is logged once and not at every request.
    "filters": {
        "no_outage": {
            "()": "django.utils.log.CallbackFilter",
            "callback": "ext://ogp_tracker.common.outage.is_logged",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": read("LOG_LEVEL")},
    # Django's own handlers would write every line twice, and email errors to nobody.
    "loggers": {
        "django": {"handlers": [], "level": "NOTSET", "propagate": True},
        "django.request": {"filters": ["no_outage"]},
    },
}
