"""The internal chat in Chromium: a dock that disturbs no conversation, on a phone a view of its own."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from chat.actions import messages, team_announcements, team_erasure, team_rooms
from chat.actions.messages import Post
from chat.models import Event, Line
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions import rights
from hotline.staff.permissions import Rights
from tests.browser import chat_desk as support
from tests.browser.chat_desk import Guest, line_of, panel, write
from tests.browser.helpers import axe, login, screenshot, watch

youth, desk = support.youth, support.desk


@pytest.fixture
def phone(chromium, live, cast, youth):
    """Cora's page at 360 px."""
    made = chromium.new_context(base_url=live, viewport={"width": 360, "height": 740}, locale="en-GB")
    page = made.new_page()
    watch(page)
    login(page, cast.cora)
    page.goto("/desk/chat/")
    expect(page.locator(".connection[data-state=connected]")).to_be_visible()
    yield page
    assert page.problems == []
    made.close()


@pytest.fixture
def vera(desk, youth):
    """Vera's page with one room alone, open."""
    Line.objects.filter(slug="family").update(has_team_room=False)
    Line.objects.update(in_common_room=False)
    page = desk()
    page.keyboard.press("Alt+t")
    expect(room(page).locator("textarea")).to_be_focused()
    return page


def room(page):
    return page.locator(".team-room:not([hidden])")


def tell(page, words):
    """Write to the colleagues."""
    expect(room(page).locator("textarea")).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def total(page):
    return page.locator("#team-toggle [data-team-total]")


class Colleague:
    """Somebody of the team without a browser: what their device would do, by the same actions."""

    def __init__(self, person, *, common=False):
        self.person = person
        mine = team_rooms.of(person, Rights.of(person), timezone.now())
        self.mine = next(one for one in mine if one.team_room.common == common)

    def says(self, *bodies):
        for body in bodies:
            posted = messages.post(Post(self.mine.me.pk, uuid.uuid4(), body))
            ring(topics.room(posted.room), seq=posted.seq)

    def announces(self, text):
        return team_announcements.announce(self.person, self.mine, uuid.uuid4(), text)


def test_colleagues_talk_beside_a_conversation(desk, youth, phone):
    vera = desk()
    robin = Guest(youth)
    robin.says("it happened again")
    expect(line_of(vera, youth)).to_contain_text("waiting 1")
    vera.keyboard.press("Alt+n")
    expect(panel(vera)).to_contain_text("it happened again")
    write(vera, "I am here.")
    expect(panel(vera)).to_contain_text("I am here.")
    vera.keyboard.type("I think that")
    vera.keyboard.press("Alt+t")
    expect(room(vera).locator("textarea")).to_be_focused()
    expect(room(vera)).to_contain_text("Here: Cora (coordinator)")
    tell(vera, "Does anybody know a court that opens on Saturdays?")
    expect(room(vera).locator(".message")).to_contain_text("a court that opens")
    expect(panel(vera)).not_to_contain_text("a court that opens")
    vera.keyboard.press("Alt+t")
    expect(panel(vera).locator("textarea")).to_be_focused()
    expect(panel(vera).locator("textarea")).to_have_value("I think that")
    expect(vera.locator("#team-body")).to_be_hidden()

    team = phone.get_by_role("button", name="Internal")
    expect(team).to_contain_text("1")
    team.click()
    expect(room(phone)).to_contain_text("New since you were here")
    expect(room(phone)).to_contain_text("a court that opens")
    room(phone).locator("textarea").click()
    phone.keyboard.type("@ve")
    expect(phone.get_by_role("option", name="Vera")).to_be_visible()
    axe(phone)
    screenshot(phone, "team-naming")
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.keyboard.press("Enter")
    phone.keyboard.type("the one in the old town")
    phone.keyboard.press("Enter")
    expect(room(phone)).not_to_contain_text("New since you were here")
    expect(total(vera)).to_have_text("@ 1")
    assert vera.title().startswith("(1) ")
    vera.keyboard.press("Alt+t")
    expect(room(vera).locator(".message.named .mention")).to_have_text("@Vera")
    expect(total(vera)).to_be_hidden()
    screenshot(vera, "team-dock")
    phone.get_by_role("button", name="Internal chat").click()
    expect(phone.locator("#team")).to_be_hidden()
    assert Event.objects.filter(room__kind="conversation", kind="message").count() == 2


