"""What a copy of the database, restored by somebody else or after its time, still tells: nothing without the key of its day."""

import json
import subprocess
import sys
from urllib.parse import urlsplit

from tests.process.conftest import own_copy
from tests.process.houses import ROOT
from tests.support.leaks import Folder, Mark

# In a process of its own, so many days from now: the sweep of the keys, then what the log shows, as JSON.
READ = """
import json, sys
from datetime import timedelta
import django
django.setup()
import time_machine
from django.utils import timezone
from chat.actions import log
from chat.models import Event, Room
from hotline.lib import crypto, keyring
with time_machine.travel(timezone.now() + timedelta(days=int(sys.argv[1]))):
    keyring.sweep(timezone.now())
    try:
        shown = [event.get("body", event["kind"]) for event in log.read(Room.objects.get())]
    except crypto.Unreadable:
        shown = ["unreadable"]
    sealed = Event.objects.filter(sealed_body__isnull=False).count()
print(json.dumps({"last": shown[-1], "sealed": sealed}))
"""


def _where(variables):
    """The file of that house's database, or its name at PostgreSQL."""
    url = variables["DATABASE_URL"]
    return url.removeprefix("sqlite:///") if url.startswith("sqlite") else urlsplit(url).path.strip("/")


def _read(variables, days):
    """What the log of that house's only room shows so many days from now, and how many sealed bodies lie there."""
    told = subprocess.run(
        [sys.executable, "-c", READ, str(days)],
        cwd=ROOT,
        env=variables | {"DJANGO_SETTINGS_MODULE": "hotline.settings"},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(told.stdout)


def test_a_restored_copy_opens_with_the_key_of_its_day_and_never_after(variables, pairs, tmp_path):
    pairs(1, written=1)
    keys, now = f"{variables['VAR_DIR']}/keyring", 0
    folder = tmp_path / "restored"
    folder.mkdir()
    with own_copy(_where(variables), folder) as restored:
        with_keys = restored | {"KEYRING_DIR": keys}
        assert _read(with_keys, now) == {"last": "message 0", "sealed": 1}
        assert _read(restored, now) == {"last": "unreadable", "sealed": 1}, "a thief with keys of their own"
        assert _read(with_keys, days=9) == {"last": "redacted", "sealed": 1}, "the row is there, and nothing opens it"
        # that day destroyed the key, so that a clock put back opens nothing either, whatever key is made in its place
        assert _read(with_keys, now) == {"last": "unreadable", "sealed": 1}
        Mark("message 0").assert_absent(Folder(folder))
