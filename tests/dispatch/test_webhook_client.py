"""The example of docs/webhook.md, run as it is written there, against the house."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import httpx
import pytest

from coordinators.actions import ways
from coordinators.models import Endpoint
from hotline.dispatch.models import Offer
from hotline.lib import webhooks
from hotline.outbox.models import Message
from tests.support.offers import state
from tests.support.registry import offer_of

pytestmark = pytest.mark.django_db(transaction=True)

CLIENT = Path(__file__).resolve().parents[2] / "docs" / "webhook_client.py"


class Example:
    """The example as a process of its own."""

    def __init__(self, secret):
        self.environment = {**os.environ, "WEBHOOK_SECRET": secret}
        self.process = subprocess.Popen(
            [sys.executable, str(CLIENT), "serve", "0"], env=self.environment, stdout=subprocess.PIPE, text=True
        )
        self.url = f"http://127.0.0.1:{self.line().split()[1]}/"

    def line(self):
        return self.process.stdout.readline()

    def command(self, *words):
        told = subprocess.run(
            [sys.executable, str(CLIENT), *words], env=self.environment, capture_output=True, text=True, timeout=60
        )
        return told.stdout + told.stderr

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def example(settings, monkeypatch):
    settings.WEBHOOK_THIS_MACHINE = True
    settings.TELEGRAM_BOT_TOKEN = ""
    secret = webhooks.new_secret()
    monkeypatch.setattr(webhooks, "new_secret", lambda: secret)
    started = Example(secret)
    started.secret = secret
    yield started
    started.close()


def test_it_is_confirmed_hears_an_offer_and_accepts_it_later(
    example, registry, vera_takes, deliver, cast, live_server, settings
):
    settings.BASE_URL = live_server.url
    coordinator = registry.coordinator((registry.food, registry.kharkiv))
    coordinator.endpoints.all().delete()
    endpoint, secret = ways.add_webhook(cast.ada, coordinator, example.url)
    assert secret == example.secret and endpoint.state == Endpoint.State.UNCONFIRMED
    deliver()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.last_outcome) == (Endpoint.State.ACTIVE, "sent")
    offer = offer_of(vera_takes(registry.food, registry.kharkiv), coordinator)
    deliver()
    said = example.line().split()
    assert said[:2] == ["offered", offer.reference] and state(offer) == Offer.State.OFFERED
    told = []
    thread = Thread(target=lambda: told.append(example.command("accept", said[-1])))
    thread.start()
    thread.join(60)
    assert '"result": "accepted"' in told[0] and f"{live_server.url}/o/" in told[0]
    assert state(offer) == Offer.State.ACCEPTED
    deliver()
    assert example.line().split()[:2] == ["accepted", offer.reference]


def test_it_refuses_what_the_house_did_not_sign_and_answers_a_repeat_alike(example):
    body = b'{"type": "endpoint.check", "data": {"challenge": "x"}}'
    now = datetime.now(UTC)
    signed = webhooks.headers([example.secret], "call-0001", now, body)
    forged = webhooks.headers(["whsec_" + "A" * 43 + "="], "call-0002", now, body)
    with httpx.Client(trust_env=False, timeout=60) as client:
        answers = [client.post(example.url, content=body, headers=signed) for _time in range(2)]
        assert [one.json() for one in answers] == [{"challenge": "x"}] * 2
        for headers in ({}, forged, signed | {"webhook-timestamp": "1"}):
            assert client.post(example.url, content=body, headers=headers).status_code == 401
    assert not Message.objects.exists()
