"""Handling what was stored: by the registered functions, once each, in the order of a chat, again after a failure."""

import threading
from collections import Counter

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.utils import timezone

from hotline.telegram import intake, leadership
from hotline.telegram.actions import updates
from hotline.telegram.handlers import (
    on_button,
    on_command,
    on_membership,
    on_migration,
    on_other_command,
    on_text,
)
from hotline.telegram.models import Lease, TelegramUpdate
from tests.support.running import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

calls = []
trouble = {}


def note(kind, answer=None):
    def function(update):
        calls.append((kind, update.update_id, threading.current_thread().name))
        if trouble.get(kind, 0):
            trouble[kind] -= 1
            raise ZeroDivisionError("I live at the bridge")
        return answer

    return function


def register(application):
    on_command(application, "pause", note("pause"))
    on_button(application, "a\\.", note("accept", "Taken. Thank you!"))
    on_button(application, "d\\.", note("decline"))
    on_membership(application, note("membership"))
    on_migration(application, note("migration"))
    on_text(application, note("text"))
    on_other_command(application, note("other"))


@pytest.fixture(autouse=True)
def house(settings, simulator):
    """Handlers that note what they are called with; a simulator that answers the bot."""
    settings.TELEGRAM_HANDLERS = ["tests.telegram.test_intake.register"]
    settings.TELEGRAM_LISTENERS = ["tests.telegram.test_updates.listen"]
    calls.clear()
    trouble.clear()
    return simulator


def message(number, text, chat=7, **more):
    person = {"id": 7, "is_bot": False, "first_name": "Olena"}
    entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}] if text.startswith("/") else []
    content = {"message_id": number, "date": 0, "chat": {"id": chat, "type": "private"}, "from": person, "text": text}
    return {"update_id": number, "message": content | {"entities": entities} | more}


def handle(*raw):
    updates.store(list(raw))
    return async_to_sync(intake.handle_pending)()


def kinds():
    return [kind for kind, _number, _thread in calls]


def test_each_kind_goes_to_its_function():
    person = {"id": 7, "is_bot": False, "first_name": "Olena"}
    chat = {"id": 7, "type": "private"}
    bot = {"user": {"id": 1, "is_bot": True, "first_name": "Bot"}}
    member = {"chat": chat, "from": person, "date": 0, "old_chat_member": bot | {"status": "member"}}
    handled = handle(
        message(1, "/pause"),
        message(2, "Hello"),
        message(3, "/dance"),
        {"update_id": 4, "my_chat_member": member | {"new_chat_member": bot | {"status": "left"}}},
        {"update_id": 5, "message": {"message_id": 5, "date": 0, "chat": chat, "migrate_to_chat_id": -1001}},
        {"update_id": 6, "poll": {"id": "5"}},
    )
    assert handled == 6
    assert kinds() == ["pause", "text", "other", "membership", "migration"]
    assert TelegramUpdate.objects.filter(handled_at__isnull=False, sealed=None).count() == 5
    assert TelegramUpdate.objects.get(update_id=6).error == "unreadable", "a poll without its fields"


def test_an_edited_command_is_not_given_again():
    edited = message(1, "/pause")
    edited["edited_message"] = edited.pop("message")
    handle(edited)
    assert kinds() == []
    assert TelegramUpdate.objects.get().handled_at is not None


def test_a_function_runs_in_a_thread_of_its_own():
    handle(message(1, "Hello"))
    assert calls[0][2].startswith("telegram-handler")


def press(simulator, data, text="Offer"):
    """Somebody presses a button under a message of the bot; the update as Telegram would bring it."""
    person = simulator.person("Olena")
    markup = {"inline_keyboard": [[{"text": "Button", "callback_data": data}]]}
    simulator._http.post(
        f"{simulator.url}/bot{simulator.token}/sendMessage",
        json={"chat_id": person, "text": text, "reply_markup": markup},
    )
    simulator.press(person, "Button")
    answer = simulator._http.get(f"{simulator.url}/bot{simulator.token}/getUpdates").json()
    return answer["result"]


def test_a_pressed_button_is_answered_in_the_function_s_words(simulator):
    handle(*press(simulator, "a.token"))
    assert kinds() == ["accept"]
    (answer,) = simulator.calls("answerCallbackQuery")
    assert answer["parameters"]["text"] == "Taken. Thank you!"
    assert answer["status"] == 200


def test_a_button_without_words_stops_its_clock_all_the_same(simulator):
    handle(*press(simulator, "d.token"))
    assert len(simulator.calls("answerCallbackQuery")) == 1


@pytest.mark.parametrize("fault", ["server_error", "drop_before"])
def test_an_answer_that_does_not_get_through_is_no_failure(simulator, fault):
    raw = press(simulator, "a.token")
    simulator.fault(fault, method="answerCallbackQuery")
    handle(*raw)
    assert TelegramUpdate.objects.get().handled_at is not None


def test_a_button_pressed_too_long_ago_is_no_failure(simulator):
    raw = press(simulator, "a.token")
    simulator.settings(callback_seconds=0)
    handle(*raw)
    assert simulator.calls("answerCallbackQuery")[0]["status"] == 400
    assert TelegramUpdate.objects.get().handled_at is not None


