"""Alice, who is everything at once: operator, local coordinator, volunteer and the one who needs something.

She runs low on insulin at her own store, takes her own call, passes it on as she passes on every other, is found to be the
most suitable, and takes it on her phone. Web server, worker and Telegram are all there, each doing its own work.
"""

import pytest
from playwright.sync_api import expect

from hotline import worker
from hotline.dispatch.models import HelpRequest, Offer
from hotline.outbox.models import Message
from hotline.staff.models import AuditEntry
from tests.browser.hands import open_desk
from tests.browser.helpers import watch
from tests.support import running as threads
from tests.support import simulator as telegram
from tests.support.registry import Registry, offer_of

running, simulator_server, simulator = threads.running, telegram.simulator_server, telegram.simulator

NUMBER = "+380 67 123 4567"


@pytest.fixture
def registry(live):
    return Registry()


@pytest.fixture
def alice_covers(registry, simulator):
    """Alice hands out medicine in Kharkiv and has a phone."""
    covers = [(registry.medicine, registry.kharkiv)]
    return registry.coordinator(*covers, chat=simulator.person("Alice"), name="Alice")


@pytest.fixture
def viktor_covers(registry, simulator):
    """Viktor covers all the oblast around it."""
    covers = [(registry.medicine, registry.oblast)]
    return registry.coordinator(*covers, chat=simulator.person("Viktor"), name="Viktor's store")


def phone(page, name):
    """Somebody's phone on the simulator's page."""
    return page.get_by_role("article", name=name)


def test_alice_passes_on_a_request_and_takes_it_herself(
    page, context, cast, registry, simulator, alice_covers, viktor_covers, running
):
    assert cast.alice
    running(worker.run)

    # She logs in, and comes to the desk.
    page.goto("/")
    page.get_by_label("User name").focus()
    page.keyboard.type("alice")
    page.keyboard.press("Tab")
    page.keyboard.type(cast.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hello, Alice")).to_be_visible()
    alice = open_desk(page)

    # She takes the call: what, where, how urgent, how to reach.
    alice.choose("medici")
    alice.choose("kharkiv")
    expect(page.locator(".cover")).to_contain_text("2 can help here")
    alice.press("Space")
    alice.go_to("What they should know")
    alice.type("Insulin for the store; ring at the yard.")
    alice.go_to("Phone")
    alice.type(NUMBER)
    alice.press("Control+Enter")
    expect(page.locator(".sent")).to_contain_text("2 local coordinators are asked now.")
    help_request = HelpRequest.objects.get()
    words = help_request.details()["spoken_code"].replace("-", " ")
    expect(page.locator(".sent .secret")).to_have_text(words)
    card = page.locator(f"#request-{help_request.code}")
    expect(card).to_contain_text("Urgent, now")

    # Her phone is offered what she took down herself, and nothing that was sealed; she presses the button there.
    phones = context.new_page()
    watch(phones)
    phones.goto(f"{simulator.url}/")
    hers, his = phone(phones, "Alice"), phone(phones, "Viktor")
    for one in (hers, his):
        expect(one.get_by_role("log")).to_contain_text("Medicine · Харків – Kharkiv")
        expect(one.get_by_role("log")).not_to_contain_text("Insulin")
        expect(one.get_by_role("log")).not_to_contain_text(NUMBER)
    hers.get_by_role("button", name="Accept").focus()
    phones.keyboard.press("Enter")
    link = hers.get_by_role("link", name="Open the contact")
    expect(link).to_be_visible()
    expect(his.get_by_role("log")).to_contain_text("This request is being handled. Thank you.")
    expect(his.get_by_role("button", name="Accept")).to_have_count(0)

    # The desk has followed: accepted, and not by whom.
    expect(card).to_contain_text("Accepted after 0:")
    expect(card).to_contain_text("contact not opened yet")
    assert "Alice" not in card.inner_text() and alice_covers.code not in page.content()

    # She opens the contact by her own link; looking at the page does not open it.
    with context.expect_page() as opened:
        link.click()
    own = opened.value
    watch(own)
    own.set_viewport_size({"width": 360, "height": 740})
    expect(own.get_by_role("heading", name="The contact is sealed")).to_be_visible()
    assert not AuditEntry.objects.filter(action="contact.opened").exists()
    own.get_by_role("button", name="Open the contact").click()
    expect(own.get_by_role("link", name=NUMBER)).to_be_visible()
    expect(own.get_by_text("Insulin for the store; ring at the yard.")).to_be_visible()
    expect(card).to_contain_text("contact opened")

    # She brings it to herself, and says so.
    own.get_by_text("Done …").click()
    own.get_by_label("helped", exact=True).check()
    own.get_by_role("button", name="Finish").click()
    expect(own.get_by_role("heading", name="Finished. Thank you!")).to_be_visible()
    expect(card).to_contain_text("Done · helped")
    expect(hers.get_by_role("log")).to_contain_text("Finished. Thank you!")
    assert own.problems == [] and phones.problems == []

    # What is left: one winner, one opening in the audit, and nothing that failed on its way.
    assert offer_of(help_request, alice_covers).state == Offer.State.FINISHED
    assert offer_of(help_request, viktor_covers).state == Offer.State.TAKEN
    assert AuditEntry.objects.filter(action="contact.opened", subject=help_request.code).count() == 1
    assert not Message.objects.filter(state="dead").exists()
