"""The settings of the test suite: the demo's, with keys, prefixes and folders of this process's own.

DATABASE_URL and REDIS_URL come from the environment, so that one suite runs on either backend. What could let a test
reach the outside world is dropped before the settings are read.
"""

import os
import tempfile

os.environ["DEBUG"] = "1"
for _name in ("TELEGRAM_BOT_TOKEN", "TELEGRAM_API_URL", "TELEGRAM_WEBHOOK_SECRET", "EMAIL_URL"):
    os.environ.pop(_name, None)

from hotline.settings import *

# One folder a process, gone with it: keys, and the SQLite file of the tests.
_folder = tempfile.TemporaryDirectory(prefix="hotline-test-")
KEYRING_DIR = Path(_folder.name) / "keyring"
SIMULATOR_STATE = Path(_folder.name) / "simulator.json"
if DATABASES["default"]["ENGINE"] == "hotline.lib.sqlite":
    DATABASES["default"]["TEST"]["NAME"] = str(Path(_folder.name) / "test.sqlite3")

# Two test processes may share one Redis and must not hear each other.
if REDIS_URL:
    CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = f"test{os.getpid()}"
    CACHES["default"]["KEY_PREFIX"] = f"test{os.getpid()}"

# Argon2 is slow on purpose; a suite that makes a thousand people is not.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
