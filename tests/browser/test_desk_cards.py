"""The desk's cards in Chromium: they change by themselves and disturb nobody."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from coordinators.actions.places import set_reachability
from coordinators.models import Place
from hotline import worker
from hotline.dispatch.actions import offers, questions, work
from hotline.dispatch.models import HelpRequest, Offer, OfferQuestion
from tests.browser import cards as support
from tests.browser.hands import open_desk
from tests.browser.helpers import intercept, login, screenshot, watch
from tests.support import running as threads
from tests.support.registry import offer_of, voice_of

registry, helper, offered, alone, desk = (
    support.registry,
    support.helper,
    support.offered,
    support.alone,
    support.desk,
)
card, press = support.card, support.press
running = threads.running

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def test_a_card_follows_what_coordinators_do(desk, page, registry, helper, offered):
    desk()
    mine = card(page, offered)
    expect(mine).to_contain_text("Offered")
    question = questions.ask(voice_of(helper), offer_of(offered, helper), OfferQuestion.Ready.OTHER, "Are there dogs?")
    expect(mine).to_contain_text("Are there dogs?")
    expect(page).to_have_title("(1) Requests · Hotline")
    questions.answer(offered.created_by, question, "No.")
    expect(mine).not_to_contain_text("Are there dogs?")
    expect(page).to_have_title("Requests · Hotline")
    offers.accept(voice_of(helper), offer_of(offered, helper))
    expect(mine).to_contain_text("Accepted after 0:")
    work.finish(voice_of(helper), offer_of(offered, helper), "helped")
    expect(mine).to_contain_text("Done · helped")


def test_a_card_follows_what_the_worker_does(desk, page, registry, offered, running):
    """The wave's time is up; the worker looks for what is due and finds nobody further."""
    desk()
    expect(card(page, offered)).to_contain_text("Offered")
    HelpRequest.objects.update(next_wave_at=timezone.now() - timedelta(seconds=1))
    running(worker.run)
    expect(card(page, offered)).to_contain_text("Nobody took it")
    expect(page).to_have_title("(1) Requests · Hotline")


def test_a_road_that_is_cut_stands_on_the_card_at_once(desk, page, registry, cast, offered):
    desk()
    expect(card(page, offered)).to_contain_text("Offered")
    set_reachability(cast.ada, registry.oblast, Place.Reachability.CUT, "Bridge down.")
    expect(card(page, offered)).to_contain_text("Road cut: Kharkivska")


def test_a_colleague_sees_at_once_what_was_sent(desk, page, chromium, live, cast, registry, helper):
    vera = desk()
    elsewhere = chromium.new_context(base_url=live, locale="en-GB")
    other = elsewhere.new_page()
    watch(other)
    login(other, cast.alice)
    open_desk(other)
    vera.choose("food")
    vera.choose("kharkiv")
    vera.press("Space")
    vera.go_to("Phone")
    vera.type("0671234567")
    vera.press("Control+Enter")
    expect(page.locator(".sent")).to_be_visible()
    expect(card(other, HelpRequest.objects.get())).to_contain_text("Food")
    elsewhere.close()
    assert other.problems == []


def test_nothing_typed_is_disturbed_by_a_ring(desk, page, offered, helper):
    vera = desk()
    vera.type("acco")
    offers.accept(voice_of(helper), offer_of(offered, helper))
    expect(card(page, offered)).to_contain_text("Accepted")
    expect(page.get_by_role("combobox", name="What is needed")).to_have_value("acco")
    expect(page.get_by_role("combobox", name="What is needed")).to_be_focused()


def test_the_focus_stays_on_a_button_while_the_list_comes_anew(desk, page, registry, cast, offered, helper):
    vera = desk()
    summary = card(page, offered).locator("summary")
    summary.focus()
    vera.press("Enter")
    card(page, offered).get_by_role("button", name="Correct").focus()
    other = registry.take(cast.alice, cast.phone, registry.food, registry.kharkiv)
    expect(card(page, other)).to_be_visible()
    expect(card(page, offered).get_by_role("button", name="Correct")).to_be_focused()


def test_a_caller_who_rings_again_is_found_by_their_words(desk, page, offered, alone):
    vera = desk()
    box = page.get_by_label("The caller's spoken words")
    box.focus()
    vera.type("not the words")
    vera.press("Enter")
    expect(page.get_by_text("No request has these words.")).to_be_visible()
    box.focus()
    vera.press("Control+a")
    vera.type(offered.details()["spoken_code"].replace("-", " ").title())
    vera.press("Enter")
    first = page.locator("article.request").first
    expect(first).to_have_attribute("id", f"request-{offered.code}")
    expect(first).to_be_focused()
    page.get_by_role("button", name="Put it back in its place").focus()
    vera.press("Enter")
    expect(first).to_have_attribute("id", f"request-{alone.code}")


def test_refusals_that_are_not_ours_are_said_too(desk, page, offered, cast):
    HelpRequest.objects.update(state="unanswered", next_wave_at=None)
    vera = desk()
    intercept(page, "**/again/**", lambda route: route.fulfill(status=403))
    press(vera, card(page, offered), "Offer again")
    expect(page.locator("#toasts")).to_contain_text("You may not do this any more.")


def test_a_full_desk_holds(desk, page, registry, cast, helper, alone):
    """Sixty cards in every state, with the longest words."""
    registry.kharkiv.name = LONG
    registry.kharkiv.names = {"en": LONG}
    registry.kharkiv.save()
    others = [registry.coordinator((registry.food, registry.kharkiv), capacity=99) for _one in range(2)]
    for number in range(60):
        one = registry.take(
            cast.vera,
            cast.phone,
            registry.food,
            registry.kharkiv,
            urgency=["urgent", "today", "soon"][number % 3],
            practice=number % 7 == 0,
            needed_by=timezone.now() + timedelta(hours=5) if number % 5 == 0 else None,
        )
        offer = offer_of(one, helper)
        if number % 4 == 1:
            offers.accept(voice_of(helper), offer)
        elif number % 4 == 2:
            questions.ask(voice_of(helper), offer, OfferQuestion.Ready.OTHER, f"{LONG}? {LONG}!")
        elif number % 4 == 3:
            for each in (helper, *others):
                if offer_of(one, each):
                    offers.decline(voice_of(each), offer_of(one, each), "not_my_area")
    assert Offer.objects.filter(state="accepted").count() == 15
    desk()
    expect(page.locator("article.request")).to_have_count(60)
    screenshot(page, "desk-full")
