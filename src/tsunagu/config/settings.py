"""Django's settings. `config.databases` fills in where the database is and the roles' names, once they are known."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

INSTALLED_APPS = [
    "tsunagu.web",  # first: where others have a template or a word too, ours is shown
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "tsunagu.records",
]
AUTH_USER_MODEL = "records.Officer"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
# A line tells that something was refused or failed, under a reference number: Django's own would quote paths.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "tsunagu.config.logs.Sentences"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django": {"level": "CRITICAL", "handlers": [], "propagate": False},
        "tsunagu.api": {"level": "INFO", "handlers": ["stderr"]},
        "tsunagu.web": {"level": "INFO", "handlers": ["stderr"]},
    },
}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None  # `config.queue` names the tasks

TSUNAGU_ROLES: dict[str, str] = {}
"""The roles' names, and the database's, for the migration that grants them their rights."""
TSUNAGU_HELD_FOLDER: Path | None = None
"""Where snapshots of what is held lie, of the installation whose database is open."""

# Three doors to one database: `default` is the app role, `linker` sees across agencies, `owner` only migrates.
DATABASES: dict[str, dict[str, Any]] = {
    alias: {"ENGINE": "django.db.backends.postgresql", "NAME": "tsunagu"} for alias in ("default", "linker", "owner")
}

# The workplace in the browser. The secret key and the allowed hosts are set when it is served.

ROOT_URLCONF = "tsunagu.config.urls"
MIDDLEWARE = [
    "tsunagu.web.middleware.measuring.MeasuringMiddleware",
    "tsunagu.web.middleware.references.ReferenceMiddleware",
    "tsunagu.web.middleware.proxies.ProxyMiddleware",
    "tsunagu.api.middleware.ApiMiddleware",  # before whatever reads a cookie
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tsunagu.web.middleware.agencies.AgencyMiddleware",
    "tsunagu.web.middleware.signing_in.SignInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tsunagu.web.middleware.second_factor.SecondFactorMiddleware",
    "tsunagu.web.middleware.factors.FactorsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tsunagu.web.context.officer",
            ],
            "builtins": ["tsunagu.web.templatetags.constant"],
            "libraries": {"i18n": "tsunagu.web.templatetags.constant"},
        },
    }
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 9 << 20  # a part of an upload is at most 8 MiB
FILE_UPLOAD_HANDLERS = ["tsunagu.web.no_files.NoFiles"]
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ja", "日本語")]

CACHES = {"default": {"BACKEND": "tsunagu.web.throttle.SharedCounts"}}  # for counting attempts, and nothing else
TSUNAGU_TRUSTED_PROXIES: tuple[Any, ...] = ()
"""The web servers in front whose word counts of who asks; the wiring fills them in."""

SESSION_ENGINE = "tsunagu.web.sessions"
SESSION_COOKIE_AGE = 60 * 60
SESSION_SAVE_EVERY_REQUEST = True  # an hour without a request, or a minute less, ends it
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_USE_SESSIONS = False
CSRF_FAILURE_VIEW = "tsunagu.web.middleware.references.csrf_failed"
LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # of trusted proxies alone: see `ProxyMiddleware`
SECURE_HSTS_SECONDS = 365 * 24 * 3600  # told only over TLS, our own or that of a trusted proxy
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the QR code of a one-time code's secret
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

AUTHENTICATION_BACKENDS = ["tsunagu.web.sign_in.backend.OfficerBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "tsunagu.web.sign_in.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_FORMS = {"change_password": "tsunagu.web.sign_in.forms.ChangePasswordForm"}
ACCOUNT_PREVENT_ENUMERATION = True
MFA_ADAPTER = "tsunagu.web.sign_in.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # there are no e-mail addresses
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Tsunagu"
MFA_TOTP_TOLERANCE = 1  # half minutes before and after, as on the command line
MFA_FORMS = {
    "activate_totp": "tsunagu.web.sign_in.forms.EnrollForm",
    "authenticate": "tsunagu.web.sign_in.forms.AuthenticateForm",
    "reauthenticate": "tsunagu.web.sign_in.forms.ReauthenticateForm",
}
