"""The chat desk in Chromium: take, talk, several conversations, the end."""

import uuid

from playwright.sync_api import expect

from chat.actions import conversations, erasure, queue
from chat.actions.messages import Post, post
from chat.models import Conversation, Duty, Event, GivenAnswers, Line
from hotline.live import topics
from hotline.live.doorbell import ring
from tests.browser import chat_desk as support
from tests.browser.chat_desk import Guest, line_of, panel, take_all, write
from tests.browser.helpers import axe, hold, intercept, intercepted, login, watch

youth, desk = support.youth, support.desk
MARKUP = "<img src=x onerror=alert(1)><b>bold</b> {{ 7*7 }}"


def test_a_visitor_is_taken_talked_with_and_put_away(desk, youth, cast):
    page = desk()
    robin = Guest(youth, answers={"age": "15-17", "danger": True})
    robin.says("hi. i dont really know how to start")
    card = line_of(page, youth)
    expect(card).to_contain_text("Are you in danger")
    page.keyboard.press("Alt+n")
    expect(panel(page)).to_contain_text("hi. i dont really know how to start")
    expect(page.locator("#abouts")).to_contain_text("15–17")
    write(page, "Hi Robin, good that you are here.")
    mine = panel(page).locator(".message.me")
    expect(mine).to_contain_text("Hi Robin, good that you are here.")
    expect(mine.locator(".state")).to_have_text("Sent")
    robin.reads(robin.conversation.room.head)
    expect(mine.locator(".state")).to_have_text("Read")
    robin.says("ok. its about home")
    expect(panel(page).locator(".message.them").last).to_contain_text("ok. its about home")
    page.keyboard.press("Alt+e")
    page.get_by_role("button", name="End it").click()
    expect(panel(page)).to_contain_text("The conversation was ended from this side.")
    expect(panel(page).locator("textarea")).to_be_hidden()
    page.get_by_role("button", name="Keep and put away").click()
    expect(page.locator("#abouts")).to_contain_text("Please answer this.")
    page.locator("#abouts label", has_text="Family").click()
    page.get_by_role("button", name="Keep and put away").click()
    expect(page.locator("#mine")).to_contain_text("Whom you take stands here.")
    expect(page.locator("#no-talk")).to_be_visible()
    assert GivenAnswers.objects.get().answers == {"theme": "family"}


def test_answers_that_are_being_written_are_kept(desk, youth):
    """The end is told twice: by the button's answer, and by the room."""
    page = desk()
    robin = Guest(youth)
    take_all(page, robin)
    expect(page.locator("#abouts")).to_contain_text("Before the chat")
    release = hold(page, f"**/desk/chat/{robin.started.conversation}/")
    intercepted(page)
    page.keyboard.press("Alt+e")
    page.get_by_role("button", name="End it").click()
    page.locator("#abouts label", has_text="Family").click()
    expect(panel(page)).to_contain_text("ended from this side")
    release()
    expect(page.locator("#abouts label", has_text="Family").locator("input")).to_be_checked()
    page.get_by_role("button", name="Keep and put away").click()
    expect(page.locator("#mine")).to_contain_text("Whom you take stands here.")
    assert GivenAnswers.objects.get().answers == {"theme": "family"}


def person(page, guest):
    """The visitor's place in the list."""
    return page.locator(f"#talk-{guest.started.conversation}")


