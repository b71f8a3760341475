"""
`python -m tests.support.circle N`: N visitors in one open group of a new line; JSON on stdout.

Runs in the environment of a house and writes into its database; prints [{"room", "token"}].
"""

import json
import secrets
import sys

# Django is set up by this one.
from tests.support.chatters import Line, Team


def make(number):
    """The visitors."""
    from chat.actions import group_visitors, groups
    from chat.models import Group

    team, _made = Team.objects.get_or_create(code="load", defaults={"name": "Load"})
    line = Line.objects.create(slug=f"circle-{secrets.token_hex(4)}", team=team)
    made = Group.objects.create(line=line, maximum=number, has_waiting_room=False)
    groups.open_by_house(made)
    group = Group.objects.select_related("line", "room").get(pk=made.pk)
    for place in range(number):
        entered = group_visitors.enter(group, secrets.token_bytes(16), alias=f"Visitor {place}", language="en")
        yield {"room": group.room.code, "token": entered.token}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(list(make(int(sys.argv[1])))))
