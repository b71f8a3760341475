"""The signed call from afar: heard once, now, from whoever knows the secret, and from nobody else."""

import json
import subprocess
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from hotline.staff.actions.destruction import set_passphrase
from hotline.staff.actions.freeze import is_frozen
from hotline.staff.actions.signed_calls import SignedCall, sign
from hotline.staff.models import Freeze
from hotline.staff.sweeps import forget_signed_calls
from tests.staff.test_alarms import at_once

pytestmark = pytest.mark.django_db
SECRET = "a-random-text-of-more-than-32-characters"
WORDS = "seven grey geese under my stairs"


@pytest.fixture(autouse=True)
def house(settings, cache_in_memory):
    settings.FREEZERS = settings.THAWERS = []
    settings.FREEZE_SECRET = SECRET


def call(client, body=b'{"action": "freeze", "reason": "Lawyer"}', *, stamp=None, nonce="n" * 16, signature=None):
    stamp = stamp or str(int(timezone.now().timestamp()))
    headers = {
        "X-Hotline-Time": stamp,
        "X-Hotline-Nonce": nonce,
        "X-Hotline-Signature": sign(SECRET, stamp, nonce, body) if signature is None else signature,
    }
    return client.post("/freeze/", body, content_type="application/json", headers=headers)


def test_it_freezes(client):
    answer = call(client)
    assert (answer.status_code, answer.json()["state"]) == (200, "frozen")
    current = Freeze.objects.get()
    assert (current.way, current.reason, current.started_by) == ("call", "Lawyer", None)
    assert "no-store" in answer["Cache-Control"]


def test_the_same_call_is_heard_once(client):
    assert call(client).status_code == 200
    assert (call(client).status_code, call(client).json()["code"]) == (409, "heard_before")
    assert call(client, nonce="m" * 16).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": ""},
        {"signature": "0" * 64},
        {"signature": "ü" * 64},
        {"stamp": "0"},
        {"stamp": "-1"},
        {"stamp": "9" * 11},
        {"stamp": "9" * 400},
        {"stamp": "now"},
        {"stamp": "１７００００００００"},
        {"nonce": "short"},
        {"nonce": "n" * 65},
        {"nonce": "n" * 15 + "."},
    ],
)
def test_what_is_not_signed_now_is_not_heard(client, changes):
    changes.setdefault("signature", None)
    answer = call(
        client, **{key: value.encode().decode("latin-1") if value else value for key, value in changes.items()}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "not_signed")
    assert not is_frozen() and not SignedCall.objects.exists()


def test_body_time_and_nonce_are_all_signed(client):
    stamp = str(int(timezone.now().timestamp()))
    right = sign(SECRET, stamp, "n" * 16, b'{"action": "freeze"}')
    assert call(client, b'{"action": "destroy"}', stamp=stamp, signature=right).status_code == 403
    assert call(client, b'{"action": "freeze"}', stamp=stamp, nonce="m" * 16, signature=right).status_code == 403
    later = str(int(stamp) + 1)
    assert call(client, b'{"action": "freeze"}', stamp=later, signature=right).status_code == 403
    other = sign("another secret of the right length, 32+", stamp, "n" * 16, b'{"action": "freeze"}')
    assert call(client, b'{"action": "freeze"}', stamp=stamp, signature=other).status_code == 403


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_call_or_one_of_the_future_is_not_heard(client, minutes):
    stamp = str(int((timezone.now() + timedelta(minutes=minutes)).timestamp()))
    assert call(client, stamp=stamp).status_code == 403


def test_what_is_remembered_outlives_the_time_in_which_it_could_be_repeated(client):
    now = timezone.now()
    call(client)
    assert forget_signed_calls(now + timedelta(minutes=11)) == 0
    assert forget_signed_calls(now + timedelta(minutes=31)) == 1
    with time_machine.travel(now + timedelta(minutes=31)):
        assert call(client, stamp=str(int(now.timestamp()))).status_code == 403


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b'{"action": "thaw"}', b'{"action": ["freeze"]}', b"[" * 4000])
def test_a_signed_body_that_says_nothing_does_nothing(client, body):
    answer = call(client, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_call")
    assert not is_frozen()


def test_a_large_body_is_not_read(client):
    assert call(client, b" " * 5000).status_code == 403


def test_unset_there_is_no_such_address(client, settings):
    settings.FREEZE_SECRET = ""
    assert call(client).status_code == 404
    assert client.get("/freeze/").status_code in (404, 405)


def test_a_link_does_nothing(client):
    assert client.get("/freeze/").status_code == 405


def test_whoever_guesses_waits(client):
    answers = [call(client, signature="0" * 64).status_code for _guess in range(25)]
    assert answers.count(403) == 20 and set(answers[20:]) == {429}


def test_it_destroys_with_the_passphrase_alone(client, own_keyring, cache_in_memory):
    set_passphrase(WORDS)
    days = len(own_keyring.days()) or own_keyring.prepare()
    wrong = json.dumps({"action": "destroy", "passphrase": "guess"}).encode()
    assert call(client, wrong).status_code == 403 and len(own_keyring.days()) == days
    right = json.dumps({"action": "destroy", "passphrase": WORDS}).encode()
    assert call(client, right, nonce="m" * 16).json() == {"state": "destroyed"}
    assert own_keyring.days() == [] and own_keyring.has_site_key() and is_frozen()


@pytest.mark.django_db(transaction=True)
def test_one_call_repeated_in_one_instant_is_heard_once(client):
    stamp = str(int(timezone.now().timestamp()))
    answers = at_once([lambda: call(type(client)(), stamp=stamp).status_code] * 6)
    assert sorted(answers) == [200] + [409] * 5


def test_the_example_of_the_documents_signs_as_we_do(tmp_path):
    """openssl, as docs/operations.md tells people to call it."""
    stamp, nonce, body = "1700000000", "0123456789abcdef", '{"action": "freeze"}'
    command = f"printf '%s.%s.%s' {stamp} {nonce} '{body}' | openssl dgst -sha256 -hmac '{SECRET}' -r | cut -d ' ' -f 1"
    signed = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout.strip()
    assert signed == sign(SECRET, stamp, nonce, body.encode())