def test_several_conversations_side_by_side(desk, youth, cast):
    Duty.objects.create(line=youth, user=cast.vera, maximum=3)
    robin, sky = Guest(youth, "Robin"), Guest(youth, "Sky")
    page = desk()
    take_all(page, robin, sky)
    assert person(page, robin).get_attribute("data-colour") != person(page, sky).get_attribute("data-colour")
    page.keyboard.type("half a thought")
    robin.says("are you there?", "hello?")
    expect(person(page, robin).locator("[data-count]")).to_have_text("2")
    expect(person(page, robin)).to_contain_text("hello?")
    expect(page).to_have_title("(2) Conversations · Hotline")
    page.keyboard.press("Alt+1")
    expect(panel(page).get_by_role("heading")).to_have_text("Robin")
    expect(panel(page).locator("textarea")).to_be_focused()
    expect(panel(page).locator("textarea")).to_have_value("")
    expect(person(page, robin).locator("[data-count]")).to_be_hidden()
    expect(page).to_have_title("Conversations · Hotline")
    page.keyboard.press("Alt+2")
    expect(panel(page).locator("textarea")).to_have_value("half a thought")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("and a line")
    page.keyboard.press("Enter")
    expect(panel(page).locator(".message.me .body")).to_have_text("half a thought\nand a line")
    expect(panel(page).locator(".message.me .state")).to_have_text("Sent")
    assert Event.objects.filter(room__conversation=sky.conversation, kind="message").count() == 1


def test_each_conversation_is_told_about_however_fast_they_are_looked_through(desk, youth, cast):
    Duty.objects.create(line=youth, user=cast.vera, maximum=3)
    guests = [Guest(youth, alias) for alias in ("Robin", "Sky", "Moss")]
    page = desk()
    take_all(page, *guests)
    expect(page.locator("#abouts [data-about]")).to_have_count(3)
    release = hold(page, *(f"**/desk/chat/{guest.started.conversation}/" for guest in guests))
    page.reload()
    expect(page.locator(".connection")).to_contain_text("Connected")
    for guest in guests:
        person(page, guest).click()
        expect(person(page, guest)).to_have_attribute("aria-current", "true")
    release()
    expect(page.locator("#abouts [data-about]")).to_have_count(3)


def test_whoever_wants_the_same_visitor_second_is_told(desk, youth, cast):
    page = desk()
    robin = Guest(youth)

    def alice_is_faster(route):
        queue.take(cast.alice, robin.conversation, uuid.uuid4())
        route.continue_()

    intercept(page, "**/take/", alice_is_faster)
    line_of(page, youth).get_by_role("button", name="Take number 1").click()
    expect(page.locator("#toasts")).to_contain_text("A colleague was faster")
    expect(page.locator("#mine")).to_contain_text("Whom you take stands here.")
    expect(line_of(page, youth).locator("[data-waiting]")).to_have_count(0)
    assert robin.conversation.volunteer == cast.alice


def test_a_second_tab_agrees_with_the_first(desk, youth, cast, context):
    page = desk()
    other = context.new_page()
    watch(other)
    other.goto("/desk/chat/")
    robin = Guest(youth)
    robin.says("hello")
    page.bring_to_front()
    take_all(page, robin)
    expect(person(other, robin)).to_be_visible()
    expect(panel(page)).to_contain_text("hello")
    write(page, "Hi Robin")
    expect(panel(other).locator(".message.me")).to_contain_text("Hi Robin")
    expect(panel(other).locator(".message.me .state")).to_have_text("Sent")
    expect(person(other, robin).locator("[data-count]")).to_be_hidden()
    conversations.end_as_visitor(robin.participant)
    for tab in (page, other):
        expect(panel(tab)).to_contain_text("Robin has ended the conversation.")
        expect(tab.locator("#abouts")).to_contain_text("ended by the visitor")
    page.get_by_role("button", name="Without answers").click()
    expect(other.locator("#mine")).to_contain_text("Whom you take stands here.")
    assert not GivenAnswers.objects.exists()
    assert other.problems == []


def test_what_is_written_without_a_connection_arrives_once_it_is_back(desk, youth, context):
    page = desk()
    robin = Guest(youth)
    take_all(page, robin)
    expect(page.locator("#abouts")).to_contain_text("Before the chat")
    context.set_offline(True)
    expect(page.locator(".connection")).to_contain_text("Offline")
    expect(panel(page).locator("[data-hint]")).to_contain_text("There is no connection")
    write(page, "still here")
    expect(panel(page).locator(".message.me .state")).to_have_text("sending …")
    context.set_offline(False)
    expect(panel(page).locator(".message.me .state")).to_have_text("Sent")
    expect(panel(page).locator("[data-hint]")).to_be_hidden()
    # the browser itself notes each try that met no network
    page.problems = [problem for problem in page.problems if "ERR_INTERNET_DISCONNECTED" not in problem]
    assert Event.objects.filter(room__conversation=robin.conversation, kind="message").count() == 1


