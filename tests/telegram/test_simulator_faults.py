"""What goes wrong on purpose: Telegram's limits, its illnesses, and connections that end too early or too late."""

import httpx
import pytest
from telegram.error import Forbidden, NetworkError, RetryAfter, TimedOut

from hotline.telegram.simulator.errors import ApiError
from hotline.telegram.simulator.limits import Limits


def refused(limits, *arguments):
    """The seconds that a 429 names, None when the message goes."""
    try:
        limits.count(*arguments)
    except ApiError as refusal:
        return refusal.parameters["retry_after"]
    return None


def test_one_message_a_second_to_a_chat():
    limits = Limits()
    assert refused(limits, 1, False, False, 100.0) is None
    assert refused(limits, 1, False, False, 100.5) == 1
    assert refused(limits, 2, False, False, 100.5) is None
    assert refused(limits, 1, False, True, 100.7) == 1
    assert refused(limits, 1, False, False, 100.95) is None  # the network may be a tenth early


def test_thirty_a_second_in_all():
    limits = Limits()
    assert [refused(limits, chat, False, False, 100.0) for chat in range(31)] == [None] * 30 + [1]
    assert refused(limits, 99, False, False, 101.0) is None


def test_twenty_a_minute_to_a_group():
    limits = Limits()
    times = [100.0 + 2 * number for number in range(20)]
    assert [refused(limits, -1, True, False, at) for at in times] == [None] * 20
    assert refused(limits, -1, True, False, 150.0) == 10
    assert refused(limits, -1, True, False, 160.0) is None
    assert [refused(limits, 1, False, False, at) for at in times] == [None] * 20
    assert refused(limits, 1, False, False, 150.0) is None


def test_limits_and_the_count_of_edits_can_be_switched_off():
    limits = Limits()
    limits.rules.count_edits = False
    assert refused(limits, 1, False, True, 100.0) is None
    assert refused(limits, 1, False, False, 100.0) is None
    limits.rules.enabled = False
    assert refused(limits, 1, False, False, 100.0) is None


async def test_limits_are_telegrams_unless_a_test_changes_them(library_bot, simulator):
    vera = simulator.person("Vera")
    simulator.settings(enabled=True, leeway=-3600)  # so that a slow machine stays within the second
    await library_bot.send_message(vera, "one")
    with pytest.raises(RetryAfter) as refusal:
        await library_bot.send_message(vera, "two")
    assert refusal.value._retry_after.total_seconds() >= 3600
    assert simulator.seen(vera) == ["one"]


async def test_too_many_for_one_chat_and_method_a_number_of_times(library_bot, simulator):
    vera, viktor = simulator.person("Vera"), simulator.person("Viktor")
    simulator.fault("too_many", method="sendMessage", chat=vera, count=1, retry_after=7)
    await library_bot.send_message(viktor, "one")
    with pytest.raises(RetryAfter) as refusal:
        await library_bot.send_message(vera, "one")
    assert refusal.value._retry_after.total_seconds() == 7
    assert await library_bot.send_message(vera, "two")


@pytest.mark.parametrize("code", [500, 502, 503])
async def test_ill_server_before_and_after(library_bot, simulator, code):
    vera = simulator.person("Vera")
    simulator.fault("server_error", code=code, count=1)
    with pytest.raises(NetworkError):
        await library_bot.send_message(vera, "before")
    simulator.fault("server_error_after", code=code, count=1)
    with pytest.raises(NetworkError):
        await library_bot.send_message(vera, "after")
    assert simulator.seen(vera) == ["after"]
    assert [(call["status"], call["applied"]) for call in simulator.calls("sendMessage")] == [
        (code, False),
        (code, True),
    ]


async def test_hanging_before_and_after_looks_the_same_to_the_sender(library_bot, simulator):
    vera = simulator.person("Vera")
    simulator.fault("hang_before", count=1)
    with pytest.raises(TimedOut):
        await library_bot.send_message(vera, "before", read_timeout=1)
    simulator.fault("hang_after", count=1)
    with pytest.raises(TimedOut):
        await library_bot.send_message(vera, "after", read_timeout=1)
    assert simulator.seen(vera) == ["after"]
    assert [call["applied"] for call in simulator.calls("sendMessage")] == [False, True]


async def test_connection_that_drops_before_and_after(library_bot, simulator):
    vera = simulator.person("Vera")
    for kind in ("drop_before", "drop_after"):
        simulator.fault(kind, count=1)
        with pytest.raises(NetworkError) as trouble:
            await library_bot.send_message(vera, kind)
        assert isinstance(trouble.value.__cause__, httpx.ReadError | httpx.RemoteProtocolError)
    assert simulator.seen(vera) == ["drop_after"]
    assert await library_bot.send_message(vera, "again")


async def test_refused_connection_was_never_sent(library_bot, simulator):
    vera = simulator.person("Vera")
    await library_bot.send_message(vera, "before")
    with simulator.refusing():
        with pytest.raises(NetworkError):
            await library_bot.send_message(vera, "on the old connection")
        with pytest.raises(NetworkError) as trouble:
            await library_bot.send_message(vera, "on a new one")
        assert isinstance(trouble.value.__cause__, httpx.ConnectError)
    await library_bot.send_message(vera, "after")
    assert simulator.seen(vera) == ["before", "after"]


async def test_blocked_for_a_moment(library_bot, simulator):
    vera = simulator.person("Vera")
    simulator.fault("blocked", chat=vera, count=2)
    for _ in range(2):
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await library_bot.send_message(vera, "Hello")
    assert await library_bot.send_message(vera, "Hello")


async def test_slow_answer_is_an_answer(library_bot, simulator):
    vera = simulator.person("Vera")
    simulator.fault("slow", seconds=0.05, count=1)
    assert await library_bot.send_message(vera, "Hello")
    (call,) = simulator.calls("sendMessage")
    assert call["finished"] - call["at"] >= 0.04


async def test_fault_without_a_method_spares_polls_and_a_star_spares_nothing(library_bot, simulator):
    number = simulator.fault("server_error")
    assert await library_bot.get_updates() == ()
    simulator.post("faults/clear", id=number)
    assert await library_bot.get_me()
    simulator.fault("server_error", method="*")
    with pytest.raises(NetworkError):
        await library_bot.get_updates()
    simulator.clear_faults()
    assert await library_bot.get_updates() == ()


def test_unknown_faults_are_named(simulator):
    with pytest.raises(AssertionError, match="Unknown fault"):
        simulator.fault("plague")
    with pytest.raises(AssertionError, match="Unknown option"):
        simulator.fault("slow", minutes=3)
