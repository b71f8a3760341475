"""The buttons of the desk's cards in Chromium, by keyboard."""

from django.utils import timezone
from playwright.sync_api import expect

from hotline.dispatch.actions import offers, questions
from hotline.dispatch.models import HelpRequest, OfferQuestion, RequestNote
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.questionnaires.models import Question, Questionnaire
from hotline.staff.models import AuditEntry
from tests.browser import cards as support
from tests.browser.hands import READY
from tests.browser.helpers import hold, intercepted, screenshot
from tests.support.registry import CONTACT, offer_of, voice_of

registry, helper, offered, alone, desk = (
    support.registry,
    support.helper,
    support.offered,
    support.alone,
    support.desk,
)
card, press = support.card, support.press


def test_cancelling(desk, page, offered):
    vera = desk()
    press(vera, card(page, offered), "Cancel")
    dialog = page.get_by_role("dialog", name="Cancel the request?")
    expect(dialog).to_contain_text("Food · Харків – Kharkiv")
    expect(dialog.get_by_label("Why?")).to_be_focused()
    screenshot(page, "desk-cancel")
    vera.press("Control+Enter")
    expect(dialog).to_contain_text("Say why in a few words; it is written down.")
    vera.type("Found friends.")
    vera.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(card(page, offered)).to_contain_text("Cancelled")
    expect(card(page, offered)).to_be_focused()
    assert AuditEntry.objects.get(action="help_request.cancelled").reason == "Found friends."


def test_a_stale_card_says_why_and_how_it_stands(desk, page, offered, helper):
    vera = desk()
    press(vera, card(page, offered), "Cancel")
    dialog = page.get_by_role("dialog", name="Cancel the request?")
    expect(dialog).to_be_visible()
    offers.accept(voice_of(helper), offer_of(offered, helper))
    vera.type("Found friends.")
    vera.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(card(page, offered)).to_contain_text("Somebody else has changed this request meanwhile.")
    expect(card(page, offered)).to_contain_text("Accepted after")
    expect(card(page, offered)).to_be_focused()
    # it stays there when the list comes anew
    with page.expect_response("**/desk/requests/cards/"):
        ring(topics.team_requests(offered.team_id))
    expect(card(page, offered)).to_contain_text("Somebody else has changed this request meanwhile.")
    assert HelpRequest.objects.get().state == "accepted"


def test_an_answer_finds_its_card_whatever_rings_while_it_is_on_its_way(desk, page, registry, cast, alone):
    vera = desk()
    release = hold(page, "**/again/")
    intercepted(page)
    HelpRequest.objects.update(state_since=timezone.now())
    with page.expect_event("console", lambda message: message.text == "rang"):
        page.evaluate("document.addEventListener('ring', () => setTimeout(() => console.log('rang'), 1000))")
        press(vera, card(page, alone), "Offer again")
        other = registry.take(cast.alice, cast.phone, registry.medicine, registry.lviv)
    release()
    expect(card(page, alone)).to_contain_text("Somebody else has changed this request meanwhile.")
    expect(card(page, other)).to_be_visible()


def test_offering_again(desk, page, registry, alone):
    vera = desk()
    registry.coordinator((registry.medicine, registry.lviv))
    press(vera, card(page, alone), "Offer again")
    expect(card(page, alone)).to_contain_text("offered 1")
    expect(card(page, alone)).to_be_focused()
    expect(page).to_have_title("Requests · Hotline")


def test_a_note_is_sealed(desk, page, offered):
    vera = desk()
    press(vera, card(page, offered), "Sealed note")
    box = page.get_by_label("Note", exact=True)
    expect(box).to_be_focused()
    page.keyboard.insert_text("x" * 2001)
    vera.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="Sealed note")
    expect(dialog).to_contain_text("At most 2000 characters, please.")
    expect(box).to_have_value("x" * 2001)
    box.fill("The bell is broken.")
    vera.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(card(page, offered)).to_contain_text("The note is sealed with the request.")
    assert RequestNote.objects.count() == 1
    assert "bell is broken" not in page.content()


def test_answering(desk, page, offered, helper):
    words = "<img src=x onerror=alert(1)><script>alert(2)</script>Are there dogs?"
    questions.ask(voice_of(helper), offer_of(offered, helper), OfferQuestion.Ready.OTHER, words)
    vera = desk()
    press(vera, card(page, offered), "Answer")
    dialog = page.get_by_role("dialog", name="Answer the question")
    # text is text, on the card and in the dialog
    expect(card(page, offered)).to_contain_text(words)
    expect(dialog).to_contain_text(words)
    screenshot(page, "desk-answer")
    vera.press("Control+Enter")
    expect(dialog).to_contain_text("Write an answer first.")
    vera.type("One small one.")
    vera.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(card(page, offered)).not_to_contain_text("Are there dogs?")
    assert questions.shown_answer(OfferQuestion.objects.get()) == "One small one."


