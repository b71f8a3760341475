"""Fetching updates: stored before they are acknowledged, by one process at a time, whatever Telegram does."""

import threading

import pytest
from django.utils import timezone

from hotline.telegram import leadership, poller
from hotline.telegram.actions import updates
from hotline.telegram.models import TelegramUpdate
from tests.support.running import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick(simulator, monkeypatch):
    """Pauses that a test can wait for."""
    monkeypatch.setattr(leadership, "LOOKED", 0.05)
    monkeypatch.setattr(poller, "FIRST_PAUSE", 0.1)


def stored():
    return TelegramUpdate.objects.count()


def asked(simulator):
    return [call["parameters"].get("offset") for call in simulator.calls("getUpdates")]


def test_what_people_write_is_stored_and_then_acknowledged(simulator, running):
    person = simulator.person("Olena")
    running(poller.run)
    simulator.text(person, "Hello")
    simulator.text(person, "Is anybody there?")
    assert wait_for(lambda: stored() == 2)
    last = TelegramUpdate.objects.order_by("update_id").last().update_id
    assert wait_for(lambda: asked(simulator)[-1] == str(last + 1))
    first_after = [offset for offset in asked(simulator) if offset is not None]
    assert all(int(offset) <= last + 1 for offset in first_after)


def test_nothing_is_acknowledged_before_it_is_stored(simulator, running, monkeypatch):
    failing = threading.Event()
    store = updates.store

    def stumble(raw):
        if not failing.is_set():
            failing.set()
            raise ValueError("the disk is full")
        return store(raw)

    monkeypatch.setattr(updates, "store", stumble)
    person = simulator.person("Olena")
    simulator.text(person, "Hello")
    running(poller.run)
    assert wait_for(lambda: stored() == 1)
    number = TelegramUpdate.objects.get().update_id
    answered = [call for call in simulator.calls("getUpdates") if call["result"]]
    assert len(answered) >= 2, "it was brought again"
    assert failing.is_set()
    assert wait_for(lambda: asked(simulator)[-1] == str(number + 1))


def test_what_cannot_be_read_is_stored_and_stepped_over(simulator, running):
    simulator.post("updates", update={"message": 5})
    simulator.text(simulator.person("Olena"), "Hello")
    running(poller.run)
    assert wait_for(lambda: stored() == 2)


@pytest.mark.parametrize("fault", ["server_error", "drop_before", "too_many"])
def test_trouble_is_waited_out(simulator, running, fault):
    simulator.fault(fault, method="getUpdates", count=2)
    simulator.text(simulator.person("Olena"), "Hello")
    loop = running(poller.run)
    assert wait_for(lambda: stored() == 1)
    assert loop.end()


def test_an_old_webhook_is_removed_before_asking(simulator, running):
    url, base = f"{simulator.url}/bot{simulator.token}/", "http://127.0.0.1:9/telegram/webhook/"
    assert simulator._http.post(f"{url}setWebhook", json={"url": base}).json()["ok"]
    simulator.text(simulator.person("Olena"), "Hello")
    running(poller.run)
    assert wait_for(lambda: stored() == 1)


def test_the_webhook_is_announced_with_its_secret_and_nothing_is_asked_for(simulator, running, settings):
    settings.TELEGRAM_WEBHOOK_SECRET = "a-secret"
    settings.BASE_URL = "http://127.0.0.1:9"
    simulator.fault("server_error", method="setWebhook", count=1)
    loop = running(poller.run)
    assert wait_for(lambda: len([call for call in simulator.calls("setWebhook") if call["status"] == 200]) == 1)
    call = simulator.calls("setWebhook")[-1]["parameters"]
    assert call["url"] == "http://127.0.0.1:9/telegram/webhook/"
    assert call["secret_token"] == "a-secret"
    assert simulator.calls("getUpdates") == []
    assert loop.end()


def test_two_loops_do_not_disturb_each_other(simulator, running):
    running(poller.run)
    running(poller.run)
    person = simulator.person("Olena")
    for number in range(10):
        simulator.text(person, f"Hello {number}")
    assert wait_for(lambda: stored() == 10)
    assert {call["status"] for call in simulator.calls("getUpdates") if call["finished"]} <= {200}


def test_it_ends_in_the_middle_of_a_long_poll(simulator, running):
    loop = running(poller.run)
    assert wait_for(lambda: simulator.calls("getUpdates"))
    before = timezone.now()
    assert loop.end()
    assert (timezone.now() - before).total_seconds() < poller.LONG_POLL / 2


def test_without_a_bot_it_waits_for_the_end(simulator, running, settings):
    settings.TELEGRAM_BOT_TOKEN = ""
    loop = running(poller.run)
    assert loop.end()
    assert simulator.calls("*") == []
