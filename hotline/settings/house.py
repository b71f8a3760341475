"""The house itself: its folders and addresses, its parts, languages and files."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from hotline.lib import environment as env
from hotline.lib import logs
from hotline.lib.languages import LANGUAGES as INTERFACE_LANGUAGES

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env.text("VAR_DIR", default=str(BASE_DIR / "var"), holds="a folder for what is kept on disk")).resolve()
PORT = env.number("PORT", default=8000)

DEBUG = env.flag("DEBUG", default=False)
# The demo's own survives a restart, so that nobody is logged out by it.
_own_key = env.kept_secret(VAR_DIR / "secret-key") if DEBUG else env.REQUIRED
SECRET_KEY = env.text("SECRET_KEY", default=_own_key, holds="a random text of 50 characters or more")
BASE_URL = env.text(
    "BASE_URL",
    default=f"http://localhost:{PORT}" if DEBUG else env.REQUIRED,
    holds="the address people reach this house at, as https://hotline.example.org",
).rstrip("/")
if not DEBUG and not BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("BASE_URL must begin with https:// when DEBUG is off.")
ALLOWED_HOSTS = env.items(
    "ALLOWED_HOSTS",
    default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else env.REQUIRED,
    holds="the host names of this house, separated by commas",
)
HOTLINE_NUMBER = env.text("HOTLINE_NUMBER", default="", holds="the one number people ring, as +49 800 1234567")
HOTLINE_NAME = env.text("HOTLINE_NAME", default="Hotline", holds="the name of this helpline, as people see it")
DEMO_PASSWORD = env.text("DEMO_PASSWORD", default="", holds="the password of the demo accounts, else random")

INSTALLED_APPS = [
    "hotline.apps.HotlineConfig",
    "hotline.dispatch.apps.DispatchConfig",
    "coordinators.apps.CoordinatorsConfig",
    "chat.apps.ChatConfig",
    "hotline.staff.apps.StaffConfig",
    "hotline.questionnaires.apps.QuestionnairesConfig",
    "hotline.outbox.apps.OutboxConfig",
    "hotline.telegram.apps.TelegramConfig",
    "hotline.live.apps.LiveConfig",
    "hotline.staff.apps.HouseAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    # The widgets' templates, which FORM_RENDERER looks for among those of the apps.
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "channels",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "hotline.lib.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hotline.staff.middleware.LanguageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "hotline.lib.troubles.TroubleMiddleware",
]

ROOT_URLCONF = "hotline.urls"
ASGI_APPLICATION = "hotline.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "django.template.context_processors.i18n",
                "hotline.home.navigation",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = INTERFACE_LANGUAGES
LOCALE_PATHS = [BASE_DIR / "hotline" / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = not DEBUG
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", default="Europe/Berlin", holds="a time zone, as Europe/Kyiv")

# Files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = VAR_DIR / "media"

DEFAULT_EXCEPTION_REPORTER = "hotline.lib.troubles.Reporter"
# With what others put into their words, texts of exceptions included: on a developer's machine, and never there by itself.
_everything = env.flag("LOG_EVERYTHING", default=False)
if _everything and not DEBUG:
    raise ImproperlyConfigured(
        "LOG_EVERYTHING is for a developer's machine: without DEBUG no log may hold what people wrote."
    )
LOGGING = logs.configuration(readable=DEBUG, everything=_everything)
