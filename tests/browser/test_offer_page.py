"""A coordinator's own page in Chromium, as on a phone: every state looked at, and all of it without a script."""

import pytest
from playwright.sync_api import expect

from hotline.dispatch.actions import links, offers, questions, requests, work
from hotline.dispatch.models import HelpRequest, Offer, OfferQuestion
from hotline.dispatch.views import offers as views
from tests.browser.helpers import screenshot
from tests.support.registry import CONTACT, Registry, offer_of, voice_of

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@pytest.fixture
def registry(live):
    return Registry()


@pytest.fixture
def helper(registry):
    return registry.coordinator((registry.food, registry.kharkiv))


@pytest.fixture
def offer(registry, helper, cast):
    contact = CONTACT | {"address": "Sumska 1", "safe_words": "Say it is the library.", "consent": False}
    taken = {"people": 3, "languages": ("uk", "de"), "note": f"Two dogs. {LONG}", "contact": contact}
    return offer_of(registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv, **taken), helper)


@pytest.fixture
def address(offer, helper):
    """Path of the coordinator's link."""
    return f"/o/{links.issue(offer, voice_of(helper)).split('/o/')[1]}"


@pytest.fixture
def phone(chromium, live):
    """A page on a phone whose browser runs no scripts."""
    context = chromium.new_context(
        base_url=live, viewport={"width": 360, "height": 740}, locale="en-GB", java_script_enabled=False
    )
    yield context.new_page()
    context.close()


def state(offer):
    return Offer.objects.get(pk=offer.pk).state


def test_from_the_offer_to_done_without_a_script(phone, address, offer):
    phone.goto(address)
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Food · Харків – Kharkiv")
    assert CONTACT["phone"] not in phone.content()
    phone.get_by_role("button", name="Accept").click()
    expect(phone.get_by_role("heading", name="The contact is sealed")).to_be_visible()
    phone.get_by_role("button", name="Open the contact").click()
    expect(phone.get_by_role("link", name=CONTACT["phone"])).to_have_attribute("href", "tel:+380670000021")
    expect(phone.get_by_text("Say it is the library.")).to_be_visible()
    expect(phone.get_by_text("The person was not asked whether you may ring back.")).to_be_visible()
    phone.get_by_role("link", name="Hide it now").click()
    expect(phone.get_by_role("heading", name="The contact is sealed")).to_be_visible()
    assert CONTACT["phone"] not in phone.content()
    phone.get_by_role("button", name="I am on it").click()
    expect(phone.get_by_text("It is noted that you are on it.")).to_be_visible()
    phone.get_by_text("Done …").click()
    phone.get_by_label("helped", exact=True).check()
    phone.get_by_role("button", name="Finish").click()
    expect(phone.get_by_role("heading", name="Finished. Thank you!")).to_be_visible()
    assert state(offer) == "finished"


def test_the_contact_hides_itself_without_a_script(phone, address, offer, helper, monkeypatch):
    monkeypatch.setattr(views, "SHOWN_SECONDS", 2)
    offers.accept(voice_of(helper), offer)
    phone.goto(address)
    with phone.expect_response("**/contact/") as opened:
        phone.get_by_role("button", name="Open the contact").click()
    assert opened.value.headers["refresh"].startswith("2;")
    expect(phone.get_by_role("heading", name="The contact is sealed")).to_be_visible()
    assert CONTACT["phone"] not in phone.content()


def test_declining_and_taking_it_after_all(phone, address, offer):
    phone.goto(address)
    phone.get_by_text("Decline", exact=True).first.click()
    phone.get_by_label("not my area").check()
    phone.get_by_role("button", name="Decline").click()
    expect(phone.get_by_text("Declined")).to_be_visible()
    assert Offer.objects.get(pk=offer.pk).decline_reason == "not_my_area"
    phone.get_by_role("button", name="Take it after all").click()
    expect(phone.get_by_role("heading", name="The contact is sealed")).to_be_visible()


def test_asking_first(phone, address, cast):
    phone.goto(address)
    phone.get_by_text("Ask first").click()
    phone.get_by_label("something else").check()
    phone.get_by_role("button", name="Send the question").click()
    expect(phone.get_by_text("Write your question here.")).to_be_visible()
    phone.get_by_label("In your own words").fill("Are there dogs?")
    phone.get_by_role("button", name="Send the question").click()
    expect(phone.get_by_text("Your question is on its way.")).to_be_visible()
    expect(phone.get_by_text("no answer yet")).to_be_visible()
    questions.answer(cast.vera, OfferQuestion.objects.get(), "Two.")
    phone.goto(address)
    expect(phone.get_by_text("Two.")).to_be_visible()


def test_handing_back(phone, address, offer, helper):
    offers.accept(voice_of(helper), offer)
    phone.goto(address)
    phone.get_by_text("Hand back", exact=True).first.click()
    phone.get_by_role("button", name="Hand back").click()
    expect(phone.get_by_role("heading", name="Handed back. Thank you for saying so.")).to_be_visible()
    assert state(offer) == "returned"


def test_every_state_looks_right(page, address, offer, helper, registry, cast, context):
    questions.ask(voice_of(helper), offer, OfferQuestion.Ready.OTHER, f"Are there dogs? {LONG}")
    page.goto(address)
    page.get_by_text("Ask first").click()
    page.get_by_text("Decline", exact=True).first.click()
    screenshot(page, "offer")
    page.get_by_role("button", name="Accept").click()
    page.get_by_text("Done …").click()
    page.get_by_text("Hand back", exact=True).first.click()
    screenshot(page, "offer-accepted")
    page.get_by_role("button", name="Open the contact").click()
    expect(page.get_by_role("link", name=CONTACT["phone"])).to_be_visible()
    screenshot(page, "offer-contact")
    context.clear_cookies(name=views.DEVICE_COOKIE)
    page.goto(address)
    page.get_by_role("button", name="Open the contact").click()
    expect(page.get_by_role("alert")).to_contain_text("belongs to the device")
    screenshot(page, "offer-other-device")
    work.finish(voice_of(helper), Offer.objects.get(pk=offer.pk), "helped")
    page.goto(address)
    screenshot(page, "offer-finished")
    page.goto("/o/unknown/")
    screenshot(page, "offer-unknown")


def test_a_withdrawn_and_a_taken_one_look_right(page, address, offer, registry, cast):
    help_request = HelpRequest.objects.get()
    requests.cancel(cast.vera, help_request, seen_since=help_request.state_since, reason="rang again")
    page.goto(address)
    expect(page.get_by_role("heading", name="This request was withdrawn.")).to_be_visible()
    screenshot(page, "offer-withdrawn")
