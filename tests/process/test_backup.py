"""A backup is made while the house runs, and it serves again from it; what was erased since stays erased."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.process.conftest import make_pairs, own_copy, source_of
from tests.process.houses import ROOT, Process
from tests.support.leaks import Folder, Mark

SETUP = """
import json
import django
django.setup()
from django.utils import timezone
from chat.actions import erasure, log
from chat.models import Conversation, Room
from hotline.outbox.actions.messages import enqueue
from hotline.outbox.models import Message
from hotline.staff.actions import people
from hotline.staff.models import Alarm, AuditEntry, Session, User
"""
# Before the backup: a message that waits, and somebody who has left.
BEFORE = """
enqueue(channel="email", recipient="vera@example.org", content={"subject": "a", "text": "b"}, key="k", purpose="test")
User.objects.create_user("gone", is_active=False)
"""
# After it: one conversation is erased by its visitor, and the one who left is forgotten.
AFTER = """
first = Conversation.objects.order_by("pk").first()
erasure.erase_for_visitor(first)
people.forget(User.objects.get(username="gone"))
"""
TELL = """
print(json.dumps({
    "bodies": [event["body"] for room in Room.objects.all() for event in log.read(room) if event.get("body")],
    "people": User.objects.filter(username="gone").count(),
    "waits": Message.objects.filter(key="k", expires_at__gt=timezone.now()).count(),
    "sessions": Session.objects.count(),
    "alarms": [alarm.kind for alarm in Alarm.objects.all()],
    "erased": sorted(AuditEntry.objects.filter(action="conversation.erased").values_list("details__by", flat=True)),
}))
"""


class House:
    """A house of a test's own: house(script) runs it there and gives what it tells."""

    def __init__(self, variables):
        self.variables, self.folder = variables, Path(variables["VAR_DIR"])
        self.keys = self.folder / "keyring"

    def __call__(self, script):
        told = subprocess.run(
            [sys.executable, "-c", SETUP + script],
            cwd=ROOT,
            env=self.variables | {"DJANGO_SETTINGS_MODULE": "hotline.settings"},
            stdout=subprocess.PIPE,
            check=True,
        )
        return json.loads(told.stdout) if told.stdout else None

    def manage(self, *arguments, **more):
        """(exit code, output) of a command."""
        return Process(tuple(map(str, arguments)), self.variables | more, self.folder / "command.log").result()


@pytest.fixture(scope="module")
def backed_up(migrated, tmp_path_factory):
    """A house with two conversations, a message that waits, somebody who has left, and a backup; it is only copied."""
    with own_copy(migrated, tmp_path_factory.mktemp("backed-up")) as variables:
        house = House(variables)
        make_pairs(variables, 2, written=1)
        house(BEFORE)
        code, said = house.manage("backup", house.folder / "backups")
        assert code == 0, said
        (file,) = (house.folder / "backups").iterdir()
        assert str(file) in said
        yield house


@pytest.fixture
def variables(backed_up, tmp_path):
    """The environment of a copy of that house."""
    shutil.copytree(backed_up.folder, tmp_path, dirs_exist_ok=True)
    with own_copy(source_of(backed_up.variables), tmp_path) as found:
        yield found


@pytest.fixture
def house(variables):
    return House(variables)


@pytest.fixture
def backup(house):
    """The file of its backup."""
    (file,) = (house.folder / "backups").iterdir()
    return file


def test_the_house_serves_again_and_what_was_erased_stays_erased(house, backup, serve):
    assert house(TELL)["sessions"] == 2
    house(AFTER)
    code, said = house.manage("restore", backup, "--replace")
    assert code == 0, said
    assert house(TELL) == {
        "bodies": ["message 0"],
        "people": 0,
        "waits": 0,
        "sessions": 0,
        "alarms": ["restored"],
        "erased": ["restore"],
    }
    server = serve()
    server.until(server.is_well)


def test_a_restore_without_the_ledger_would_bring_it_back(house, backup):
    """What the test above proves is the ledger's doing."""
    house(AFTER)
    shutil.rmtree(house.keys / "erased")
    assert house.manage("restore", backup, "--replace")[0] == 0
    told = house(TELL)
    assert told["bodies"] == ["message 0", "message 0"] and told["people"] == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the files of PostgreSQL belong to its server")
def test_a_file_put_back_by_hand_is_made_to_forget_when_the_house_opens(house, backup, serve, variables):
    database = Path(variables["DATABASE_URL"].removeprefix("sqlite:///"))
    shutil.copy(database, house.folder / "old.sqlite3")
    house(AFTER)
    for suffix in ("-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
    shutil.copy(house.folder / "old.sqlite3", database)
    assert len(house(TELL)["bodies"]) == 2
    server = serve()
    server.until(server.is_well)
    assert house(TELL)["bodies"] == ["message 0"]


def test_a_backup_is_sealed_as_a_whole_and_holds_no_key(house, backup):
    for plain in ("load-", "staff_user", "CREATE TABLE"):
        Mark(plain).assert_absent(Folder(backup.parent))
    for key in house.keys.glob("*.key"):
        Mark(key.read_text()).assert_absent(Folder(backup.parent))
    assert backup.stat().st_mode & 0o777 == 0o600


def test_a_new_machine_with_the_site_key_alone_opens_accounts_and_no_conversation(house, backup):
    for key in house.keys.glob("????-??-??.key"):
        key.unlink()
    assert house.manage("restore", backup, "--replace")[0] == 0
    told = house(TELL)
    assert told["people"] == 1 and told["bodies"] == []


def test_the_database_is_not_replaced_unasked_nor_under_a_running_house(house, backup, serve):
    code, said = house.manage("restore", backup)
    assert code == 1 and "--replace" in said
    server = serve()
    server.until(server.is_well)
    code, said = house.manage("restore", backup, "--replace")
    assert code == 1 and "Stop `serve` and `worker` first" in said
    server.kill()
    assert len(house(TELL)["bodies"]) == 2


def test_a_restore_that_broke_off_keeps_the_house_shut(house, serve):
    (house.folder / "restore-unfinished").touch()
    code, said = serve().result()
    assert code == 1 and "A restore broke off half-way" in said


def test_a_backup_that_was_cut_changes_nothing(house, backup):
    backup.write_bytes(backup.read_bytes()[:-5])
    code, said = house.manage("restore", backup, "--replace")
    assert code == 1 and "was cut or changed" in said and said.count("\n") == 1
    assert len(house(TELL)["bodies"]) == 2


def test_another_site_key_is_named_as_the_reason(house, backup, tmp_path):
    code, said = house.manage("restore", backup, "--replace", KEYRING_DIR=str(tmp_path / "others"))
    assert code == 1 and "another site.key" in said and str(tmp_path / "others") in said


def test_a_file_that_is_not_there_is_named(house, tmp_path):
    code, said = house.manage("restore", tmp_path / "nothing")
    assert code == 1 and "nothing cannot be read" in said
