"""Stopping the house from a linked administrator's phone."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from hotline.lib.keyring import keyring
from hotline.outbox.actions.messages import enqueue
from hotline.outbox.models import Message
from hotline.staff.actions.chats import issue_code
from hotline.staff.actions.destruction import set_passphrase
from hotline.staff.actions.freeze import carry_on, freeze, is_frozen
from hotline.staff.models import AuditEntry, Freeze, LinkedChat
from tests.dispatch.conftest import registry, telegram
from tests.support.simulator import simulator, simulator_server

__all__ = ["registry", "simulator", "simulator_server", "telegram"]
pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "seven grey geese under my stairs"


@pytest.fixture
def phone_of(telegram):
    def linked(person):
        phone = telegram.phone(person.alias)
        LinkedChat.objects.create(user=person, address=str(phone))
        return phone

    return linked


def test_a_command_and_a_button_stop_the_house(telegram, cast, phone_of):
    ada = phone_of(cast.ada)
    telegram.write(ada, "/freeze")
    assert telegram.buttons(ada) == ["Stop everything", "No, go on"] and not is_frozen()
    assert telegram.press(ada, "Stop everything") == "The house is frozen."
    current = Freeze.objects.get()
    assert (current.way, current.started_by) == ("telegram", cast.ada)
    assert any("/destroy and the passphrase" in text for text in telegram.client.seen(ada))
    telegram.write(ada, "/freeze")
    assert "The house is frozen" in telegram.last(ada)["text"]


def test_a_mistyped_word_stops_nothing(telegram, cast, phone_of):
    ada = phone_of(cast.ada)
    for words in ("freeze", "/freez", "Stop everything"):
        telegram.write(ada, words)
    telegram.write(ada, "/freeze")
    assert "Nothing was changed" in telegram.press(ada, "No, go on")
    assert not is_frozen()


def test_nobody_else_stops_it_or_learns_that_one_can(telegram, cast, phone_of):
    cora, stranger = phone_of(cast.cora), telegram.phone("Stranger")
    for phone in (cora, stranger):
        for words in ("/freeze", f"/destroy {WORDS}"):
            telegram.write(phone, words)
            assert telegram.last(phone)["text"] == "I do not know this. /help tells what I understand."
    assert not is_frozen()


def press_stolen(telegram, phone, data):
    content = {"text": "Stolen", "buttons": [[{"text": "Not mine", "data": data}]]}
    enqueue(channel="telegram", recipient=str(phone), content=content, key=f"{phone}{data}", purpose="test")
    telegram.send()
    return telegram.press(phone, "Not mine")


def test_a_button_belongs_to_its_chat_and_grows_old(telegram, cast, phone_of):
    ada, cora, alice = phone_of(cast.ada), phone_of(cast.cora), phone_of(cast.alice)
    telegram.write(ada, "/freeze")
    data = telegram.last(ada)["buttons"][0][0]["callback_data"]
    for phone in (cora, alice, telegram.phone("Stranger")):
        assert "not valid here" in press_stolen(telegram, phone, data)
    for forged in ("freeze.", "freeze.x.y", "freeze.1.", "freeze.²." + data.rpartition(".")[2]):
        assert "not valid here" in press_stolen(telegram, ada, forged)
    assert not is_frozen()


def test_an_old_button_is_dead(telegram, cast, phone_of):
    ada = phone_of(cast.ada)
    with time_machine.travel(timezone.now() - timedelta(minutes=11)):
        telegram.write(ada, "/freeze")
        data = telegram.last(ada)["buttons"][0][0]["callback_data"]
    assert "too old" in press_stolen(telegram, ada, data)
    assert not is_frozen()


def test_whoever_lost_the_right_presses_in_vain(telegram, cast, phone_of):
    alice, ada = phone_of(cast.alice), cast.ada
    telegram.write(alice, "/freeze")
    cast.alice.groups.clear()
    assert "does not exist" in telegram.press(alice, "Stop everything")
    assert ada and not is_frozen()


def test_the_passphrase_destroys_the_keys_from_afar(telegram, cast, phone_of, own_keyring, cache_in_memory):
    ada = phone_of(cast.ada)
    set_passphrase(WORDS)
    due = keyring().due_day(timezone.now() + timedelta(days=1))
    secret = keyring().seal(b"told", due, "test")
    telegram.write(ada, "/destroy guess")
    assert "not the passphrase" in telegram.last(ada)["text"]
    assert keyring().unseal(secret, due, "test") == b"told" and not is_frozen()
    telegram.write(ada, f"/destroy {WORDS}")
    assert "keys are destroyed" in telegram.last(ada)["text"] and is_frozen()
    with pytest.raises(Exception, match="key|changed"):
        keyring().unseal(secret, due, "test")
    assert keyring().has_site_key()
    assert AuditEntry.objects.filter(action="keys.destroyed").exists()


def test_with_the_site_key_only_when_told_so(telegram, cast, phone_of, own_keyring, cache_in_memory):
    ada = phone_of(cast.ada)
    set_passphrase(WORDS)
    telegram.client.text(ada, f"/destroy everything {WORDS}")
    telegram.receive()
    assert not keyring().has_site_key() and keyring().destroyed_on()


def test_while_frozen_the_bot_listens_to_its_own_people_alone(telegram, cast, registry, phone_of):
    helper = telegram.phone("Helper")
    coordinator = registry.coordinator((registry.food, registry.kharkiv), chat=helper)
    registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv)
    telegram.run()
    assert "Food" in telegram.last(helper)["text"]
    data = telegram.last(helper)["buttons"][0][0]["callback_data"]
    freeze(None, "", Freeze.Way.COMMAND)
    while carry_on(timezone.now()):
        pass
    telegram.send()
    assert not [text for text in telegram.client.seen(helper) if "Food" in text], "what it showed is emptied"
    for words in ("/open", "/status", "/pause", "Hello"):
        telegram.write(helper, words)
        assert telegram.last(helper)["text"] == "We are closed for now. Nothing to do for you."
    coordinator.refresh_from_db()
    assert coordinator.state == "active"
    content = {"text": "Old", "buttons": [[{"text": "Accept", "data": data}]]}
    enqueue(channel="telegram", recipient=str(helper), content=content, key="old", purpose="reply")
    telegram.send()
    assert "closed" in telegram.press(helper, "Accept")
    cora = telegram.phone("Cora", started=False)
    assert not Message.objects.filter(state="queued").exists() and cora


def test_a_code_links_an_administrator_even_then(telegram, cast):
    code = issue_code(cast.ada)
    freeze(None, "", Freeze.Way.COMMAND)
    phone = telegram.phone("Ada", started=False)
    telegram.client.start(phone, code)
    telegram.run()
    assert not LinkedChat.objects.exists() or LinkedChat.objects.get().user == cast.ada