def test_ringing_back_shows_the_contact_for_a_while_and_only_here(desk, page, registry, cast, alone):
    page.clock.install()
    vera = desk()
    press(vera, card(page, alone), "Ring back")
    dialog = page.get_by_role("dialog", name="Open the contact")
    vera.press("Enter")
    expect(dialog).to_contain_text("Say why in a few words; it is written down.")
    vera.type("Nobody took it.")
    vera.press("Enter")
    expect(dialog).to_be_hidden()
    opened = page.locator("#opened")
    expect(opened).to_contain_text(CONTACT["phone"])
    expect(opened.get_by_role("link")).to_have_attribute("href", "tel:+380670000021")
    screenshot(page, "desk-contact")
    # the list comes anew beside it
    other = registry.take(cast.alice, cast.phone, registry.medicine, registry.lviv)
    page.clock.run_for(2000)
    expect(card(page, other)).to_be_visible()
    expect(opened).to_contain_text(CONTACT["phone"])
    page.clock.run_for(300_000)
    expect(opened).to_be_empty()
    assert CONTACT["phone"] not in page.content()
    assert AuditEntry.objects.filter(action="contact.opened_at_desk").count() == 1


def test_the_contact_is_hidden_at_a_press_and_when_the_page_is_left(desk, page, alone):
    vera = desk()
    for leave in (False, True):
        press(vera, card(page, alone), "Ring back")
        vera.type("again")
        vera.press("Enter")
        expect(page.locator("#opened")).to_contain_text(CONTACT["phone"])
        if leave:
            page.goto("/")
            page.go_back()
        else:
            page.get_by_role("button", name="Hide it now").focus()
            vera.press("Enter")
        expect(page.locator("#opened")).to_be_empty()


def test_correcting(desk, page, registry, offered, helper):
    elsewhere = registry.coordinator((registry.food, registry.izium))
    vera = desk()
    press(vera, card(page, offered), "Correct")
    dialog = page.get_by_role("dialog", name="Correct the request")
    expect(dialog.get_by_role("combobox", name="What is needed")).to_be_focused()
    vera.press("Tab")
    vera.press("Control+a")
    vera.type("Atlantis")
    vera.press("Control+Enter")
    expect(dialog).to_contain_text("Choose a place from the list.")
    where = dialog.get_by_role("combobox", name="Where")
    expect(where).to_have_value("Atlantis")
    screenshot(page, "desk-correct")
    where.focus()
    vera.press("Control+a")
    vera.type("izium")
    page.wait_for_selector(READY)
    vera.press("Enter", "Control+Enter")
    expect(dialog).to_be_hidden()
    expect(card(page, offered)).to_contain_text("Izium")
    expect(card(page, offered)).to_be_focused()
    assert offer_of(offered, elsewhere).state == "offered"
    assert offer_of(offered, helper).state == "withdrawn"


def test_correcting_what_is_sealed(desk, page, offered):
    vera = desk()
    press(vera, card(page, offered), "Correct")
    dialog = page.get_by_role("dialog", name="Correct the request")
    fold = dialog.locator("summary", has_text="How to reach them")
    fold.focus()
    vera.press("Enter", "Tab")
    phone = dialog.get_by_role("textbox", name="Phone", exact=True)
    expect(phone).to_be_focused()
    expect(phone).to_have_value("")
    vera.type("1" * 61)
    vera.press("Control+Enter")
    expect(dialog).to_contain_text("at most 60 fit")
    expect(phone).to_be_focused()
    expect(phone).to_have_value("1" * 61)
    screenshot(page, "desk-correct-sealed")
    vera.press("Control+a")
    vera.type("0501234567")
    vera.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(card(page, offered)).to_contain_text("Corrected.")
    assert HelpRequest.objects.get().contact()["phone"] == "+380 50 123 4567"
    assert "0501234567" not in page.content()


def test_another_kind_brings_its_own_questions(desk, page, registry, offered):
    questionnaire = Questionnaire.objects.create(slug="intake-medicine")
    Question.objects.create(
        questionnaire=questionnaire, key="name", kind="text", label={"en": "Which medicine?"}, required=True
    )
    registry.medicine.questionnaire = questionnaire
    registry.medicine.save()
    vera = desk()
    press(vera, card(page, offered), "Correct")
    dialog = page.get_by_role("dialog", name="Correct the request")
    expect(dialog.get_by_role("combobox", name="What is needed")).to_be_focused()
    vera.press("Control+a")
    vera.type("medicine")
    page.wait_for_selector(READY)
    vera.press("Enter")
    expect(dialog.get_by_label("Which medicine?")).to_be_visible()
    vera.press("Control+Enter")
    expect(dialog).to_contain_text("Please answer this.")
    expect(dialog.get_by_label("Which medicine?")).to_be_focused()
    vera.type("Insulin")
    vera.press("Control+Enter")
    expect(dialog).to_be_hidden()
    assert HelpRequest.objects.get().details()["answers"] == {"name": "Insulin"}


def test_what_is_still_needed(desk, page, offered):
    HelpRequest.objects.update(erasure_asked_at=timezone.now())
    vera = desk()
    expect(page).to_have_title("(1) Requests · Hotline")
    press(vera, card(page, offered), "Still needed")
    expect(card(page, offered)).not_to_contain_text("Is it still needed?")
