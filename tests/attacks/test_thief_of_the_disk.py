"""A thief of disk, dump or backup: what somebody wrote is found by one who has the keys, until it is erased, and never after.

A running house in processes of its own, on a database of its own; the thief takes files, rows, Redis, logs and backups, and
opens whatever the keys open. ASVS 14.2.7.
"""

import json
import secrets
import shutil
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.process.conftest import command, migrated, own_copy, pairs, serve, variables
from tests.support.leaks import Folder, Mark, Text
from tests.support.loot import opens, redis_of, rows_of, run

__all__ = ["command", "migrated", "pairs", "serve", "variables"]

# A call that somebody accepted and called done.
CALL = """
from hotline.dispatch.actions import notes, offers, work
from tests.cast import Cast
from tests.support.registry import CONTACT, Registry, offer_of, voice_of
registry, cast = Registry(), Cast()
vera, team = cast.vera, cast.phone
helper = registry.coordinator((registry.food, registry.kharkiv))
call = registry.take(vera, team, registry.food, registry.kharkiv, contact=CONTACT | {"name": sys.argv[1]}, note=sys.argv[1])
notes.add_note(vera, call, sys.argv[1])
offers.accept(voice_of(helper), offer_of(call, helper))
work.finish(voice_of(helper), offer_of(call, helper), "helped")
"""
# A day and an hour later, when contacts are forgotten.
FORGET = """
from hotline.dispatch.sweeps import erase_due
print(erase_due(timezone.now() + timedelta(hours=25)))
"""
SEALED = """
from chat.models import Event
from hotline.dispatch.models import HelpRequest
found = [*Event.objects.filter(sealed_body__isnull=False).values_list("sealed_body", flat=True)]
found += [one for pair in HelpRequest.objects.values_list("sealed_contact", "sealed_details") for one in pair if one]
print(json.dumps([bytes(one).hex() for one in found]))
"""


def where(variables):
    """The file of that house's database, or its name at PostgreSQL."""
    url = variables["DATABASE_URL"]
    return url.removeprefix("sqlite:///") if url.startswith("sqlite") else urlsplit(url).path.strip("/")


class Thief:
    """What can be carried off of one house: see `places`."""

    def __init__(self, variables, command, away):
        # away() -> a new folder that is not the house's
        self.variables, self.command, self.away = variables, command, away
        self.logs = []

    def places(self, *backups):
        """Database, write-ahead log, keys and everything else on the disk; rows; Redis; what was printed; backups."""
        return [
            Folder(self.variables["VAR_DIR"]),
            *(Folder(file.parent) for file in backups),
            rows_of(self.variables),
            redis_of(),
            Text(*(server.output for server in self.logs)),
        ]

    def sees(self, marks, *backups):
        """Those of the marks that lie anywhere in the clear."""
        return [mark for place in self.places(*backups) for mark in marks if mark.found_in(place)]

    def backup(self):
        """The file of a backup made now."""
        folder = self.away()
        code, said = self.command("backup", str(folder)).result()
        assert code == 0, said
        (file,) = folder.iterdir()
        return file

    @contextmanager
    def copy(self):
        """The environment of a copy of the database as it is now, with the keys where they are."""
        folder = self.away()
        with own_copy(where(self.variables), folder) as stolen:
            yield stolen | {"KEYRING_DIR": f"{self.variables['VAR_DIR']}/keyring"}

    def traces(self, sealed):
        """How many of the sealed values still lie in the files of the database; their middle, since a page may cut them."""
        pieces = [content for _path, content in Folder(self.variables["VAR_DIR"]).pieces()]
        pieces += [content for _name, content in rows_of(self.variables).pieces()]
        return sum(any(bytes.fromhex(one)[30:54] in content for content in pieces) for one in sealed)


@pytest.fixture
def thief(variables, command, tmp_path_factory):
    return Thief(variables, command, lambda: tmp_path_factory.mktemp("away"))


def test_what_was_written_is_found_until_it_is_erased_and_nowhere_after(thief, serve, pairs, variables):
    said, caller, other = Mark(), Mark(), Mark()
    talk, neighbour = pairs(2)
    run(variables, CALL, caller)
    server = opened(serve, thief)
    for one, mark in ((talk, said), (neighbour, other)):
        posted = call(
            server, "POST", f"rooms/{one['room']}/events/", one, {"id": secrets.token_hex(16), "body": str(mark)}
        )
        assert posted.status_code == 200, posted.text
    old = thief.backup()
    # never in the clear, while it is there
    assert thief.sees([said, caller, other], old) == []
    control = Mark(other.text[::-1])
    for place in thief.places()[:1]:
        control.assert_absent(place)
    assert server.end() == 0
    # with the keys it opens: in the house, and in what was carried off
    for mark in (said, caller, other):
        mark.assert_present(opens(variables))
    sealed = json.loads(run(variables, SEALED))
    assert len(sealed) == 4 and thief.traces(sealed) == 4
    with thief.copy() as stolen:
        server = opened(serve, thief)
        # the visitor's own button, and the call's time is up
        conversation = call(server, "GET", "conversations/", talk).json()["conversation"]
        assert call(server, "DELETE", f"conversations/{conversation}/", talk).status_code == 204
        assert run(variables, FORGET).strip() == "1"
        assert thief.sees([said, caller, other], old) == []
        assert server.end() == 0
        # the very same search finds nothing of it, and the neighbour's words as before
        assert_forgotten(opens(variables), said, caller, other)
        assert thief.traces(sealed) == 1, "a sealed byte of it is left"
        # nor in the backup from before, when the house is restored from it
        code, told = thief.command("restore", str(old), "--replace").result()
        assert code == 0, told
        assert_forgotten(opens(variables), said, caller, other)
        # who carried off database and keys had it, until its day: then no copy opens
        said.assert_present(opens(stolen))
        assert_strangers_keys_open_nothing(stolen, [said, caller, other])
        found = opens(stolen, days=20)
        for mark in (said, caller, other):
            mark.assert_absent(found)
        # that day destroyed the key, so that a clock put back opens nothing either, whatever key is made in its place
        assert not Mark(said.text).found_in(opens(stolen))


def opened(serve, thief):
    """The house, open; without its worker, so that nothing is forgotten by itself."""
    server = serve("--no-worker")
    thief.logs.append(server)
    server.until(lambda: server.health() is not None)
    return server


def call(server, method, path, device, data=None):
    """One call of a visitor's device."""
    headers = {"Authorization": f"Bearer {device['token']}"}
    return httpx.request(
        method, f"{server.url}/chat/api/{path}", json=data, headers=headers, trust_env=False, timeout=60
    )


def assert_forgotten(found, said, caller, other):
    for mark in (said, caller):
        mark.assert_absent(found)
    other.assert_present(found)


def assert_strangers_keys_open_nothing(stolen, marks):
    own = Path(stolen["VAR_DIR"], "own-keyring")
    found = opens(stolen | {"KEYRING_DIR": str(own)})
    for mark in marks:
        mark.assert_absent(found)
    shutil.rmtree(own)