def test_what_was_not_read_stays_so_over_a_reload_and_goes_in_all_tabs(vera, context, cast):
    cora = Colleague(cast.cora)
    vera.keyboard.press("Alt+t")
    expect(vera.locator("#team-body")).to_be_hidden()
    cora.says("Who has the key?", "@vera are you there?")
    expect(total(vera)).to_have_text("@ 2")
    vera.reload()
    expect(total(vera)).to_have_text("@ 2")
    other = context.new_page()
    watch(other)
    other.goto("/desk/chat/")
    expect(total(other)).to_have_text("@ 2")
    other.keyboard.press("Alt+t")
    expect(room(other).locator(".divide")).to_have_text("New since you were here")
    expect(total(other)).to_be_hidden()
    expect(total(vera)).to_be_hidden()
    assert other.problems == []


def test_an_announcement_stands_above_everything_until_it_was_read(vera, phone, cast):
    phone.get_by_role("button", name="Internal").click()
    phone.get_by_text("Announce something").click()
    phone.get_by_role("button", name="Announce", exact=True).click()
    expect(phone.locator("#announcements .errorlist")).to_contain_text("Write something first")
    phone.get_by_label("What has everybody there to know?").fill(
        "Tonight <b>two</b> of us are missing: nobody stays alone."
    )
    axe(phone)
    screenshot(phone, "team-announce")
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.get_by_role("button", name="Announce", exact=True).click()
    expect(phone.locator("#announcements")).to_contain_text("Announced.")
    strip = vera.locator("#announced article")
    expect(strip).to_contain_text("Announcement by Cora")
    expect(strip).to_contain_text("Tonight <b>two</b> of us are missing")
    screenshot(vera, "team-announced")
    vera.reload()
    strip.get_by_role("button", name="I have read this").click()
    expect(strip).to_have_count(0)
    expect(phone.locator("#announcements summary").last).to_contain_text("read by 1")
    phone.locator("#announcements summary").last.click()
    expect(phone.locator("#announcements")).to_contain_text("Read by Vera.")


def test_what_is_typed_without_a_connection_goes_out_later_and_once(vera, context, cast):
    cora = Colleague(cast.cora)
    context.set_offline(True)
    expect(room(vera).locator("[data-hint]")).to_contain_text("no connection")
    tell(vera, "Sent in the dark")
    expect(room(vera).locator(".message")).to_contain_text("sending")
    context.set_offline(False)
    expect(room(vera).locator(".message .state")).to_have_text("Sent")
    # the browser itself notes each try that met no network
    vera.problems = [problem for problem in vera.problems if "ERR_INTERNET_DISCONNECTED" not in problem]
    assert Event.objects.filter(room=cora.mine.room, kind="message").count() == 1


def test_whoever_leaves_the_team_reads_no_more_and_keeps_what_they_typed(vera, cast):
    Colleague(cast.cora).says("For us alone")
    expect(room(vera)).to_contain_text("For us alone")
    vera.keyboard.type("I only wanted")
    rights.give_rights(cast.ada, cast.vera, roles=["volunteer"], works_in=[cast.crawl], supervises=[])
    expect(room(vera).locator("[data-hint]")).to_contain_text("no longer open to you")
    expect(room(vera)).not_to_contain_text("For us alone")
    expect(room(vera).locator("textarea")).to_have_value("I only wanted")


def test_whoever_comes_back_to_the_team_hears_it_again_and_has_what_they_typed(vera, cast):
    cora = Colleague(cast.cora)
    vera.keyboard.type("I only wanted")
    rights.give_rights(cast.ada, cast.vera, roles=["volunteer"], works_in=[cast.crawl], supervises=[])
    expect(room(vera).locator("[data-hint]")).to_contain_text("no longer open to you")
    rights.give_rights(cast.ada, cast.vera, roles=["volunteer"], works_in=[cast.phone], supervises=[])
    ring(topics.team_rooms())
    expect(room(vera).locator("[data-hint]")).to_be_hidden()
    expect(room(vera).locator("textarea")).to_have_value("I only wanted")
    cora.says("Good to have you back")
    expect(room(vera)).to_contain_text("Good to have you back")


def test_what_is_past_its_time_goes_from_the_page_too(vera, cast):
    cora = Colleague(cast.cora)
    cora.says("Long ago")
    expect(room(vera)).to_contain_text("Long ago")
    Event.objects.filter(room=cora.mine.room).update(at=timezone.now() - timedelta(days=9))
    cora.says("Just now")
    expect(room(vera)).to_contain_text("Just now")
    team_erasure.erase_old(timezone.now())
    expect(room(vera)).not_to_contain_text("Long ago")
    expect(room(vera)).to_contain_text("Just now")
