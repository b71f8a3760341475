"""The operator's desk in Chromium, by keyboard alone: the form, its parts that come as it fills, calls that were none."""

import pytest
from playwright.sync_api import expect

from hotline.dispatch.models import HelpRequest
from hotline.questionnaires.models import Question, Questionnaire
from tests.browser.hands import READY, open_desk
from tests.browser.helpers import hold, intercepted, login, screenshot
from tests.support.registry import Registry

# A slow typist: two keys a second less than the average of 40 words a minute.
KEYS_A_SECOND = 3.3


@pytest.fixture
def registry(live):
    """The small registry, with two questions for accommodation."""
    made = Registry()
    questionnaire = Questionnaire.objects.create(slug="intake-accommodation")
    asks = {"questionnaire": questionnaire}
    Question.objects.create(
        **asks, key="nights", kind="number", label={"en": "For how many nights?"}, required=True, public=True, minimum=1
    )
    Question.objects.create(**asks, key="stairs", kind="yesno", label={"en": "Must it be without stairs?"}, position=1)
    made.accommodation.questionnaire = questionnaire
    made.accommodation.default_urgency = "today"
    made.accommodation.danger = {"en": "No roof tonight in the cold: ring 112."}
    made.accommodation.save()
    made.medicine.default_urgency = "urgent"
    made.medicine.save()
    return made


@pytest.fixture
def vera(page, registry, cast):
    """Vera's hands at the desk."""
    login(page, cast.vera)
    return open_desk(page)


def test_an_average_request_takes_less_than_forty_seconds_of_typing(vera, page, registry):
    for seconds in (300, 360, 420):
        registry.coordinator((registry.shelter, registry.oblast), checked_for=[registry.any], answer_seconds=seconds)
    vera.choose("accom")
    expect(page.get_by_label("For how many nights?")).to_be_visible()
    vera.choose("kharkiv")
    expect(page.locator(".cover")).to_contain_text("3 can help here, usually within 6 minutes.")
    vera.type("2")
    vera.go_to("People")
    vera.type("3")
    vera.press("Enter")
    vera.type("20:00")
    vera.press("Tab")
    vera.type("Ground floor, one walks with a stick.")
    vera.press("Tab")
    vera.press("Space")
    vera.go_to("Phone")
    vera.type("0671234567")
    vera.press("Enter")
    vera.type("Alice")
    vera.press("Enter")
    vera.type("after 18")
    vera.press("Enter", "Enter", "Space")
    screenshot(page, "desk-filled")
    vera.press("Control+Enter")
    expect(page.locator(".sent")).to_contain_text("3 local coordinators are asked now.")
    help_request = HelpRequest.objects.get()
    details, contact = help_request.details(), help_request.contact()
    assert (details["people"], details["answers"]) == (3, {"nights": 2})
    assert (contact["name"], contact["safe_time"], contact["consent"]) == ("Alice", "after 18", True)
    assert contact["phone"] == "+380 67 123 4567"
    words = details["spoken_code"].replace("-", " ")
    expect(page.locator(".sent .secret")).to_have_text(words)
    expect(page.locator(".sent")).to_be_focused()
    expect(page.locator(f"#request-{help_request.code} .code")).to_contain_text(words)
    screenshot(page, "desk-sent")
    assert vera.strokes / KEYS_A_SECOND < 40, f"{vera.strokes} keys"
    # the words for the last caller are gone as soon as the next one is written down
    vera.go_to("What is needed")
    vera.type("f")
    expect(page.locator(".sent")).to_have_count(0)


def test_the_kind_brings_its_questions_its_danger_and_its_urgency(vera, page):
    vera.type("accom")
    page.wait_for_selector(READY)
    vera.press("Tab")
    expect(page.get_by_role("combobox", name="Where")).to_be_focused()
    expect(page.get_by_label("For how many nights?")).to_be_visible()
    expect(page.get_by_text("No roof tonight in the cold: ring 112.")).to_be_visible()
    expect(page.get_by_role("radio", name="Today")).to_be_checked()
    expect(page.get_by_role("combobox", name="Where")).to_be_focused()
    vera.press("Shift+Tab", "Control+a")
    vera.choose("medici")
    expect(page.get_by_role("radio", name="Urgent, now")).to_be_checked()
    expect(page.get_by_label("For how many nights?")).to_have_count(0)


def test_an_urgency_that_was_chosen_stays_when_the_kind_changes(vera, page):
    vera.choose("accom")
    vera.go_to("Today")
    vera.press("ArrowRight")
    expect(page.get_by_role("radio", name="This week")).to_be_checked()
    page.get_by_role("combobox", name="What is needed").focus()
    vera.press("Control+a")
    vera.choose("medici")
    expect(page.get_by_label("For how many nights?")).to_have_count(0)
    expect(page.get_by_role("radio", name="This week")).to_be_checked()


def test_what_is_typed_while_the_questions_are_on_their_way_is_not_lost(vera, page):
    release = hold(page, "**/desk/requests/kind/")
    intercepted(page)
    vera.type("accom")
    page.wait_for_selector(READY)
    with page.expect_request("**/desk/requests/kind/"):
        vera.press("Enter")
    page.get_by_label("People").focus()
    vera.type("4")
    vera.go_to("What they should know")
    vera.type("Two dogs")
    release()
    expect(page.get_by_label("For how many nights?")).to_be_visible()
    expect(page.get_by_label("People")).to_have_value("4")
    note = page.get_by_label("What they should know")
    expect(note).to_have_value("Two dogs")
    expect(note).to_be_focused()


