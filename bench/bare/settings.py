"""Nothing but what it takes to answer; the database is opened exactly as the product opens its own."""

from config.settings import ALLOWED_HOSTS, DATABASES

__all__ = ["ALLOWED_HOSTS", "DATABASES"]

SECRET_KEY = "bare"
DEBUG = False
PRODUCTION = False  # read by the server's own settings, which are the product's
INSTALLED_APPS = ["bench.bare"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.bare.site"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
LOGGING_CONFIG = None
