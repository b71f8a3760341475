"""What the replay of a day counts, and what the phones in it do; the replay itself is tests/bench/dispatch_day.py."""

import asyncio
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from hotline.outbox.models import Message
from hotline.telegram.simulator import messages
from hotline.telegram.simulator.calls import Call
from hotline.telegram.simulator.people import add_person
from hotline.telegram.simulator.simulator import Simulator
from tests.bench.dispatch_day import CHOSEN_AHEAD, exceeded, overtaken
from tests.support.phones import Heard, Phones
from tests.support.registry import offer_of

BUTTONS = '{"inline_keyboard": [[{"text": "Accept", "callback_data": "a.%s.seal"}]]}'


@pytest.fixture
def simulator():
    """A simulator without a server, with limits off."""
    one = Simulator("1:simulator", "hotline_test_bot")
    one.limits.rules.enabled = False
    return one


def test_calls_beyond_a_limit_are_counted():
    assert exceeded([0, 0.5, 1.0, 1.5], 2, 1) == 0
    assert exceeded([0, 0.5, 0.9, 1.5], 2, 1) == 1
    assert exceeded([0, 0.999], 1, 1) == 1
    assert exceeded([], 30, 1) == 0


def test_every_second_offer_is_accepted_and_each_is_known_by_its_reference(simulator):
    async def play():
        phones = Phones(SimpleNamespace(simulator=simulator, loop=asyncio.get_running_loop()))
        chats = [person.id for person in people_of(simulator, 4)]
        for number, chat in enumerate(chats):
            said(simulator, messages.send_message, "sendMessage", chat, text="x", reply_markup=BUTTONS % f"R{number}")
        said(simulator, messages.edit_message_text, "editMessageText", chats[1], message_id="1", text="over")
        await asyncio.sleep(0)
        return phones

    phones = asyncio.run(play())
    assert list(phones.arrived()) == ["R0", "R1", "R2", "R3"]
    assert list(phones.pressed) == ["R0", "R2"]
    assert list(phones.changed()) == ["R1"]
    assert [update["callback_query"]["data"] for update in simulator.world.updates] == ["a.R0.seal", "a.R2.seal"]


def people_of(simulator, number):
    return [add_person(simulator.world, f"Phone {one}", started=True) for one in range(number)]


def said(simulator, method, name, chat, **parameters):
    """Call a method as the server does, and tell whoever watches the log."""
    call = Call(name, {"chat_id": str(chat), **parameters})
    entry = simulator.log.begin(call, None)
    entry.result, entry.status, entry.finished = method(simulator, call), 200, entry.at
    simulator.world.changed()


@pytest.mark.parametrize(("waited", "expected"), [(CHOSEN_AHEAD + 1, 1), (CHOSEN_AHEAD - 1, 0)])
def test_a_courtesy_that_goes_before_an_offer_that_waits_is_counted(registry, cast, waited, expected):
    one, other = (registry.coordinator((registry.food, registry.kharkiv)) for _number in range(2))
    help_request = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv)
    taken, waiting = offer_of(help_request, one), offer_of(help_request, other)
    type(taken).objects.filter(pk=taken.pk).update(state="taken")
    now, written = time.monotonic(), timezone.now() - timedelta(seconds=waited)
    Message.objects.filter(subject=waiting.reference).update(created_at=written)
    calls = [
        Heard(now - 30, now - 30, "sendMessage", 200, 1, taken.reference),
        Heard(now, now, "editMessageText", 200, 1, taken.reference),
        Heard(now + 1, now + 1, "sendMessage", 200, 2, waiting.reference),
    ]
    assert overtaken(calls) == expected
    # Whose chat was written to just before could not be written to again.
    calls.insert(1, Heard(now - 0.1, now - 0.1, "sendMessage", 200, 2, ""))
    assert overtaken(calls) == 0
