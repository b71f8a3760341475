"""The connection of the chat when the line itself goes: it notices, comes back, goes another way, and says what is true."""

import pytest

from tests.browser.chat_line import House
from tests.browser.helpers import watch


@pytest.fixture
def house(chromium):
    """A House, and a page that is about to call it."""
    page = chromium.new_page()
    watch(page)
    yield House(page)
    assert page.problems == []
    page.close()


def connected(house, **options):
    house.connect(**options)
    house.until("c.state === 'connected' && heard.some(([kind]) => kind === 'opened')")
    return house


def test_a_half_open_connection_is_noticed_and_nothing_is_lost_by_it(house):
    connected(house)
    house.tell(house.say("heard"))
    house.dead = house.sockets[-1]
    house.say("said to a dead line")
    sent = house.post("Are you there?")
    house.wait(lambda: house.sent("post"))
    for _second in range(60):
        if len(house.sockets) > 1:
            break
        house.pass_time(1)
    house.until(f"messages['{sent}'].state === 'sent'")
    assert len(house.sockets) > 1
    assert house.sent("hello")[-1] == {"type": "hello", "token": "token", "rooms": {"R": 1}}
    house.until("heard.filter(([kind]) => kind === 'event').length === 3")
    assert house.shown() == [1, 2, 3]
    assert [event["body"] for event in house.log].count("Are you there?") == 1


def test_a_quiet_line_that_answers_is_kept(house):
    connected(house)
    for _time in range(8):
        house.pass_time(10)
        house.page.evaluate("() => null")
    assert len(house.sockets) == 1
    assert len(house.sent("ping")) >= 4


def test_a_restart_of_the_house_is_told_and_resumed(house):
    connected(house)
    house.tell(house.say("before"))
    house.until("heard.some(([kind]) => kind === 'event')")
    house.shut, house.code = True, 1012
    house.sockets[-1].close(code=1012)
    house.until("c.state === 'restarting'")
    sent = house.post("into the restart")
    house.say("meanwhile")
    house.shut = False
    house.pass_time(3)
    house.until(f"messages['{sent}'].state === 'sent'")
    assert house.state() == "connected"
    house.until("heard.filter(([kind]) => kind === 'event').length === 3")
    assert house.shown() == [1, 2, 3]


def test_after_a_sleep_the_line_is_tried_at_once(house):
    connected(house)
    house.dead = house.sockets[-1]
    house.say("in the night")
    house.sleep(3 * 3600)
    house.pass_time(8)
    house.until("heard.some(([kind]) => kind === 'event')")
    assert house.state() == "connected"


AGAIN = "window.dispatchEvent(new Event('online'))", "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.mark.parametrize("call", AGAIN)
def test_a_page_that_is_looked_at_again_does_not_wait_for_its_turn(house, call):
    house.shut = True
    house.connect()
    for _time in range(6):
        house.pass_time(30)
    tries = len(house.sockets)
    house.shut = False
    house.page.evaluate(f"() => {call}")
    house.wait(lambda: len(house.sockets) == tries + 1)
    house.until("c.state === 'connected'")


def test_offline_is_called_so(house):
    connected(house)
    house.page.context.set_offline(True)
    house.until("c.state === 'offline'")
    house.page.context.set_offline(False)
    house.until("c.state === 'connected'")


def test_it_never_gives_up_and_never_waits_longer_than_half_a_minute(house):
    house.shut = house.down = True
    house.connect()
    for number in range(1, 21):
        house.pass_time(31)
        house.wait(lambda number=number: len(house.sockets) >= number)
    assert house.state() == "connecting"
    house.shut = house.down = False
    house.pass_time(31)
    house.until("c.state === 'connected'")


@pytest.mark.parametrize("code", [4401, 4403])
def test_whoever_is_not_known_any_more_is_told_and_asks_no_more(house, code):
    connected(house)
    house.sockets[-1].close(code=code)
    house.until("c.state === 'signed-out'")
    house.pass_time(300)
    assert len(house.sockets) == 1


def test_after_close_nothing_goes_on(house):
    connected(house)
    house.page.evaluate("() => c.close()")
    house.pass_time(300)
    assert len(house.sockets) == 1
    assert len(house.sent("ping")) <= 1


# ---- without sockets ----


def blocked(house):
    house.shut = True
    house.connect()
    house.pass_time(10)
    house.until("c.state === 'polling'")
    return house


def test_where_no_socket_comes_up_the_room_is_heard_by_http(house):
    house.say("one")
    blocked(house)
    house.until("heard.filter(([kind]) => kind === 'event').length === 1")
    assert house.heard("opened")[0]["state"] == "active"
    sent = house.post("by http")
    house.until(f"messages['{sent}'].state === 'sent'")
    assert [event.get("id") for event in house.log] == [None, sent]
    assert ("POST", "/chat/api/rooms/R/events/", {"id": sent, "body": "by http"}) in house.requests


def test_messages_keep_their_order_by_http(house):
    blocked(house)
    ids = [house.post(str(number)) for number in range(5)]
    house.until(f"messages['{ids[-1]}'].state === 'sent'")
    assert [event["body"] for event in house.log] == ["0", "1", "2", "3", "4"]


def test_a_line_that_swallows_frames_is_no_line(house):
    house.deaf = True
    house.say("one")
    house.connect()
    house.pass_time(60)
    house.until("c.state === 'polling'")
    house.until("heard.some(([kind]) => kind === 'event')")


def test_it_goes_back_to_sockets_when_they_come_through(house):
    blocked(house)
    sent = house.post("first")
    house.until(f"messages['{sent}'].state === 'sent'")
    house.shut = False
    house.pass_time(61)
    house.until("c.state === 'connected'")
    asked = len(house.requests)
    again = house.post("second")
    house.until(f"messages['{again}'].state === 'sent'")
    house.until("heard.filter(([kind]) => kind === 'event').length === 2")
    assert house.shown() == [1, 2]
    assert len(house.requests) == asked


def test_a_message_that_began_on_a_socket_ends_by_http_under_the_same_id(house):
    connected(house)
    house.keeps_acks = True
    sent = house.post("Hello")
    house.wait(lambda: house.log)
    house.shut = True
    house.sockets[-1].close(code=1006)
    house.pass_time(20)
    house.until("c.state === 'polling'")
    house.until(f"messages['{sent}'].state === 'sent'")
    assert len(house.log) == 1


def test_http_that_fails_too_is_no_polling(house):
    blocked(house)
    house.down = True
    house.page.evaluate("() => c.join('Q')")
    house.until("c.state === 'connecting'")
    house.down = False
    house.pass_time(35)
    house.until("c.state === 'polling'")


def test_what_http_refuses_is_told_like_anywhere(house):
    blocked(house)
    house.refuses = {"code": "ended", "detail": "It has ended."}
    sent = house.post("Hello")
    house.until(f"messages['{sent}'].state === 'failed'")
    assert house.heard("message")[-1]["error"] == {"code": "ended", "detail": "It has ended."}
