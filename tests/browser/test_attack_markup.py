"""A visitor, caller, coordinator or colleague with markup: text is text for whoever reads it, in Chromium, everywhere.

The row "visitor with markup" of the attackers in docs/security.md; ASVS 1.2.1, 1.3.1.
"""

import pytest
from django.contrib import admin
from django.db import models
from django.urls import reverse
from playwright.sync_api import expect

from hotline.dispatch.actions import questions
from hotline.dispatch.models import OfferQuestion
from hotline.lib.fields import SealedTextField
from hotline.staff.models import User
from tests.browser import cards
from tests.browser import chat_desk as support
from tests.browser.chat_desk import Guest, panel
from tests.browser.chat_people import Volunteer, begin, make_line
from tests.browser.helpers import login
from tests.support.payloads import LISTEN, PAYLOADS, assert_only_text, shown
from tests.support.registry import offer_of, voice_of

youth, chat_desk = support.youth, support.desk
registry, helper, offered, desk = cards.registry, cards.helper, cards.offered, cards.desk
ALL = set(range(1001, 1001 + len(PAYLOADS)))
# What a field of so many characters takes.
NAME = 60


@pytest.fixture
def page(page):
    """The watched page, on which whatever runs is noted; what the policy has to stop fails the test, too."""
    page.add_init_script(LISTEN)
    return page


@pytest.fixture
def anew(settings):
    """Limits of a day of work, not of one test that says everything at once."""
    settings.LIMITS = {name: [(100_000, 60)] for name in settings.LIMITS}


def short(limit):
    """The payloads that fit into so many characters."""
    return [payload for payload in PAYLOADS if len(payload) <= limit]


def test_the_look_sees_what_runs_and_what_stands_there(page, live):
    """A look that finds nothing proves something only when it can find."""
    page.goto("/accounts/login/")
    assert_only_text(page)
    page.evaluate("() => ran(7)")
    with pytest.raises(AssertionError, match="ran: 7"):
        assert_only_text(page)
    page.reload()
    page.evaluate(
        "() => { document.body.append(document.createElement('a')); document.body.lastChild.dataset.ran = 7; }"
    )
    with pytest.raises(AssertionError, match='data-ran="7"'):
        assert_only_text(page)


# in two halves, since the desk fetches what is older only when somebody scrolls up
@pytest.mark.parametrize("said", [slice(0, 40), slice(40, None)])
def test_a_visitor_s_words_stay_words_on_the_chat_desk(page, chat_desk, youth, anew, said):
    *others, alias = short(NAME)[said]
    guest = Guest(youth, alias=alias)
    guest.says(*PAYLOADS[said])
    for other in others[:5]:
        Guest(youth, alias=other)
    chat_desk()
    assert_only_text(page)
    page.keyboard.press("Alt+n")
    # their alias is one of them, and stands in the log before all that they said
    expect(panel(page).locator(".message")).to_have_count(len(PAYLOADS[said]))
    assert shown(page) >= set(sorted(ALL)[said])
    assert_only_text(page)


def test_a_volunteer_s_words_stay_words_on_the_visitor_s_page(page, cast, live, anew):
    User.objects.filter(pk=cast.vera.pk).update(alias=short(NAME)[0])
    cast.vera.refresh_from_db()
    line = make_line(cast.phone)
    begin(page, alias="Robin")
    vera = Volunteer(cast.vera, line).take()
    for payload in PAYLOADS:
        vera.say(payload)
    expect(page.get_by_role("log")).to_contain_text(PAYLOADS[-1])
    assert shown(page) == ALL
    assert_only_text(page)


def test_a_line_s_own_words_stay_words_for_its_visitors(page, cast, live):
    everything = {"en": "\n".join(PAYLOADS)}
    make_line(
        cast.phone,
        titles={"en": short(NAME)[8]},
        welcome=everything,
        danger=everything,
        privacy=everything,
        alternatives=[{"name": payload, "address": payload} for payload in PAYLOADS[:10]],
        suggested_aliases={"en": short(30)[:5]},
    )
    page.goto("/chat/youth/")
    page.get_by_role("button", name="Begin").wait_for()
    assert shown(page) >= {1001, 1009}
    assert_only_text(page)


def test_a_caller_s_and_a_coordinator_s_words_stay_words_on_the_desk(page, desk, registry, helper, cast, anew):
    everything = "\n".join(PAYLOADS)
    contact = {
        "name": PAYLOADS[0],
        "phone": "+380 67 000 00 21",
        "other": everything,
        "address": everything,
        "safe_time": short(100)[9],
        "safe_words": short(100)[10],
        "consent": True,
    }
    request = registry.take(
        cast.vera, cast.phone, registry.food, registry.kharkiv, contact=contact, note=everything[:1000]
    )
    questions.ask(voice_of(helper), offer_of(request, helper), OfferQuestion.Ready.OTHER, everything[:300])
    desk()
    expect(cards.card(page, request)).to_be_visible()
    assert_only_text(page)


def texts(model):
    """The fields of a model that hold free text, with what they may hold of the corpus."""
    for field in model._meta.concrete_fields:
        if isinstance(field, (models.CharField, models.TextField, SealedTextField)) and not field.choices:
            yield field


def poison(row, number):
    """Write payloads into every free text of a row, past all forms. Returns whether there was any."""
    changed = {}
    for place, field in enumerate(texts(type(row)), number):
        if field.unique or field.name in SHAPED:
            continue
        limit = field.max_length or 4000
        fitting = short(limit)
        if fitting:
            changed[field.name] = "\n".join(PAYLOADS)[:4000] if limit >= 4000 else fitting[place % len(fitting)]
    for field in row._meta.concrete_fields:
        if isinstance(field, models.JSONField) and isinstance(value := getattr(row, field.name), dict):
            changed |= {field.name: dict.fromkeys(value, PAYLOADS[number % len(PAYLOADS)])} if named(value) else {}
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed)) if changed else None
    return bool(changed)


def named(value):
    """Whether a JSON value is a text by language."""
    return bool(value) and all(isinstance(text, str) and len(language) == 2 for language, text in value.items())


# What the house itself writes in a form of its own: codes, time zones, colours, addresses of a channel.
SHAPED = {"key", "slug", "code", "time_zone", "colour", "loaded", "action", "kind", "channel", "language", "password"}


def test_whatever_anybody_wrote_stays_words_in_the_admin(page, cast, registry, helper, offered, youth, live):
    login(page, cast.alice)
    seen = set()
    for number, payload in enumerate(short(NAME)[:12]):
        cast.person(f"somebody-{number}", alias=payload)
    for model in admin.site._registry:
        rows = list(model._default_manager.all()[:3])
        for number, row in enumerate(rows):
            if not issubclass(model, User) and model._meta.label not in APPEND_ONLY:
                poison(row, 7 * number + len(seen))
        address = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for target in [
            reverse(f"{address}_changelist"),
            *(reverse(f"{address}_change", args=[row.pk]) for row in rows[:1]),
        ]:
            answer = page.goto(target)
            if answer.status == 200:
                assert_only_text(page)
                seen |= shown(page)
    page.goto(reverse("home"))
    assert_only_text(page)
    assert len(seen) >= 60, "what the admin shows is to hold most of the corpus"


APPEND_ONLY = {"staff.AuditEntry"}
