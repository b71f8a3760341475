"""The one settings file. Everything that differs between machines comes from the environment and is checked at start."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from hotline.lib import databases, logs
from hotline.lib import environment as env
from hotline.lib.languages import LANGUAGES as INTERFACE_LANGUAGES

BASE_DIR = Path(__file__).resolve().parent.parent
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
    "django.contrib.sessions",
    "django.contrib.messages",
    # The widgets' templates, which FORM_RENDERER looks for among those of the apps.
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "guardian",
    "channels",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hotline.staff.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
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

# Databases: see design decision 2. SQLite runs behind our backend with the process-wide write lock.
DATABASE_URL = env.text(
    "DATABASE_URL",
    default=f"sqlite:///{VAR_DIR / 'hotline.sqlite3'}",
    holds="sqlite:///path or postgres://user:password@host:5432/name",
)
if not DATABASE_URL.startswith(("sqlite://", "postgres://", "postgresql://")):
    raise ImproperlyConfigured("DATABASE_URL must hold sqlite:///path or postgres://user:password@host:5432/name.")
DATABASES = {"default": databases.configured(DATABASE_URL, VAR_DIR, pool=env.number("DATABASE_POOL", default=20))}

REDIS_URL = env.text("REDIS_URL", default="", holds="redis://host:6379/0, or nothing for a single process")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            # redis-py 8 has a default socket timeout; it must lie above the time a subscriber blocks.
            "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": 60, "socket_connect_timeout": 5}]},
        }
    }
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

_own_keyring = str(VAR_DIR / "keyring") if DEBUG else env.REQUIRED
KEYRING_DIR = Path(env.text("KEYRING_DIR", default=_own_keyring, holds="a folder outside database and backups"))

# People
AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["hotline.staff.backends.HouseBackend"]
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # its own backend takes an object permission alone for enough
ANONYMOUS_USER_NAME = None
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "staff:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "staff:login"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# What a browser may do on our pages
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SECURE_SSL_REDIRECT = not DEBUG and env.flag("SECURE_SSL_REDIRECT", default=True)
# A load balancer asks for it by plain HTTP.
SECURE_REDIRECT_EXEMPT = ["^healthz$"]
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default"],
    }
}

# Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = INTERFACE_LANGUAGES
LOCALE_PATHS = [BASE_DIR / "hotline" / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
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

# Ways out of the house
_console = "console://" if DEBUG else env.REQUIRED
EMAIL_URL = env.text("EMAIL_URL", default=_console, holds="smtp://user:password@host:587 or smtps://…:465")
_nobody = "hotline@localhost" if DEBUG else env.REQUIRED
EMAIL_FROM = env.text("EMAIL_FROM", default=_nobody, holds="the sender's e-mail address")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = EMAIL_FROM
EMAIL_TIMEOUT = 20
globals().update(env.email(EMAIL_URL))

_token = env.text("TELEGRAM_BOT_TOKEN", default="", holds="the token that BotFather gave")
# Without a token the demo talks to its own simulator of the Bot API; production never does.
SIMULATOR = DEBUG and not _token
TELEGRAM_BOT_TOKEN = "1:simulator" if SIMULATOR else _token
TELEGRAM_API_URL = env.text(
    "TELEGRAM_API_URL",
    default=f"http://127.0.0.1:{PORT}/simulator" if SIMULATOR else "https://api.telegram.org",
    holds="where the Bot API answers, without the trailing /bot",
).rstrip("/")
if not DEBUG and "/simulator" in TELEGRAM_API_URL:
    raise ImproperlyConfigured("TELEGRAM_API_URL names the simulator, which runs in the demo only.")
TELEGRAM_WEBHOOK_SECRET = env.text("TELEGRAM_WEBHOOK_SECRET", default="", holds="a random text, for updates by webhook")
SIMULATOR_STATE = VAR_DIR / "simulator.json"

# What a lower room must call above it, by dotted path
SWEEP_SECONDS = env.number("SWEEP_SECONDS", default=5)
SWEEPS = [
    "hotline.lib.keyring.sweep",
    "hotline.dispatch.sweeps.send_waves",
    "hotline.dispatch.sweeps.nudge_silent",
    "hotline.dispatch.sweeps.hand_back_silent",
    "hotline.dispatch.sweeps.pass_on_undelivered",
    "hotline.dispatch.sweeps.take_misplaced",
    "hotline.dispatch.sweeps.send_digests",
    "hotline.dispatch.sweeps.erase_due",
    "hotline.dispatch.sweeps.warn_before_erasure",
    "chat.sweeps.give_back_unattended",
    "chat.sweeps.end_abandoned",
    "chat.sweeps.erase_due",
    "chat.sweeps.forward_keys",
    "chat.sweeps.drop_tokens",
    "chat.sweeps.drop_old_figures",
    "coordinators.sweeps.resume_paused",
    "coordinators.sweeps.drop_used_links",
    "hotline.staff.sweeps.ring_alarms",
    "hotline.staff.sweeps.erase_old_audit",
    "hotline.staff.sweeps.erase_left",
    "hotline.outbox.sweeps.erase_old",
    "hotline.telegram.sweeps.erase_old",
]
if SIMULATOR:
    SWEEPS.append("hotline.dispatch.demo.take_examples")
TELEGRAM_HANDLERS = ["hotline.dispatch.telegram.register", "coordinators.telegram.register"]
TELEGRAM_LISTENERS = ["hotline.staff.listeners.telegram"]
OUTBOX_LISTENERS = [
    "coordinators.listeners.outbox",
    "hotline.dispatch.listeners.outbox",
    "hotline.staff.listeners.outbox",
]
# Makes of a person what the functions of SOCKET_TOPICS take.
SOCKET_RIGHTS = "hotline.staff.permissions.Rights"
SOCKET_TOPICS = ["hotline.dispatch.topics.of_user", "chat.topics.of_user", "hotline.staff.topics.of_user"]
SOCKET_ROOMS = "chat.consumers.sockets.house"
SOCKET_FRAMES = {
    "open": "chat.consumers.sockets.open_room",
    "close": "chat.consumers.sockets.close_room",
    "post": "chat.consumers.sockets.post",
    "read": "chat.consumers.sockets.read",
    "typing": "chat.consumers.sockets.typing",
    "attend": "chat.consumers.sockets.attend",
    "take": "chat.consumers.sockets.take",
    "end": "chat.consumers.sockets.end",
}
HOME_CARDS = ["hotline.dispatch.home.cards", "chat.home.cards", "hotline.staff.home.cards"]
DEMO_LOADERS = [
    "coordinators.demo.load_registry",
    "hotline.staff.demo.load",
    "coordinators.demo.load_coordinators",
    "hotline.dispatch.demo.load",
    "chat.demo.load",
]
DEMO_PASSWORD = env.text("DEMO_PASSWORD", default="", holds="the password of the demo accounts, else random")

# Times and bounds that an organisation may choose; every maximum is the data-protection promise of docs/security.md
PLACE_POPULATION_FLOOR = env.number("PLACE_POPULATION_FLOOR", default=5000)
CONTACT_HOURS_AFTER_OUTCOME = env.number("CONTACT_HOURS_AFTER_OUTCOME", default=24, maximum=72)
CONTACT_DAYS = env.number("CONTACT_DAYS", default=7, maximum=14)
REQUEST_DAYS = env.number("REQUEST_DAYS", default=90, maximum=180)
ACCOUNT_DAYS = env.number("ACCOUNT_DAYS", default=30, maximum=30)
AUDIT_DAYS = env.number("AUDIT_DAYS", default=180, maximum=365)
ANSWER_TEXT_DAYS = env.number("ANSWER_TEXT_DAYS", default=30, maximum=90)
FIGURE_DAYS = env.number("FIGURE_DAYS", default=730, maximum=1830)
# How long after its end a conversation may be held at the longest; one that runs, from now.
CONVERSATION_HOLD_DAYS = env.number("CONVERSATION_HOLD_DAYS", default=30, minimum=1, maximum=60)
# Visitors who begin a chat from one network (/24, /48) in ten minutes: a school, a carrier's many phones.
CHAT_STARTS_PER_NETWORK = env.number("CHAT_STARTS_PER_NETWORK", default=100_000 if DEBUG else 200)
OUTBOX_DAYS = env.number("OUTBOX_DAYS", default=30, maximum=90)

LOGGING = logs.LOGGING
