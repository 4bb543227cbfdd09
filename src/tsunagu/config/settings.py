"""Django's settings. `config.application` fills in DATABASES and the role names once the server is known."""

from typing import Any

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
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
LOGGING_CONFIG = None

TSUNAGU_ROLES: dict[str, str] = {}
"""The roles' names, and the database's, for the migration that grants them their rights."""

# Three doors to one database: `default` is the app role, `linker` sees across agencies, `owner` only migrates.
DATABASES: dict[str, dict[str, Any]] = {
    alias: {"ENGINE": "django.db.backends.postgresql", "NAME": "tsunagu"} for alias in ("default", "linker", "owner")
}
