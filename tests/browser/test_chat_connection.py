"""The connection of the chat on a bad line: what is lost, doubled, late or dead on the way reaches nobody so."""

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


# ---- order ----


def test_what_was_said_comes_once_and_in_order(house):
    house.say("one"), house.say("two")
    connected(house)
    house.tell(house.say("three"))
    house.until("heard.filter(([kind]) => kind === 'event').length === 3")
    assert [event["body"] for event in house.heard("event")] == ["one", "two", "three"]
    assert house.heard("opened")[0]["me"] == "P1"


def test_frames_that_come_twice_or_in_another_order_change_nothing(house):
    connected(house)
    one, two, three, four = (house.say(str(number)) for number in range(4))
    house.tell(one, one, three, two, three, one, four, four, two)
    house.until("heard.filter(([kind]) => kind === 'event').length === 4")
    assert house.shown() == [1, 2, 3, 4]


def test_a_gap_is_asked_for_and_nothing_is_shown_before_it_is_mended(house):
    connected(house)
    # whether the room was named by hello or opened after it depends on which came first
    before = len(house.sent("open"))
    one, _lost, _lost_too, four = (house.say(str(number)) for number in range(4))
    house.tell(one, four)
    house.until("heard.filter(([kind]) => kind === 'event').length === 4")
    assert house.shown() == [1, 2, 3, 4]
    assert house.sent("open")[before:] == [{"type": "open", "room": "R", "after": 1}]


def test_a_head_ahead_of_us_is_a_gap_too(house):
    connected(house)
    before = len(house.sent("open"))
    house.say("not told")
    house.tell({"rooms": {"R": 1, "elsewhere": 7}}, kind="heads")
    house.until("heard.some(([kind]) => kind === 'event')")
    house.tell({"rooms": {"R": 1}}, kind="heads")
    assert len(house.sent("open")[before:]) == 1


def test_a_reset_forgets_and_takes_what_follows(house):
    for number in range(3):
        house.say(str(number))
    connected(house)
    house.until("heard.filter(([kind]) => kind === 'event').length === 3")
    house.log = house.log[:1]
    house.tell({"room": "R", "first": 1, "head": 1}, kind="reset")
    house.tell(house.log[0])
    house.until("heard.filter(([kind]) => kind === 'event').length === 4")
    assert house.shown() == [1, 2, 3, 1]


def test_the_latest_page_alone_and_back_from_there(house):
    for number in range(120):
        house.say(str(number))
    house.connect(join=False)
    house.page.evaluate("() => c.join('R', null)")
    house.until("heard.filter(([kind]) => kind === 'event').length === 50")
    assert house.shown() == list(range(71, 121))
    back = house.page.evaluate("async () => (await c.history('R', 71)).map((event) => event.seq)")
    assert back == list(range(1, 71))
    assert len(house.shown()) == 50


# ---- our messages ----


def test_a_message_is_sent_when_it_is_acknowledged_and_not_before(house):
    connected(house)
    house.keeps_acks = True
    sent = house.post("Hello")
    house.wait(lambda: house.log)
    assert house.page.evaluate("(id) => messages[id].state", sent) == "sending"
    house.tell({"room": "R", "id": sent, "seq": 1, "at": "now"}, kind="ack")
    house.until(f"messages['{sent}'].state === 'sent'")


def test_a_lost_answer_makes_no_second_message(house):
    connected(house)
    house.keeps_acks = True
    sent = house.post("Hello")
    house.wait(lambda: house.log)
    house.keeps_acks = False
    house.pass_time(10)
    house.until(f"messages['{sent}'].state === 'sent'")
    assert [frame["id"] for frame in house.sent("post")] == [sent, sent]
    assert len(house.log) == 1


def test_our_own_message_in_the_log_is_as_good_as_its_answer(house):
    connected(house)
    house.keeps_acks = True
    sent = house.post("Hello")
    house.wait(lambda: house.log)
    house.tell(house.log[0])
    house.until(f"messages['{sent}'].state === 'sent'")


def test_what_nobody_acknowledges_is_told_as_not_sent_and_still_tried(house):
    connected(house)
    house.keeps_acks = True
    sent = house.post("Hello")
    house.wait(lambda: house.log)
    for _time in range(3):  # the line itself is whole: every ping is answered
        house.pass_time(8)
    house.until(f"messages['{sent}'].state === 'failed'")
    assert house.page.evaluate("(id) => messages[id].error.code", sent) == "unconfirmed"
    house.keeps_acks = False
    house.pass_time(10)
    house.until(f"messages['{sent}'].state === 'sent'")
    assert len(house.log) == 1