def test_a_repeated_update_is_handled_once():
    handle(message(1, "/pause"))
    assert handle(message(1, "/pause")) == 0
    assert kinds() == ["pause"]


def test_a_failure_is_noted_by_its_name_and_tried_again(caplog):
    trouble["text"] = 1
    handle(message(1, "Hello"))
    row = TelegramUpdate.objects.get()
    assert (row.handled_at, row.error) == (None, "ZeroDivisionError")
    assert row.sealed is not None
    assert async_to_sync(intake.handle_pending)() == 0, "not before the pause is over"
    TelegramUpdate.objects.update(not_before=timezone.now())
    assert async_to_sync(intake.handle_pending)() == 1
    row.refresh_from_db()
    assert row.handled_at is not None
    assert kinds() == ["text", "text"]
    assert "bridge" not in caplog.text


def test_a_failure_holds_up_nobody_else():
    trouble["text"] = 1
    handle(message(1, "Hello"), message(2, "/pause"), message(3, "/pause", chat=8))
    assert sorted(kinds()) == ["pause", "pause", "text"]
    assert TelegramUpdate.objects.filter(handled_at__isnull=False).count() == 2


@pytest.mark.parametrize("strange", [{"message": 5}, {"callback_query": {"id": []}}, {"message": {"chat": "x"}}])
def test_what_the_library_cannot_read_is_given_up_and_stepped_over(strange):
    handle({"update_id": 1} | strange, message(2, "Hello"))
    assert kinds() == ["text"]
    row = TelegramUpdate.objects.get(update_id=1)
    assert (row.error, row.sealed) == ("unreadable", None)


def test_the_updates_of_a_chat_are_handled_in_their_order():
    handle(*(message(number, "Hello", chat=number % 3) for number in range(1, 31)))
    for chat in range(3):
        numbers = [number for _kind, number, _thread in calls if number % 3 == chat]
        assert numbers == sorted(numbers)
    assert Counter(kinds()) == {"text": 30}


def test_what_is_handled_while_another_is_finished_is_finished_together(monkeypatch):
    desks, finished, finish = [], [], updates.finish

    class Desk(intake.Desk):
        def __init__(self, threads):
            super().__init__(threads)
            desks.append(self)

    def finish_slowly(*numbers):
        assert finished or wait_for(lambda: len(desks[0].handled) == 4)
        finished.append(numbers)
        finish(*numbers)

    monkeypatch.setattr(intake, "Desk", Desk)
    monkeypatch.setattr(updates, "finish", finish_slowly)
    handle(*(message(number, "Hello", chat=number) for number in range(1, 6)))
    assert [len(numbers) for numbers in finished] == [1, 4]
    assert TelegramUpdate.objects.filter(handled_at__isnull=False, sealed=None).count() == 5


def test_a_chat_that_takes_long_holds_up_no_other(settings):
    settings.TELEGRAM_HANDLERS = ["tests.telegram.test_intake.register_slow"]
    slow.clear()
    handle(message(1, "slow"), message(2, "quick", chat=8))
    assert kinds() == ["quick", "slow"]


slow = threading.Event()


def register_slow(application):
    def function(update):
        if update.message.text == "slow":
            assert slow.wait(60)
        calls.append((update.message.text, update.update_id, ""))
        slow.set()

    on_text(application, function)


def test_the_database_is_at_hand_and_given_back(settings):
    settings.TELEGRAM_HANDLERS = ["tests.telegram.test_intake.register_reader"]
    handle(message(1, "Hello"), message(2, "Hello"))
    assert [answer for answer, *_rest in calls] == [2, 2]


def register_reader(application):
    def function(update):
        calls.append((TelegramUpdate.objects.count(), connection.vendor, ""))

    on_text(application, function)


def test_the_loop_handles_what_is_stored_and_ends(running):
    loop = running(intake.run)
    updates.store([message(1, "Hello")])
    assert wait_for(lambda: TelegramUpdate.objects.filter(handled_at__isnull=False).exists())
    assert loop.end()


def test_a_silent_telegram_delays_the_start_and_loses_nothing(running, simulator, monkeypatch):
    monkeypatch.setattr(intake, "FIRST_PAUSE", 0.1)
    simulator.fault("server_error", method="getMe", count=3)
    updates.store([message(1, "Hello")])
    running(intake.run)
    assert wait_for(lambda: TelegramUpdate.objects.filter(handled_at__isnull=False).exists())
    assert len(simulator.calls("getMe")) == 4


def test_two_loops_handle_each_update_once(running, monkeypatch):
    monkeypatch.setattr(leadership, "LOOKED", 0.05)
    running(intake.run)
    running(intake.run)
    for number in range(1, 21):
        updates.store([message(number, "Hello", chat=number % 5)])
    assert wait_for(lambda: TelegramUpdate.objects.filter(handled_at__isnull=False).count() == 20)
    assert sorted(number for _kind, number, _thread in calls) == list(range(1, 21))


def test_the_next_takes_over_what_a_dead_one_left(running, monkeypatch):
    monkeypatch.setattr(leadership, "LOOKED", 0.05)
    updates.store([message(1, "Hello")])
    updates.take(10)
    Lease.take("telegram intake", "a process that died", 1)
    running(intake.run)
    assert wait_for(lambda: TelegramUpdate.objects.filter(handled_at__isnull=False).exists())
    assert kinds() == ["text"]
