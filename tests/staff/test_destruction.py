"""Keys are destroyed by two people or by the passphrase, and by nothing less."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import get_hasher
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from hotline.lib.keyring import KeyGone, Keyring, keyring
from hotline.lib.throttle import TooOften
from hotline.staff.actions import destruction
from hotline.staff.actions.destruction import (
    NotWaiting,
    SecondPersonNeeded,
    TooShort,
    WrongPassphrase,
    ask,
    carry_out,
    confirm,
    destroy_by_passphrase,
    set_passphrase,
    withdraw,
)
from hotline.staff.actions.freeze import NotFrozen, freeze, is_frozen, thaw
from hotline.staff.models import Alarm, AuditEntry, DestroyPassphrase, Freeze, KeyDestruction
from hotline.staff.permissions import Frozen, NotAllowed
from hotline.staff.sweeps import finish_destruction
from tests.staff.test_alarms import at_once
from tests.support.leaks import Rows

pytestmark = pytest.mark.django_db
WAY = Freeze.Way.PAGE
WORDS = "seven grey geese under my stairs"
TOMORROW = timedelta(days=1)


@pytest.fixture(autouse=True)
def quiet(settings, own_keyring, cache_in_memory):
    """Keys of this test's own; the rooms' steps have tests of their own."""
    settings.FREEZERS = settings.THAWERS = []
    own_keyring.prepare()


@pytest.fixture
def ada(cast, quiet):
    return cast.ada


@pytest.fixture
def frozen(ada, cast):
    assert cast.alice
    return freeze(ada, "", WAY)


@pytest.fixture
def sealed():
    """opens() -> whether something that was sealed for tomorrow still opens."""
    due = keyring().due_day(timezone.now() + TOMORROW)
    secret = keyring().seal(b"what somebody told us", due, "test")

    def opens():
        try:
            return keyring().unseal(secret, due, "test") == b"what somebody told us"
        except KeyGone:
            return False

    assert opens()
    return opens


def test_one_person_cannot_and_a_second_one_does(ada, cast, frozen, sealed):
    asked = ask(ada, with_site_key=False)
    with pytest.raises(SecondPersonNeeded):
        confirm(ada, asked)
    assert sealed()
    confirm(cast.alice, asked)
    assert not sealed()
    assert KeyDestruction.objects.get().done_at
    assert [line.action for line in AuditEntry.objects.filter(action__startswith="keys.").order_by("pk")] == [
        "keys.destruction_asked",
        "keys.destruction_confirmed",
        "keys.destroyed",
    ]
    keyring().seal(b"new", keyring().due_day(timezone.now() + TOMORROW), "test")


def test_the_database_itself_insists_on_two(ada, frozen):
    asked = ask(ada, with_site_key=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        KeyDestruction.objects.filter(pk=asked.pk).update(confirmed_at=timezone.now(), confirmed_by=ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        KeyDestruction.objects.filter(pk=asked.pk).update(done_at=timezone.now())


def test_it_needs_a_frozen_house(ada, cast, sealed):
    with pytest.raises(NotFrozen):
        ask(ada, with_site_key=False)
    freeze(ada, "", WAY)
    asked = ask(ada, with_site_key=False)
    thaw(ada, "It was a drill")
    with pytest.raises(NotFrozen):
        confirm(cast.alice, asked)
    assert sealed()


def test_after_half_an_hour_it_is_too_late(ada, cast, frozen, sealed):
    asked = ask(ada, with_site_key=False)
    with time_machine.travel(timezone.now() + timedelta(minutes=31)), pytest.raises(NotWaiting):
        confirm(cast.alice, asked)
    assert sealed()


def test_anybody_of_them_may_stop_it(ada, cast, frozen, sealed):
    asked = ask(ada, with_site_key=False)
    assert Alarm.objects.filter(kind="destruction_asked", acknowledged_at=None).exists()
    withdraw(ada, asked)
    assert not Alarm.objects.filter(kind="destruction_asked", acknowledged_at=None).exists()
    with pytest.raises(NotWaiting):
        confirm(cast.alice, asked)
    with pytest.raises(NotWaiting):
        withdraw(cast.alice, asked)
    assert sealed()


def test_a_colleague_can_do_none_of_it(ada, cast, frozen, sealed):
    asked = ask(ada, with_site_key=False)
    set_passphrase(WORDS)
    for call in (
        lambda: ask(cast.cora, with_site_key=False),
        lambda: confirm(cast.cora, asked),
        lambda: withdraw(cast.cora, asked),
        lambda: destroy_by_passphrase(cast.cora, WORDS, with_site_key=False, way=WAY),
    ):
        with pytest.raises((Frozen, NotAllowed)):
            call()
    assert sealed()


def test_the_passphrase_takes_the_second_person_s_place_and_freezes(ada, sealed, marked):
    set_passphrase(f"  {WORDS.replace(' ', '   ')} ")
    marked(WORDS).assert_absent(Rows())
    assert DestroyPassphrase.objects.get().hash.partition("$")[0] == get_hasher().algorithm
    destroy_by_passphrase(None, WORDS, with_site_key=False, way=Freeze.Way.CALL)
    assert is_frozen() and not sealed()


@pytest.mark.parametrize("wrong", ["", "seven grey geese", WORDS.upper(), WORDS + "x"])
def test_a_wrong_passphrase_destroys_and_freezes_nothing(ada, sealed, wrong):
    with pytest.raises(WrongPassphrase):
        destroy_by_passphrase(ada, wrong, with_site_key=True, way=WAY)  # none was set up
    set_passphrase(WORDS)
    with pytest.raises(WrongPassphrase):
        destroy_by_passphrase(ada, wrong, with_site_key=True, way=WAY)
    assert sealed() and not is_frozen() and keyring().has_site_key()
    assert AuditEntry.objects.filter(action="keys.passphrase_refused").count() == 2


def test_guesses_have_an_end(ada, sealed):
    set_passphrase(WORDS)
    for _guess in range(5):
        with pytest.raises(WrongPassphrase):
            destroy_by_passphrase(None, "guess", with_site_key=False, way=WAY)
    with pytest.raises(TooOften):
        destroy_by_passphrase(None, WORDS, with_site_key=False, way=WAY)
    assert sealed()


def test_a_short_passphrase_is_refused():
    with pytest.raises(TooShort):
        set_passphrase("open sesame      " + " " * 20)


def test_the_worker_finishes_what_somebody_died_over(ada, cast, frozen, sealed, monkeypatch):
    asked = ask(ada, with_site_key=False)
    monkeypatch.setattr(destruction, "carry_out", lambda now: 0)
    confirm(cast.alice, asked)
    assert sealed()
    monkeypatch.undo()
    assert carry_out is not None and finish_destruction(timezone.now()) == 1
    assert not sealed()
    assert finish_destruction(timezone.now()) == 0


def test_with_the_site_key_every_process_refuses_and_says_what_is_lost(ada, cast, frozen, sealed):
    other = Keyring(keyring().folder)
    before = other.subkey("fields")
    confirm(cast.alice, ask(ada, with_site_key=True))
    for ring in (keyring(), other):
        for call in (ring.site_key, lambda ring=ring: ring.subkey("fields")):
            with pytest.raises(ImproperlyConfigured, match="destroyed on .* on purpose.*keys create"):
                call()
    assert not [path for path in keyring().folder.iterdir() if path.suffix == ".key"]
    call_command("keys", "create", stdout=io.StringIO())
    assert Keyring(keyring().folder).subkey("fields") != before
    assert keyring().destroyed_on() == ""


def test_a_copy_from_escrow_opens_it_again(ada, cast, frozen):
    copy = keyring().site_key()
    keyring().destroy(with_site_key=True)
    (keyring().folder / "site.key").write_text(copy.hex())
    assert keyring().site_key() == copy
    assert Keyring(keyring().folder).site_key() == copy


def test_a_house_in_development_makes_no_new_site_key_by_itself_after_that(settings):
    settings.DEBUG = True
    keyring().destroy(with_site_key=True)
    with pytest.raises(ImproperlyConfigured):
        Keyring(keyring().folder).site_key()


def test_nothing_of_a_key_lies_in_the_folder_afterwards():
    ring = keyring()
    keys = [path.read_text() for path in ring.folder.glob("*.key")]
    assert ring.destroy(with_site_key=True) == len(keys)
    left = "".join(path.read_text() for path in ring.folder.iterdir() if path.is_file())
    assert len(keys) > 40 and not [key for key in keys if key in left]


@pytest.mark.django_db(transaction=True)
def test_confirmed_and_withdrawn_in_one_instant_only_one_counts(ada, cast, sealed):
    freeze(ada, "", WAY)
    asked = ask(ada, with_site_key=False)
    results = at_once([lambda: confirm(cast.alice, asked), lambda: withdraw(ada, asked)])
    assert sorted(type(one).__name__ for one in results) == ["NoneType", "NotWaiting"], results
    asked.refresh_from_db()
    assert (asked.done_at is None) == (asked.withdrawn_at is not None) == sealed()


def test_the_commands(ada, sealed, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{WORDS}\n"))
    call_command("destroy_passphrase")
    monkeypatch.setattr("sys.stdin", io.StringIO("something else\n"))
    with pytest.raises(CommandError, match="not the passphrase"):
        call_command("destroy_keys")
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(CommandError, match="at least 20"):
        call_command("destroy_passphrase")
    assert sealed()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{WORDS}\n"))
    call_command("destroy_keys")
    assert not sealed() and is_frozen() and keyring().has_site_key()
    assert "opens what they covered" in capsys.readouterr().out