def test_nothing_and_too_much_are_said_and_stay_in_the_box(desk, youth):
    page = desk()
    take_all(page, Guest(youth))
    box, error = panel(page).locator("textarea"), panel(page).locator("[data-error]")
    page.keyboard.press("Enter")
    expect(error).to_have_text("Write something first.")
    box.fill("x" * 4001)
    expect(error).to_be_hidden()
    expect(panel(page).locator("[data-length]")).to_have_text("4001 of 4000 characters")
    box.press("Enter")
    expect(error).to_contain_text("too long")
    expect(box).to_have_value("x" * 4001)
    assert not Event.objects.filter(kind="message").exists()


def test_a_message_that_is_refused_goes_back_into_the_box(desk, youth):
    """The conversation is over, and this page has not heard of it."""
    page = desk()
    robin = Guest(youth)
    take_all(page, robin)
    conversation = robin.conversation
    type(conversation.room).objects.update(is_open=False)
    write(page, "one more thing")
    expect(panel(page).locator(".message.unsent")).to_contain_text("Not sent. This conversation has ended.")
    panel(page).get_by_role("button", name="Back into the box").click()
    expect(panel(page).locator("textarea")).to_have_value("one more thing")
    expect(panel(page).locator(".message")).to_have_count(0)


def test_what_visitors_write_is_text(desk, youth):
    page = desk()
    robin = Guest(youth, alias=MARKUP[:40])
    robin.says(MARKUP)
    take_all(page, robin)
    expect(panel(page).locator(".message.them .body")).to_have_text(MARKUP)
    expect(page.locator("#abouts dd").first).to_have_text(MARKUP[:40])
    assert page.locator("#chat img, #chat .body b").count() == 0


def test_a_function_that_is_off_shows_no_control(desk, youth):
    Line.objects.update(can_exclude=False, wrap_up=None, shows_read=False, shows_typing=False)
    page = desk()
    robin = Guest(youth)
    robin.says("hello")
    take_all(page, robin)
    expect(page.locator("#abouts")).to_contain_text("End conversation")
    expect(page.get_by_role("button", name="End as abuse")).to_have_count(0)
    write(page, "hi")
    expect(panel(page).locator(".message.me .state")).to_have_text("Sent")
    page.keyboard.press("Alt+e")
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_role("button", name="Without answers")).to_have_count(0)
    page.get_by_role("button", name="Put away").click()
    expect(page.locator("#mine")).to_contain_text("Whom you take stands here.")
    assert page.locator("#toasts .warning").count() == 0


def test_a_conversation_that_went_back_to_the_queue_is_said(desk, youth, cast):
    page = desk()
    robin = Guest(youth)
    robin.says("my secret")
    take_all(page, robin)
    expect(panel(page)).to_contain_text("my secret")
    page.keyboard.type("what I wanted to say")
    queue.give_back(robin.conversation, cast.vera)
    expect(panel(page).locator("[data-hint]")).to_contain_text("no longer yours")
    expect(panel(page).locator("textarea")).to_have_value("what I wanted to say")
    expect(page.locator("body")).not_to_contain_text("my secret")
    expect(line_of(page, youth)).to_contain_text("Their volunteer is gone")
    line_of(page, youth).get_by_role("button", name="Take number 1").click()
    expect(panel(page)).to_contain_text("my secret")
    expect(panel(page).locator("textarea")).to_have_value("what I wanted to say")
    expect(panel(page).get_by_role("button", name="Send")).to_be_enabled()


