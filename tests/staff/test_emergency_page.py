"""The page for emergencies."""

import pytest

from hotline.lib.keyring import keyring
from hotline.staff.actions.destruction import ask, set_passphrase
from hotline.staff.actions.freeze import freeze, is_frozen
from hotline.staff.models import Freeze, KeyDestruction

pytestmark = pytest.mark.django_db
PAGE = "/emergency/"
WORDS = "seven grey geese under my stairs"
STOP = {"freeze-word": " STOP ", "freeze-reason": "Soldiers"}


@pytest.fixture(autouse=True)
def quiet(settings, own_keyring, cache_in_memory):
    settings.FREEZERS = settings.THAWERS = []
    own_keyring.prepare()


@pytest.fixture
def frozen(cast):
    assert cast.ada and cast.alice
    return freeze(None, "", Freeze.Way.COMMAND)


def addresses():
    asked = KeyDestruction.objects.first() or KeyDestruction.objects.create(with_site_key=False)
    steps = ("stop", "go-on", "destroy", "destroy/ask", f"destroy/{asked.pk}/confirm", f"destroy/{asked.pk}/withdraw")
    return [f"{PAGE}{step}/" for step in steps]


@pytest.mark.parametrize("who", ["vera", "viktor", "cora"])
def test_it_is_for_administrators(as_person, cast, who):
    client = as_person(getattr(cast, who))
    assert client.get(PAGE).status_code == 403
    for address in addresses():
        assert client.post(address, STOP).status_code == 403, address
        assert client.get(address).status_code in (403, 405), address
    assert not is_frozen()


def test_nobody_is_sent_to_log_in(client, db):
    assert client.get(PAGE).status_code == 302
    for address in addresses():
        assert client.post(address, STOP).status_code == 302, address
    assert not is_frozen()


def test_a_typed_word_stops_the_house(as_person, cast):
    client = as_person(cast.ada)
    answer = client.post(f"{PAGE}stop/", {"freeze-word": "yes", "freeze-reason": "Soldiers"})
    assert answer.status_code == 422 and "Soldiers" in answer.content.decode() and not is_frozen()
    answer = client.post(f"{PAGE}stop/", STOP, follow=True)
    html = answer.content.decode()
    assert is_frozen() and "Soldiers" in html and "Ada" in html
    assert Freeze.objects.get().started_by == cast.ada


def test_a_reason_lets_it_go_on(as_person, cast, frozen):
    client = as_person(cast.ada)
    assert client.post(f"{PAGE}go-on/", {"thaw-reason": ""}).status_code == 422
    assert is_frozen()
    client.post(f"{PAGE}go-on/", {"thaw-reason": "They left"})
    assert not is_frozen()


def test_dangerous_steps_ask_for_a_proof_first(as_person, cast, frozen):
    client = as_person(cast.ada)
    session = client.session
    session["proven_at"] = 0
    session.save()
    asked = ask(cast.alice, with_site_key=False)
    for step in ("go-on/", "destroy/ask/", f"destroy/{asked.pk}/confirm/"):
        answer = client.post(f"{PAGE}{step}", {"thaw-reason": "x", "destroy-word": "destroy"})
        assert answer.status_code == 302 and "/accounts/" in answer.url, step
    assert is_frozen() and not KeyDestruction.objects.filter(confirmed_at__isnull=False).exists()


def test_two_administrators_destroy_the_keys_of_days(as_person, cast, frozen):
    ada, alice = as_person(cast.ada), as_person(cast.alice)
    assert ada.post(f"{PAGE}destroy/ask/", {"destroy-word": "no"}).status_code == 422
    ada.post(f"{PAGE}destroy/ask/", {"destroy-word": "destroy"})
    asked = KeyDestruction.objects.get()
    assert "Destroy them now" not in ada.get(PAGE).content.decode(), "not by whoever asked"
    assert "Destroy them now" in alice.get(PAGE).content.decode()
    assert "Somebody else" in ada.post(f"{PAGE}destroy/{asked.pk}/confirm/", follow=True).content.decode()
    assert keyring().days()
    html = alice.post(f"{PAGE}destroy/{asked.pk}/confirm/").content.decode()
    assert "The keys are destroyed" in html and keyring().days() == [] and keyring().has_site_key()
    assert "Keys were destroyed on" in alice.get(PAGE).content.decode()


def test_keeping_the_keys_is_one_press(as_person, cast, frozen):
    asked = ask(cast.ada, with_site_key=True)
    as_person(cast.alice).post(f"{PAGE}destroy/{asked.pk}/withdraw/")
    asked.refresh_from_db()
    assert asked.withdrawn_at and keyring().days()


def test_the_passphrase_destroys_everything_and_the_page_still_answers(as_person, cast, frozen):
    set_passphrase(WORDS)
    client = as_person(cast.ada)
    data = {"passphrase-passphrase": "guess", "passphrase-with_site_key": "on", "passphrase-word": "destroy"}
    answer = client.post(f"{PAGE}destroy/", data)
    assert answer.status_code == 422 and "guess" not in answer.content.decode() and keyring().has_site_key()
    answer = client.post(f"{PAGE}destroy/", data | {"passphrase-passphrase": WORDS})
    assert answer.status_code == 200 and "this house stops now" in answer.content.decode()
    assert not keyring().has_site_key() and keyring().days() == []


def test_an_unknown_request_is_none(as_person, cast, frozen):
    unknown = "00000000-0000-4000-8000-000000000000"
    client = as_person(cast.ada)
    assert client.post(f"{PAGE}destroy/{unknown}/confirm/").status_code == 404
    assert client.post(f"{PAGE}destroy/{unknown}/withdraw/").status_code == 404
