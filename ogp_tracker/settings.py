"""The one settings file. Every value that differs between machines comes from `environment.py`.

Without DEBUG and with a public SITE_URL all defaults are the safe ones: nothing has to be switched
on to be secure, only switched off to be tried on one's own machine.
"""

from csp.constants import NONE, SELF

from ogp_tracker.environment import (
    BASE_DIR,
    LOOPBACK_HOSTS,
    SettingsError,
    database,
    email,
    host_of,
    load_env_file,
    read,
)

load_env_file()

VAR_DIR = BASE_DIR / "var"

# What this machine is -----------------------------------------------------------------------------

DEBUG: bool = read("DEBUG")

SITE_URL: str = read("SITE_URL") or ("http://localhost:8000" if DEBUG else "")
SITE_HOST = host_of(SITE_URL)
# On one's own machine there is no certificate; everywhere else there must be one.
LOCAL = DEBUG or SITE_HOST in LOOPBACK_HOSTS

SECRET_KEY: str = read("SECRET_KEY") or ""
if not SECRET_KEY:
    raise SettingsError(
        "SECRET_KEY is not set. Make one with `python -c 'import secrets; "
        "print(secrets.token_urlsafe(50))'` and put it into the environment or into the file .env "
        "(see .env.example). Just to look at the tracker, run `python manage.py demo`: it needs no "
        "settings."
    )

ALLOWED_HOSTS: list[str] = read("ALLOWED_HOSTS") or (
    [f"[{SITE_HOST}]" if ":" in SITE_HOST else SITE_HOST] if SITE_HOST else []
)
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_HOST and "://" in SITE_URL else []

SECURITY_CONTACT: str = read("SECURITY_CONTACT") or ""
CONTACT_EMAIL: str = read("CONTACT_EMAIL") or ""

# The parts ----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    # First, because its `loaddata` takes the place of Django's.
    "ogp_tracker",
    "commitments",
    "milestones",
    "irm",
    "ogp_tracker.admin_site.TrackerAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "csp",
    "django_filters",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "ogp_tracker.middleware.ContentSecurityPolicyMiddleware",
    "ogp_tracker.middleware.permissions_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
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
        },
    },
]

# Data ---------------------------------------------------------------------------------------------

if (given := read("DATABASE_URL")) is None:
    VAR_DIR.mkdir(exist_ok=True)
    given = database(f"sqlite:///{VAR_DIR.name}/tracker.sqlite3")
DATABASES = {"default": given}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "media/"

# Words and time -----------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
# “example.org” typed into a form means https, as it will for everybody from Django 6 on.
FORMS_URLFIELD_ASSUME_HTTPS = True

# Static files -------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# On one's own machine whitenoise serves straight from the source; a forgotten copy cannot get in
# the way. In production the names carry a fingerprint, which needs `collectstatic`.
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

# Safety -------------------------------------------------------------------------------------------


def unless_local(name: str, safe: bool | int) -> bool | int:
    """Give the variable `name` if it is set, otherwise the safe value, and nothing where LOCAL."""
    value: bool | int | None = read(name)
    if value is not None:
        return value
    return type(safe)(0) if LOCAL else safe


SECURE_SSL_REDIRECT = unless_local("SECURE_SSL_REDIRECT", True)
# A load balancer asks for the health page from inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = unless_local("SECURE_HSTS_SECONDS", 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS: bool = read("SECURE_HSTS_INCLUDE_SUBDOMAINS")
SECURE_HSTS_PRELOAD: bool = read("SECURE_HSTS_PRELOAD")
# Only a proxy that always sets or strips this header may be believed.
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

# The admin gets a little more (ogp_tracker/middleware.py).
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

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Mail and log -------------------------------------------------------------------------------------

globals().update(read("EMAIL_URL") or email("consolemail://"))
DEFAULT_FROM_EMAIL: str = read("DEFAULT_FROM_EMAIL") or f"tracker@{SITE_HOST or 'localhost'}"
SERVER_EMAIL = DEFAULT_FROM_EMAIL

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": read("LOG_LEVEL")},
    # Django's own handlers would write every line twice, and mail errors to nobody.
    "loggers": {"django": {"handlers": [], "level": "NOTSET", "propagate": True}},
}
