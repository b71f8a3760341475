"""What a rival may learn of others: nothing. All that two coordinators can see is compared byte by byte.

Only what is their own is taken out before: reference, link, tokens, alias, and the moment at which they were asked.
"""

import json
import re
from datetime import UTC, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from coordinators.models import LocalCoordinator
from hotline.dispatch import topics
from hotline.dispatch.actions import links, waves
from hotline.dispatch.models import HelpRequest, Offer
from hotline.dispatch.voice import Voice
from tests.support.crowd import token_of
from tests.support.registry import offer_of

pytestmark = pytest.mark.django_db(transaction=True)

FORM_TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")
State = LocalCoordinator.State


class Rival:
    """A coordinator with a phone, an account and a link of their own: every way of seeing an offer."""

    def __init__(self, telegram, registry, cast, as_person, name):
        self.name = f"{name} relief"
        self.chat = telegram.phone(name)
        self.coordinator = registry.coordinator((registry.food, registry.kharkiv), chat=self.chat, name=self.name)
        self.account = cast.person(name.lower(), represents=[self.coordinator])
        self.client = as_person(self.account)
        self.telegram = telegram

    def asked(self, help_request):
        """Note the offer, and give the person a link to it."""
        self.offer = offer_of(help_request, self.coordinator)
        voice = Voice(Offer.Way.LINK, endpoint=self.coordinator.endpoints.get())
        self.link = token_of(links.issue(self.offer, voice))

    def secrets(self):
        """What is theirs alone, and what nobody else may see: {text: what it is}."""
        return {
            self.offer.button_token(self.chat): "BUTTON",
            self.offer.reference: "REFERENCE",
            str(self.offer.pk): "OFFER",
            self.link: "LINK",
            str(self.coordinator.pk): "COORDINATOR",
            self.coordinator.code: "CODE",
            self.name: "NAME",
            self.account.alias: "ALIAS",
            self.account.username: "ACCOUNT",
            str(self.account.pk): "PERSON",
        }

    def address(self, name, *arguments):
        return reverse(f"admin:dispatch_offer_{name}", args=arguments)

    def look(self, moment):
        """Everything this coordinator can see, and what it says to whoever accepts now. {where: text}, as it is sent."""
        pages = {
            "own page": ("get", f"/o/{self.link}/"),
            "admin's list": ("get", self.address("changelist")),
            "admin's list, searched": ("get", f"{self.address('changelist')}?q={self.offer.reference}"),
            "admin's list, by state": ("get", f"{self.address('changelist')}?state__exact={self.offer.state}"),
            "admin's page": ("get", self.address("change", self.offer.pk)),
            "admin's first page": ("get", reverse("admin:index")),
            "first page": ("get", "/"),
        }
        return self._shown(pages, moment) | {
            "phone": json.dumps([_line(message) for message in self.telegram.client.messages(self.chat)], indent=1),
            "topics": "\n".join(topics.of_user(self.account)),
        }

    def come_too_late(self, moment):
        """What accepting says on each way once somebody else has it. {where: text}, as it is sent."""
        pages = {
            "own page's button": ("post", f"/o/{self.link}/accept/"),
            "admin's button": ("post", self.address("button", self.offer.pk, "accept")),
            "admin's page after it": ("get", self.address("change", self.offer.pk)),
        }
        self.telegram.write(self.chat, "/open")
        return self._shown(pages, moment)

    def _shown(self, pages, moment):
        shown = {}
        for where, (method, path) in pages.items():
            # One instant for all pages, so that no clock on them tells them apart.
            with time_machine.travel(moment, tick=False):
                answer = getattr(self.client, method)(path)
            headers = "".join(f"{name}: {value}\n" for name, value in sorted(answer.headers.items()))
            shown[where] = f"{answer.status_code}\n{headers}\n{answer.content.decode()}"
        return shown

    def without_own(self, seen):
        """What was seen, without what is their own."""
        own = self.secrets()
        asked_at = timezone.localtime(self.offer.offered_at)
        forms = ("DATETIME_FORMAT", "SHORT_DATETIME_FORMAT")
        own |= {date_format(asked_at, form): "ASKED AT" for form in forms}
        own |= {self.offer.offered_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M+00:00"): "ASKED AT"}
        plain = {}
        for where, text in seen.items():
            for word in sorted(own, key=len, reverse=True):
                text = text.replace(word, own[word])
            text = FORM_TOKEN.sub("FORM TOKEN", text)
            # The length follows the words that were taken out.
            plain[where] = re.sub(r"Content-Length: \d+", "", text)
        return plain


def _line(message):
    """A message on the phone, every version of it, without Telegram's own numbers."""
    return [
        {name: value for name, value in version.items() if name in ("text", "entities", "buttons")}
        for version in message["versions"]
    ]


def assert_same(one, other, seen):
    """`seen` is a function Rival → {where: text}: both see the same, byte by byte."""
    mine, theirs = one.without_own(seen(one)), other.without_own(seen(other))
    for where, text in mine.items():
        assert text == theirs[where], where
    assert mine.keys() == theirs.keys()


def assert_nothing_of(other, text):
    """Nothing that is the other's own stands in the text."""
    found = [what for word, what in other.secrets().items() if word in text]
    assert not found


@pytest.fixture
def make_rival(telegram, registry, cast, as_person):
    """make_rival(name) -> a Rival that covers food in Kharkiv."""
    return lambda name: Rival(telegram, registry, cast, as_person, name)


@pytest.fixture
def take(telegram, registry, vera_takes):
    """take(*rivals) -> a help request that stands on their phones."""

    def taken(*rivals):
        help_request = vera_takes(registry.food, registry.kharkiv, note="Ground floor, please.", people=3)
        telegram.run()
        for rival in rivals:
            rival.asked(help_request)
        return help_request

    return taken


@pytest.fixture
def three(make_rival, take):
    """(one, two, winner, help request), before anybody has accepted."""
    rivals = [make_rival(name) for name in ("Ostap", "Petro", "Yaryna")]
    return *rivals, take(*rivals)


def accept(telegram, winner, *losers):
    """The winner accepts on the phone, and the losers press before their messages say so. What each was told."""
    telegram.client.press(winner.chat, "Accept")
    telegram.receive()
    pressed = [telegram.client.press(loser.chat, "Accept")["query"] for loser in losers]
    telegram.run()
    answers = {query["id"]: query["answer"] for query in telegram.client.state()["queries"]}
    return [answers[query] for query in pressed]


def everything(moment):
    return lambda rival: rival.look(moment)


def test_whoever_is_asked_sees_the_same(three):
    one, two, winner, _help_request = three
    moment = timezone.now()
    assert_same(one, two, everything(moment))
    assert_same(one, winner, everything(moment))


def test_whoever_is_asked_a_minute_later_sees_the_same(three):
    """As when the clock's minute changes between two who are asked."""
    one, two, _winner, _help_request = three
    one.offer.offered_at -= timedelta(minutes=1)
    one.offer.save(update_fields=["offered_at"])
    assert_same(one, two, everything(timezone.now()))


def test_losers_see_the_same_and_are_refused_in_the_same_words(telegram, three):
    one, two, winner, _help_request = three
    told, also_told = accept(telegram, winner, one, two)
    assert told == also_told and "being handled" in told["text"]
    moment = timezone.now()
    assert_same(one, two, everything(moment))
    assert_same(one, two, lambda rival: rival.come_too_late(moment))
    assert_same(one, two, everything(moment))


def test_neither_loser_nor_winner_sees_anything_of_the_other(telegram, three):
    one, two, winner, help_request = three
    before = {rival: "\n".join(rival.look(timezone.now()).values()) for rival in (one, two, winner)}
    accept(telegram, winner, one, two)
    moment = timezone.now()
    for rival in (one, two, winner):
        late = {} if rival is winner else rival.come_too_late(moment)
        seen = "\n".join([before[rival], *rival.look(moment).values(), *late.values()])
        # The search finds what is there.
        assert rival.offer.reference in seen and rival.link in seen
        for other in {one, two, winner} - {rival}:
            assert_nothing_of(other, seen)
        # Nor what the house calls it, which would be the same for all of them.
        assert help_request.code not in seen


def test_one_of_many_asked_late_about_an_old_request_sees_what_the_first_of_two_saw(telegram, make_rival, take):
    """Number of recipients, order, wave and age of the request show nowhere, not even to somebody who compares."""
    early, other = make_rival("Zlata"), make_rival("Yevhen")
    take(early, other)
    LocalCoordinator.objects.update(state=State.PAUSED)

    crowd = [make_rival(f"Taras{number}") for number in range(5)]
    late = make_rival("Uliana")
    LocalCoordinator.objects.filter(pk=late.coordinator.pk).update(answer_seconds=7200)
    old = take()
    HelpRequest.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=5))
    waves.start_next(old, timezone.now())
    LocalCoordinator.objects.update(state=State.ACTIVE)
    telegram.run()
    late.asked(old)
    winner = next(one for one in crowd if offer_of(old, one.coordinator).wave.number == 1)
    assert (early.offer.wave.number, late.offer.wave.number) == (1, 2)
    assert (early.offer.help_request.offers.count(), old.offers.count()) == (2, 6)

    moment = timezone.now()
    assert_same(early, late, everything(moment))
    assert accept(telegram, other, early) == accept(telegram, winner, late)
    assert_same(early, late, everything(moment))
    assert_same(early, late, lambda rival: rival.come_too_late(moment))


def test_who_was_never_asked_sees_nothing_of_it(telegram, make_rival, take):
    asked, stranger = make_rival("Ostap"), make_rival("Petro")
    LocalCoordinator.objects.filter(pk=stranger.coordinator.pk).update(state=State.PAUSED)
    take(asked)
    offer_page, accepting = asked.address("change", asked.offer.pk), asked.address("button", asked.offer.pk, "accept")
    assert asked.client.get(offer_page).status_code == 200
    assert stranger.client.get(offer_page).status_code == 404
    assert stranger.client.post(accepting).status_code == 404
    pages = [asked.address("changelist"), reverse("admin:index"), "/", offer_page, accepting]
    seen = "".join(stranger.client.get(page).content.decode() for page in pages)
    assert_nothing_of(asked, seen)
    assert "Харків" not in seen and "Food" not in seen
    assert "Харків" in asked.client.get(pages[0]).content.decode()
    assert telegram.client.messages(stranger.chat) == []
    assert offer_of(asked.offer.help_request, asked.coordinator).state == Offer.State.OFFERED
