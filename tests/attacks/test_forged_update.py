"""Somebody brings updates that are not Telegram's, or presses a button that is not theirs: nobody's offer is accepted.

The webhook of the running house, by real HTTP; whatever it takes is handled, and what is said goes to the simulator.
"""

import json
import time

import httpx
import pytest
from asgiref.sync import async_to_sync

from hotline.dispatch.actions import work
from hotline.dispatch.models import Offer
from hotline.staff.models import Alarm
from hotline.telegram import intake
from hotline.telegram.models import TelegramUpdate
from tests.support.live import PATIENCE
from tests.support.registry import offer_of, voice_of

SECRET = "a-secret-of-this-test-that-nobody-guesses"
MADE_UP = [
    "a.NOBODY.xxxx",
    "a..",
    "a.",
    "z.1",
    "",
    "o9.AAAA.bbbb",
    "r7.AAAA.bbbb",
    "a.\x00.x",
    "a." + "x" * 62,
    "a.\u0661.x",
]
# Of the other buttons of the house: alarms, the language, the freeze.
MADE_UP += ["alarm.\x00", "alarm.\u00e4", "alarm.", "l.\x00", "l.xx", "freeze.", "freeze.\u0661.x", "freeze.1.\x00"]


class Webhook:
    """The webhook of the house: brings updates, and lets the house handle what it took."""

    def __init__(self, live, telegram):
        self.address, self.telegram = f"{live}/telegram/webhook/", telegram
        self.number = 1000

    def bring(self, update, secret=SECRET, number=None):
        """The house's answer to an update with the next number, or this one."""
        self.number += 1
        headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
        body = json.dumps({"update_id": number or self.number} | update)
        answer = httpx.post(self.address, content=body, headers=headers, trust_env=False, timeout=PATIENCE)
        async_to_sync(intake.handle_pending)()
        self.telegram.send()
        return answer.status_code


def press(person, data, message=None, chat=None):
    """The update of a pressed button: `person` (id) in their private chat, or in that of `chat` (its dict)."""
    return {
        "callback_query": {
            "id": str(time.monotonic_ns()),
            "from": {"id": person, "is_bot": False, "first_name": "Somebody"},
            "chat_instance": "1",
            "data": data,
            "message": {
                "message_id": message or 1,
                "date": 1,
                "chat": chat or {"id": person, "type": "private", "first_name": "Somebody"},
            },
        }
    }


class Offered:
    """A request that was offered to two coordinators on their phones, and what lies under each phone's Accept."""

    def __init__(self, telegram, registry, vera_takes):
        self.phones = [telegram.phone(name) for name in ("One", "Two")]
        self.helpers = [registry.coordinator((registry.food, registry.kharkiv), chat=phone) for phone in self.phones]
        self.request = vera_takes(registry.food, registry.kharkiv)
        telegram.send()
        self.accept = [telegram.last(phone)["buttons"][0][0]["callback_data"] for phone in self.phones]

    def states(self):
        return [str(offer_of(self.request, helper).state) for helper in self.helpers]


@pytest.fixture
def webhook(live, telegram, settings):
    settings.TELEGRAM_WEBHOOK_SECRET = SECRET
    return Webhook(live, telegram)


@pytest.fixture
def offered(telegram, registry, vera_takes):
    return Offered(telegram, registry, vera_takes)


def test_without_the_secret_a_perfect_forgery_accepts_nothing(webhook, offered):
    forged = press(offered.phones[0], offered.accept[0])
    wrong = [None, "", "wrong", SECRET[:-1], f"{SECRET}x", SECRET.upper(), f"{SECRET},{SECRET}", "1:simulator-token"]
    assert {webhook.bring(forged, secret) for secret in wrong} == {403}
    assert not TelegramUpdate.objects.exists() and offered.states() == ["offered", "offered"]
    assert httpx.get(webhook.address, trust_env=False, timeout=PATIENCE).status_code == 405
    # the very same with the secret is the coordinator's own press
    assert webhook.bring(forged) == 200
    assert offered.states() == ["accepted", "taken"]


def test_an_update_that_is_repeated_is_heard_once(webhook, offered):
    accepts = press(offered.phones[0], offered.accept[0])
    assert webhook.bring(accepts, number=77) == 200
    work.hand_back(voice_of(offered.helpers[0]), offer_of(offered.request, offered.helpers[0]))
    before = offered.states()
    assert "accepted" not in before
    assert webhook.bring(accepts, number=77) == 200
    # nor does another press come in under a number that was there
    assert webhook.bring(press(offered.phones[1], offered.accept[1]), number=77) == 200
    assert offered.states() == before and TelegramUpdate.objects.count() == 1


def test_a_button_of_another_chat_does_nothing(webhook, offered, telegram):
    """A changed app can send any data with a message that it has: here that of another coordinator's button."""
    one, two = offered.phones
    stranger = telegram.phone("Stranger")
    for person in (two, stranger):
        assert webhook.bring(press(person, offered.accept[0])) == 200
    # in a group with the one whose button it is
    group = {"id": telegram.client.group("Convoy", one, stranger), "type": "group", "title": "Convoy"}
    assert webhook.bring(press(stranger, offered.accept[0], chat=group)) == 200
    assert offered.states() == ["offered", "offered"]


def test_made_up_buttons_harm_nobody(webhook, offered):
    reference = offer_of(offered.request, offered.helpers[0]).reference
    for data in [*MADE_UP, f"a.{reference}.", f"a.{reference}.\u00e4", f"a9.{reference}.x", f"{offered.accept[0]}x"]:
        assert webhook.bring(press(offered.phones[0], data)) == 200
    assert offered.states() == ["offered", "offered"]
    assert not Alarm.objects.filter(kind="telegram_update_failed").exists()
    assert not TelegramUpdate.objects.filter(handled_at=None).exists()


def test_in_a_group_only_a_linked_member_accepts_and_the_link_comes_in_private(telegram, registry, vera_takes):
    member, stranger = telegram.phone("Member"), telegram.phone("Stranger")
    group = telegram.client.group("Convoy", member, stranger)
    coordinator = registry.coordinator((registry.food, registry.kharkiv), chat=group, is_group=True)
    registry.endpoint(coordinator, chat=member, receives_offers=False)
    help_request = vera_takes(registry.food, registry.kharkiv)
    telegram.run()
    assert "not linked" in telegram.press(stranger, "Accept", chat=group)
    assert offer_of(help_request, coordinator).state == Offer.State.OFFERED
    telegram.press(member, "Accept", chat=group)
    offer = offer_of(help_request, coordinator)
    assert (offer.state, offer.accepted_endpoint.address) == (Offer.State.ACCEPTED, str(member))
    assert "Open the contact" not in telegram.buttons(group)
    assert "Open the contact" in telegram.buttons(member)
