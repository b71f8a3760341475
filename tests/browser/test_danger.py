"""Imminent danger in Chromium: one press, the checklist with its times, the place; and whoever comes sees it as it goes."""

import re

from playwright.sync_api import expect

from chat.models import Line
from hotline.staff.models import AuditEntry
from tests.browser import chat_desk as support
from tests.browser import test_guidance as guided
from tests.browser.chat_desk import Guest, line_of, panel, take_all
from tests.browser.helpers import axe, screenshot
from tests.browser.test_chat_desk_look import LISTEN

youth, desk, person = support.youth, support.desk, guided.person


def test_from_the_press_to_its_end(desk, person, cast, youth):
    Line.objects.filter(pk=youth.pk).update(
        danger_steps={"en": "Ring the emergency number\nStay with them"}, danger_numbers={"en": "Ambulance: 112"}
    )
    vera, cora = desk(), person(cast.cora)
    robin = Guest(youth)
    robin.says("I have taken all of them")
    expect(line_of(vera, youth)).to_contain_text("waiting 1")
    vera.keyboard.press("Alt+n")
    expect(panel(vera).first).to_contain_text("all of them")
    cora.goto("/desk/chat/live/")
    cora.locator(".connection[data-state=connected]").wait_for()
    vera.get_by_role("button", name="Imminent danger").click()
    about = vera.locator("#abouts")
    expect(about).to_contain_text("Ambulance: 112")
    expect(cora.locator("[data-call]")).to_contain_text("Imminent danger: Vera calls")
    expect(cora.locator(".run")).to_contain_text("imminent danger")
    axe(vera)
    vera.get_by_role("button", name="Done: Ring the emergency number").click()
    expect(vera.get_by_role("button", name="Done: Ring the emergency number")).to_have_count(0)
    vera.get_by_role("button", name="I ask where they are").click()
    expect(about).to_contain_text("Whoever comes is told. Do not wait for it.")
    screenshot(vera, "danger-volunteer")
    cora.get_by_role("button", name="I am coming").click()
    seen = cora.locator("#danger")
    expect(seen).to_contain_text("The visitor is asked for their place since")
    cora.locator(".connection[data-state=connected]").wait_for()
    expect(about).to_contain_text("Cora knows.")
    vera.get_by_role("button", name="Done: Stay with them").click()
    expect(seen.locator("b")).to_have_count(2)
    axe(cora)
    screenshot(cora, "danger-coordinator")
    vera.get_by_role("button", name="The danger is over").click()
    expect(vera.get_by_role("button", name="Imminent danger")).to_be_visible()
    expect(seen).to_be_empty()
    asked = AuditEntry.objects.filter(action__startswith="conversation.place").order_by("pk")
    assert [one.actor_alias for one in asked] == ["Vera", "Cora"]
    assert vera.problems == cora.problems == []


def test_calls_sound_on_their_own_and_danger_whatever_is_switched_off(desk, person, cast, youth):
    vera, cora = desk(), person(cast.cora)
    take_all(vera, Guest(youth))
    cora.add_init_script(LISTEN)
    cora.goto("/desk/chat/")
    cora.locator(".connection[data-state=connected]").wait_for()
    tones, page = re.compile(r"^(?!2$)"), cora.locator("html")
    cora.get_by_role("button", name="Try the sound for a new message").click()
    expect(page).to_have_attribute("data-tones", "2")
    calls = cora.get_by_label("Sound for a call for help", exact=True)
    calls.uncheck()
    vera.get_by_role("button", name="Call for help").click()
    expect(cora.locator("[data-call]")).to_have_count(1)
    expect(page).to_have_attribute("data-tones", "2")
    cora.get_by_label("Sound for a new visitor", exact=True).uncheck()
    cora.evaluate("window.watched = false; Notification.permission = 'granted'")
    vera.get_by_role("button", name="Imminent danger").click()
    expect(cora.locator("[data-call]")).to_contain_text("Imminent danger: Vera calls")
    expect(page).to_have_attribute("data-tones", tones)
    expect(page).to_have_attribute("data-tag", "hotline-call")
    axe(cora)
    screenshot(cora, "danger-sound")
    assert vera.problems == cora.problems == []


def test_a_call_sounds_for_whoever_switched_off_the_sound_for_visitors(desk, person, cast, youth):
    vera, cora = desk(), person(cast.cora)
    take_all(vera, Guest(youth))
    cora.add_init_script(LISTEN)
    cora.goto("/desk/chat/")
    cora.locator(".connection[data-state=connected]").wait_for()
    cora.get_by_role("button", name="Try the sound for a new message").click()
    cora.get_by_label("Sound for a new visitor", exact=True).uncheck()
    expect(cora.locator("html")).to_have_attribute("data-tones", "2")
    vera.get_by_role("button", name="Call for help").click()
    expect(cora.locator("html")).to_have_attribute("data-tones", re.compile(r"^(?!2$)"))
    assert vera.problems == cora.problems == []
