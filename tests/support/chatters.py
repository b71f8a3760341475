"""
`python -m tests.support.chatters N [M]`: N visitors, each in a conversation with a volunteer of their own, in which M
messages were written; JSON on stdout.

Runs in the environment of a house (DATABASE_URL, KEYRING_DIR …) and writes into its database; load generators use what
it prints: [{"room", "token", "session"}].
"""

import json
import os
import secrets
import sys
import uuid

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")

import django

django.setup()

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm

from chat.actions import conversations, messages, queue
from chat.actions.messages import Post
from chat.models import Conversation, Line
from hotline.staff.models import Team, User
from hotline.staff.roles import VOLUNTEER, WORK
from hotline.staff.sessions import SessionStore

BATCH = 500


def session_of(person):
    """The key of a session in which `person` is logged in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return session.session_key


def make(number, written):
    """The pairs."""
    team, _made = Team.objects.get_or_create(code="load", defaults={"name": "Load"})
    line, _made = Line.objects.get_or_create(
        slug="load", defaults={"team": team, "mode": Line.Mode.OPEN, "maximum_waiting": 500}
    )
    volunteers = Group.objects.get(name=VOLUNTEER)
    for _number in range(number):
        name = f"load-{uuid.uuid4().hex[:12]}"
        person = User(username=name, alias=name)
        person.set_unusable_password()
        person.save()
        person.groups.add(volunteers)
        assign_perm(WORK, person, team)
        started = conversations.start(line, secrets.token_bytes(16), language="en")
        queue.take(person, Conversation.objects.get(code=started.conversation), uuid.uuid4())
        author = conversations.visitor(started.token).pk
        for start in range(0, written, BATCH):
            messages.post_many(
                [
                    Post(author, uuid.uuid4(), f"message {number}")
                    for number in range(start, min(written, start + BATCH))
                ]
            )
        yield {"room": started.room, "token": started.token, "session": session_of(person)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(list(make(int(sys.argv[1]), int((sys.argv[2:] or [0])[0])))))
