"""What a thief of a house's files makes of them: everything that its keys open, and all that lies there in the clear."""

import json
import os
import subprocess
import sys

import psycopg
import redis

from tests.process.houses import ROOT
from tests.support.leaks import Text

START = """
import json, sys
from datetime import timedelta
import django
django.setup()
from django.utils import timezone
"""
# The search: everything that the keys of this house open, so many days from now, and after the sweep that is due by then.
OPEN = """
import time_machine
from chat.actions import conversations, log
from chat.models import Conversation, Room
from hotline.dispatch.models import HelpRequest
from hotline.lib import keyring
from hotline.lib.crypto import Unreadable
from hotline.lib.keyring import KeyGone
def opened():
    readers = [lambda room=room: log.read(room) for room in Room.objects.all()]
    readers += [lambda one=one: conversations.answers_before(one) for one in Conversation.objects.all()]
    readers += [lambda one=one: (one.contact(), one.details()) for one in HelpRequest.objects.all()]
    for read in readers:
        try:
            yield str(read())
        except (KeyGone, Unreadable):
            continue
with time_machine.travel(timezone.now() + timedelta(days=int(sys.argv[1]))):
    keyring.sweep(timezone.now())
    print(json.dumps(list(opened())))
"""


def run(variables, script, *arguments):
    """What a script in that house prints."""
    told = subprocess.run(
        [sys.executable, "-c", START + script, *map(str, arguments)],
        cwd=ROOT,
        env=variables | {"DJANGO_SETTINGS_MODULE": "hotline.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert told.returncode == 0, "it failed: see what was printed"
    return told.stdout


def opens(variables, days=0, **more):
    """Everything that opens in that house so many days from now, as a place to search."""
    return Text(*json.loads(run(variables | more, OPEN, days)))


def rows_of(variables):
    """Every value of every table as another client of the database gives it (PostgreSQL; SQLite has files)."""
    if variables["DATABASE_URL"].startswith("sqlite"):
        return Text()
    with psycopg.connect(variables["DATABASE_URL"]) as database:
        names = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        tables = [database.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in names]
    values = [value for table in tables for row in table for value in row]
    return Text(*(value if isinstance(value, bytes) else str(value) for value in values))


def redis_of():
    """Everything that lies in Redis, of whomever."""
    url = os.environ.get("REDIS_URL")
    if not url:
        return Text()
    with redis.Redis.from_url(url) as store:
        keys = list(store.scan_iter("*"))
        return Text(*keys, *(store.dump(key) or b"" for key in keys))
