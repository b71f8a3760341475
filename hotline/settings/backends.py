"""What the house stands on: database, channel layer, cache, keys."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from hotline.lib import databases
from hotline.lib import environment as env
from hotline.settings.house import DEBUG, VAR_DIR

# Databases: see design decision 2. SQLite runs behind our backend with the write lock of the house.
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