@pytest.mark.parametrize("code", ["too_large", "bad_frame", "ended", "id_reused", "not_allowed"])
def test_what_the_house_refuses_is_told_with_its_words_and_goes_again_when_asked(house, code):
    connected(house)
    house.refuses = {"code": code, "detail": "In words."}
    sent = house.post("Hello")
    house.until(f"messages['{sent}'].state === 'failed'")
    assert house.heard("message")[-1]["error"] == {"code": code, "detail": "In words."}
    house.pass_time(30)
    assert len(house.sent("post")) == 1
    house.refuses = None
    house.page.evaluate("(id) => c.retry(id)", sent)
    house.until(f"messages['{sent}'].state === 'sent'")
    assert "error" not in house.heard("message")[-1]


def test_whoever_is_too_fast_is_slowed_and_told_nothing(house):
    connected(house)
    house.refuses = {"code": "too_fast", "detail": "Slowly."}
    sent = house.post("Hello")
    house.wait(lambda: house.sent("post"))
    house.refuses = None
    house.pass_time(4)
    house.until(f"messages['{sent}'].state === 'sent'")
    assert [one["state"] for one in house.heard("message")] == ["sent"]


def test_what_is_dropped_goes_no_more(house):
    connected(house)
    house.refuses = {"code": "ended", "detail": ""}
    sent = house.post("Hello")
    house.until(f"messages['{sent}'].state === 'failed'")
    house.page.evaluate("(id) => { c.drop(id); c.retry(id); }", sent)
    house.pass_time(30)
    assert len(house.sent("post")) == 1


# ---- small things ----


def test_typing_is_said_once_in_a_while_and_reading_never_backwards(house):
    connected(house)
    house.page.evaluate("() => { for (let n = 0; n < 9; n += 1) c.typing('R'); c.read('R', 4); c.read('R', 2); }")
    house.wait(lambda: house.sent("read"))
    assert len(house.sent("typing")) == 1
    assert house.sent("read") == [{"type": "read", "room": "R", "seq": 4}]


def test_what_others_do_is_told_as_it_came(house):
    connected(house)
    for kind, fields in (
        ("read", {"room": "R", "from": "P2", "seq": 1}),
        ("typing", {"room": "R", "from": "P2"}),
        ("present", {"room": "R", "from": "P2", "state": "reconnecting"}),
        ("queue", {"line": "youth", "state": "open", "position": 3}),
        ("ring", {"topic": "alarms"}),
        ("error", {"code": "not_allowed", "detail": "No."}),
    ):
        house.tell(fields, kind=kind)
        name = "refused" if kind == "error" else kind
        house.until(f"heard.some(([kind]) => kind === '{name}')")
        assert house.heard(name) == [fields]


def test_a_room_whose_right_has_gone_is_closed_and_not_asked_for_again(house):
    connected(house)
    house.tell({"room": "R", "reason": "withdrawn"}, kind="closed")
    house.until("heard.some(([kind]) => kind === 'closed')")
    house.sockets[-1].close(code=1006)
    house.pass_time(3)
    house.wait(lambda: len(house.sent("hello")) == 2)
    assert house.sent("hello")[-1]["rooms"] == {}


def test_a_take_goes_again_until_it_is_answered(house):
    connected(house, token=None, csrf="c", **{"as": "attend"})
    assert "token" not in house.sent("hello")[0]
    house.wait(lambda: house.sent("attend"))
    house.page.evaluate("() => { window.took = c.take({ line: 'youth' }).catch((refusal) => refusal); }")
    house.wait(lambda: house.sent("take"))
    house.sockets[-1].close(code=1006)
    house.pass_time(3)
    house.wait(lambda: len(house.sent("take")) == 2)
    first, second = house.sent("take")
    assert first == second
    house.tell({"id": first["id"], "conversation": "C", "room": "X"}, kind="taken")
    assert house.page.evaluate("() => took") == {"conversation": "C", "room": "X"}


def test_a_take_that_is_refused_says_why(house):
    connected(house)
    house.page.evaluate("() => { window.took = c.take({ conversation: 'C' }).catch((refusal) => refusal); }")
    house.wait(lambda: house.sent("take"))
    house.tell({"code": "already_taken", "detail": "Taken.", "id": house.sent("take")[0]["id"]}, kind="error")
    assert house.page.evaluate("() => took") == {"code": "already_taken", "detail": "Taken."}
    assert house.heard("refused") == []


def test_an_end_is_a_promise(house):
    connected(house)
    assert house.page.evaluate("() => c.end('R')") is True
    house.down = True
    assert house.page.evaluate("() => c.end('R')") is False
    assert house.heard("refused")[0]["code"] == "unconfirmed"