def test_what_a_visitor_erases_goes_from_the_screen(desk, youth):
    page = desk()
    robin = Guest(youth, "Robin")
    robin.says("my secret")
    take_all(page, robin)
    expect(panel(page)).to_contain_text("my secret")
    expect(page.locator("#abouts")).to_contain_text("Robin")
    erasure.erase_for_visitor(robin.conversation)
    expect(page.locator("body")).not_to_contain_text("my secret")
    expect(page.locator("#abouts")).not_to_contain_text("Robin")


def test_end_as_abuse_is_asked_first(desk, youth):
    page = desk()
    robin = Guest(youth)
    take_all(page, robin)
    page.get_by_role("button", name="End as abuse").click()
    page.get_by_role("button", name="Go on talking").last.click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.get_by_role("button", name="End as abuse").click()
    page.locator("dialog[open]").get_by_role("button", name="End as abuse").click()
    expect(page.locator("#abouts")).to_contain_text("ended as abuse")
    assert robin.conversation.end == Conversation.End.ABUSE


def test_away_number_and_door_are_set_at_the_desk(desk, youth, cast):
    page = desk()
    card = line_of(page, youth)
    card.get_by_role("button", name="One conversation more").click()
    expect(card).to_contain_text("0 / 2")
    expect(card.get_by_role("button", name="One conversation less")).to_be_enabled()
    card.locator("summary").click()
    card.get_by_role("button", name="I am away").click()
    expect(card).to_contain_text("You are away from this line.")
    Guest(youth)
    expect(card.locator("[data-waiting]")).to_have_count(1)
    expect(card.get_by_role("button", name="Take number 1")).to_have_count(0)
    card.get_by_role("button", name="I am back").click()
    expect(card.get_by_role("button", name="Take number 1")).to_be_visible()
    card.get_by_role("button", name="Pause the queue").click()
    expect(card.locator(".tag")).to_contain_text("Paused")
    expect(card.get_by_role("button", name="Take number 1")).to_be_visible()
    assert Duty.objects.get(line=youth, user=cast.vera).maximum == 2


def test_who_is_logged_out_is_told(desk, youth, cast):
    page = desk()
    login(page, cast.viktor)
    cast.vera.is_active = False
    cast.vera.save()
    expect(page.locator(".connection")).to_contain_text("Signed out")


def test_typing_is_shown_until_they_have_written(desk, youth):
    page = desk()
    robin = Guest(youth)
    take_all(page, robin)
    ring(topics.room(robin.started.room), typing=robin.participant.code)
    expect(panel(page).locator("[data-state]")).to_have_text("Youth chat · writing …")
    expect(person(page, robin)).to_contain_text("writing …")
    robin.says("there")
    expect(panel(page).locator("[data-state]")).to_have_text("Youth chat · here")


def test_a_long_conversation_opens_at_its_end_and_pages_back(desk, youth):
    robin = Guest(youth)
    robin.says(*(f"line {number}" for number in range(120)))
    page = desk()
    take_all(page, robin)
    bodies = panel(page).locator(".message .body")
    expect(bodies.last).to_have_text("line 119")
    expect(bodies.last).to_be_in_viewport()
    assert bodies.count() < 60
    panel(page).get_by_role("button", name="Earlier messages").click()
    expect(bodies.first).to_have_text("line 0")
    assert bodies.all_inner_texts() == [f"line {number}" for number in range(120)]
    expect(panel(page).get_by_role("button", name="Earlier messages")).to_be_hidden()


def test_practice_is_played_with_a_code(desk, youth):
    page = desk()
    card = line_of(page, youth)
    card.locator("summary").click()
    card.get_by_role("button", name="Practice visitor").click()
    code = page.locator("#practice .secret").inner_text()
    expect(page.locator("#mine")).to_contain_text("Practice")
    visitor = conversations.visitor(conversations.resume(youth, code).token)
    posted = post(Post(visitor.pk, uuid.uuid4(), "it is me"))
    ring(topics.room(posted.room), seq=posted.seq)
    page.locator("#mine .person").click()
    expect(panel(page)).to_contain_text("it is me")
    expect(page.locator("#abouts")).to_contain_text("nothing of it counts")
    axe(page)