def test_the_coverage_line_follows_language_and_urgency(vera, page, registry):
    registry.coordinator((registry.translation, registry.kharkiv), languages=["de"])
    registry.coordinator((registry.food, registry.kharkiv), hours=[], capacity=1)
    vera.choose("transl")
    vera.choose("kharkiv")
    cover = page.locator(".cover")
    expect(cover).to_contain_text("One can help here,")
    vera.go_to("Українська")
    vera.press("Space")
    expect(cover).to_contain_text("Nobody can be asked now: Translation, Kharkiv.")
    expect(cover).to_contain_text("no common language")
    vera.press("Space")
    expect(cover).to_contain_text("One can help here,")


def test_what_fits_nothing_stays_and_is_named_at_its_box(vera, page):
    vera.type("Zauberei")
    expect(page.get_by_text("Nothing fits.")).to_be_visible()
    vera.press("Tab")
    vera.type("Atlantis")
    vera.go_to("People")
    vera.type("many")
    vera.go_to("Safe to ring")
    page.keyboard.insert_text("x" * 200)
    vera.press("Control+Enter")
    what = page.get_by_role("combobox", name="What is needed")
    expect(what).to_be_focused()
    expect(what).to_have_value("Zauberei")
    expect(page.get_by_text("Choose a kind of help from the list.")).to_be_visible()
    expect(page.get_by_text("Choose a place from the list.")).to_be_visible()
    expect(page.get_by_text("This has 200 characters; at most 120 fit.")).to_be_visible()
    expect(page.get_by_text("Say how the person can be reached")).to_be_visible()
    screenshot(page, "desk-errors")
    vera.press("Control+a")
    vera.choose("food")
    expect(page.get_by_text("Choose a kind of help from the list.")).to_have_count(0)
    assert HelpRequest.objects.count() == 0


def test_a_number_of_no_known_form_gets_a_hint_and_is_taken(vera, page, registry):
    vera.choose("food")
    vera.choose("kharkiv")
    vera.go_to("Urgent, now")
    vera.press("Space")
    vera.go_to("Phone")
    vera.type("12 34")
    vera.press("Tab")
    expect(page.get_by_text("This is no number we know the form of.")).to_be_visible()
    vera.press("Control+Enter")
    expect(page.locator(".sent")).to_be_visible()
    assert HelpRequest.objects.get().contact()["phone"] == "12 34"


def test_several_needs_of_one_caller(vera, page, registry):
    vera.choose("food")
    vera.choose("kharkiv")
    vera.go_to("Urgent, now")
    vera.press("Space")
    vera.go_to("Phone")
    vera.type("0671234567")
    vera.go_to("Another need")
    vera.press("Enter")
    second = page.locator("[data-need='1']")
    expect(second.get_by_role("combobox", name="What is needed")).to_be_focused()
    expect(second.get_by_role("combobox", name="Where")).to_have_value("Харків – Kharkiv, Kharkivska, Ukraina")
    vera.choose("medici")
    expect(second.locator(".cover")).to_contain_text("Nobody can be asked now: Medicine, Kharkiv.")
    vera.go_to("Another need")
    vera.press("Enter")
    third = page.locator("[data-need='2']")
    expect(third.get_by_role("combobox", name="What is needed")).to_be_focused()
    screenshot(page, "desk-needs")
    third.get_by_role("button", name="Remove").focus()
    vera.press("Enter")
    expect(third).to_have_count(0)
    expect(second.get_by_role("combobox", name="What is needed")).to_be_focused()
    vera.press("Control+Enter")
    expect(page.locator(".sent .secret")).to_have_count(2)
    assert sorted(HelpRequest.objects.values_list("category__slug", flat=True)) == ["food", "medicine"]
    assert HelpRequest.objects.values("bundle").distinct().count() == 1


def test_no_more_needs_than_one_form_holds(vera, page):
    more = page.get_by_role("button", name="Another need")
    for number in range(1, 6):
        more.focus()
        vera.press("Enter")
        added = page.locator(f"[data-need='{number}']")
        expect(added.get_by_role("combobox", name="What is needed")).to_be_focused()
    expect(more).to_be_disabled()


def test_enter_goes_on_and_sends_nothing(vera, page):
    vera.choose("food")
    vera.choose("kharkiv")
    assert "urgency" in vera.focus()
    vera.press("Enter")
    expect(page.get_by_label("People")).to_be_focused()
    vera.press("Enter")
    expect(page.get_by_label("By when")).to_be_focused()
    assert HelpRequest.objects.count() == 0
    expect(page.locator(".errorlist")).to_have_count(0)


def test_a_time_is_read_back_as_it_was_understood(vera, page):
    vera.go_to("By when 18:00 or 24.12.")
    vera.type("24.12.")
    vera.press("Tab")
    expect(page.locator("#moment-0")).to_contain_text("24 Dec, 23:59")


def test_sending_twice_takes_it_once(vera, page, registry):
    vera.choose("food")
    vera.choose("kharkiv")
    vera.go_to("Urgent, now")
    vera.press("Space")
    vera.go_to("Phone")
    vera.type("0671234567")
    vera.press("Control+Enter", "Control+Enter", "Control+Enter")
    expect(page.locator(".sent .secret")).to_have_count(1)
    expect(page.locator("article.request")).to_have_count(1)
    assert HelpRequest.objects.count() == 1


def test_a_fast_typist_never_takes_what_answered_to_fewer_letters(vera, page, registry):
    registry.place("Хара", registry.oblast, population=10)
    vera.choose("food")
    where = page.get_by_role("combobox", name="Where")
    vera.type("khar")
    page.wait_for_selector(READY)
    vera.type("kiv")
    vera.press("Enter")
    expect(where).to_be_focused()
    expect(page.locator("input[name=n0-place]")).to_have_value("")
    page.wait_for_selector(READY)
    vera.press("Enter")
    expect(page.locator("input[name=n0-place]")).to_have_value(str(registry.kharkiv.pk))


# ---- calls that were no request ----
