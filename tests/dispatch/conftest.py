import threading

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.db import connection

from hotline.dispatch.actions import offers
from hotline.lib.errors import Refused
from hotline.outbox import sender
from hotline.questionnaires.models import Question, Questionnaire
from hotline.telegram import intake
from hotline.telegram.actions import updates
from hotline.telegram.bot import method_url
from tests.outbox.conftest import deliver, forward
from tests.support.leaks import printed
from tests.support.nursery import brood, nursery
from tests.support.offers import Page
from tests.support.registry import Registry, offer_of, voice_of
from tests.support.simulator import simulator, simulator_server

__all__ = ["brood", "deliver", "nursery", "printed", "simulator", "simulator_server"]


@pytest.fixture
def registry(db):
    """See tests/support/registry.py."""
    return Registry()


@pytest.fixture
def vera_takes(registry, cast):
    """vera_takes(category, place, **written) -> the HelpRequest that Vera took in her team."""

    def take(category, place, **written):
        return registry.take(cast.vera, cast.phone, category, place, **written)

    return take


@pytest.fixture
def vera(as_person, cast):
    """Vera's browser."""
    return as_person(cast.vera)


@pytest.fixture
def asked(registry):
    """Accommodation with a required, public question for the nights and a sealed one for the household."""
    questionnaire = Questionnaire.objects.create(slug="intake-accommodation")
    Question.objects.create(
        questionnaire=questionnaire,
        key="nights",
        kind="number",
        label={"en": "For how many nights?"},
        required=True,
        public=True,
        minimum=1,
        maximum=90,
    )
    Question.objects.create(
        questionnaire=questionnaire, key="household", kind="text", label={"en": "Who is coming?"}, position=1
    )
    registry.accommodation.questionnaire = questionnaire
    registry.accommodation.default_urgency = "today"
    registry.accommodation.danger = {"en": "No roof tonight: ring 112."}
    registry.accommodation.save()
    registry.medicine.default_urgency = "urgent"
    registry.medicine.save()
    return registry.accommodation


@pytest.fixture
def helper(registry):
    """A coordinator for food in Kharkiv."""
    return registry.coordinator((registry.food, registry.kharkiv))


@pytest.fixture
def offer(helper, registry, vera_takes):
    """The offer of a request for food to `helper`."""
    return offer_of(vera_takes(registry.food, registry.kharkiv, note="Second floor.", people=4), helper)


@pytest.fixture
def page(client, offer, helper):
    """The page of the coordinator who was asked."""
    return Page(client, offer, voice_of(helper))


@pytest.fixture
def won(page, offer, helper):
    """The page of the coordinator who accepted, in another way."""
    offers.accept(voice_of(helper), offer)
    return Page(page.client, offer, voice_of(helper))


@pytest.fixture
def race(quiet_connections):
    """race(*acts) -> codes (list) of those that were refused, all begun in one instant."""

    def run_all(*acts):
        connection.close()
        start, refused = threading.Barrier(len(acts)), []

        def run(act):
            with quiet_connections():
                start.wait()
                try:
                    act()
                except Refused as error:
                    refused.append(error.code)

        threads = [threading.Thread(target=run, args=[act]) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return refused

    return run_all


class Telegram:
    """The house's own sending and receiving against the simulator, one step at a time instead of in loops."""

    def __init__(self, client):
        self.client = client
        client.settings(enabled=False)

    def phone(self, name, **more):
        """A person who has started the bot; the id, which is their chat's too."""
        return self.client.person(name, **more)

    def run(self):
        """Send what waits, take in what people did, and send what came of that."""
        self.send()
        if self.receive():
            self.send()

    def send(self):
        """Everything that waits, as if every pause between two messages of a chat were over."""
        forward()
        while async_to_sync(sender.send_pending)():
            forward()

    def receive(self):
        """Fetch, store and handle updates; how many came."""
        fetch = {"offset": updates.next_offset() or 0, "timeout": 0}
        with httpx.Client(trust_env=False, verify=False, timeout=60) as http:
            raw = http.post(method_url("getUpdates"), json=fetch).json()["result"]
        updates.store(raw)
        async_to_sync(intake.handle_pending)()
        return len(raw)

    def press(self, person, button, **more):
        """Press, and let the house answer; the words that appeared over the chat."""
        pressed = self.client.press(person, button, **more)
        self.run()
        query = next(one for one in self.client.state()["queries"] if one["id"] == pressed["query"])
        return query["answer"]["text"]

    def write(self, person, text, **more):
        """Write to the bot, and let the house answer."""
        self.client.text(person, text, **more)
        self.run()

    def last(self, chat):
        """The newest message of the bot in a chat: {text, buttons, …}."""
        own = int(self.client.token.partition(":")[0])
        return [message for message in self.client.messages(chat) if message["from"] == own][-1]

    def buttons(self, chat):
        """Words of the buttons under the newest message of the bot in a chat."""
        return [button["text"] for row in self.last(chat)["buttons"] for button in row]


@pytest.fixture
def telegram(transactional_db, simulator):
    """The house against the simulator, see Telegram."""
    return Telegram(simulator)
