"""Offers to a coordinator's own system: a real HTTP receiver, answers at once and by signed calls later."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from coordinators.actions import webhook_secrets
from coordinators.models import LocalCoordinator
from hotline.dispatch import sweeps
from hotline.dispatch.actions import offers, webhook_answers
from hotline.dispatch.models import HelpRequest, Offer, WebhookAnswer
from hotline.lib import webhooks
from hotline.staff.actions import freeze
from hotline.staff.models import Freeze
from tests.support.hook import hook
from tests.support.offers import state
from tests.support.registry import CONTACT, offer_of, voice_of

__all__ = ["hook"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_bot(settings):
    settings.TELEGRAM_BOT_TOKEN = ""


@pytest.fixture
def system(hook, registry):
    """A coordinator for food in Kharkiv whose one way is its own system."""
    coordinator = registry.coordinator((registry.food, registry.kharkiv))
    coordinator.endpoints.all().delete()
    hook.endpoint(coordinator, language="de")
    return coordinator


@pytest.fixture
def take(registry, vera_takes, deliver):
    def taken(**written):
        help_request = vera_takes(registry.food, registry.kharkiv, **written)
        deliver()
        return help_request

    return taken


@pytest.fixture
def asked(take, system):
    """The offer that the system was told of."""
    return offer_of(take(note="Second floor.", people=4), system)


def test_an_offer_says_what_is_needed_and_nothing_that_is_sealed(hook, asked):
    (call,) = hook.calls
    assert call["type"] == "offer.offered"
    data = call["data"]
    assert data["offer"] == asked.reference and data["urgency"] == "today" and data["spoken_to"] is True
    assert data["answer_to"].endswith(f"/webhook/offers/{asked.reference}/")
    for sealed in (CONTACT["phone"], CONTACT["name"], "Second floor", asked.help_request.code):
        assert sealed not in str(call)


def test_the_answer_to_the_call_accepts(hook, system, take, deliver):
    hook.says(answer="accept")
    offer = offer_of(take(), system)
    assert (offer.state, offer.accepted_via) == (Offer.State.ACCEPTED, Offer.Way.WEBHOOK)
    deliver()
    assert hook.types() == ["offer.offered", "offer.accepted"]
    assert "/o/" in hook.calls[1]["data"]["page"]


def test_the_answer_to_the_call_declines_with_a_reason(hook, system, take):
    hook.says(answer="decline", reason="not_my_area")
    offer = offer_of(take(), system)
    assert (offer.state, offer.decline_reason) == (Offer.State.DECLINED, "not_my_area")


def test_a_reason_that_there_is_not_is_left_out(hook, system, take):
    hook.says(answer="decline", reason="no petrol")
    assert offer_of(take(), system).decline_reason == ""


def test_a_signed_call_accepts_later_and_gives_the_way_to_the_contact(hook, asked, client, deliver):
    answer = hook.call(client, asked, {"answer": "accept"})
    assert answer.status_code == 200 and answer.json()["result"] == "accepted"
    page = client.post(f"/o/{answer.json()['contact'].split('/o/')[1]}contact/")
    assert CONTACT["phone"] in page.content.decode()
    deliver()
    assert hook.types()[-1] == "offer.accepted"


def test_the_same_call_again_changes_nothing_and_gets_the_same_answer(hook, asked, client):
    first = hook.call(client, asked, {"answer": "decline"}).json()
    Offer.objects.filter(pk=asked.pk).update(state=Offer.State.OFFERED)
    assert hook.call(client, asked, {"answer": "decline"}).json() == first
    assert state(asked) == Offer.State.OFFERED
    # Nor can a heard call be made into another one.
    assert hook.call(client, asked, {"answer": "accept"}).json()["result"] == "declined"
    assert state(asked) == Offer.State.OFFERED
    assert WebhookAnswer.objects.count() == 1


def test_an_id_that_was_used_for_one_offer_answers_no_other(hook, asked, take, system, client):
    other = offer_of(take(), system)
    assert hook.call(client, asked, {"answer": "accept"}).json()["result"] == "accepted"
    assert hook.call(client, other, {"answer": "accept"}).status_code == 400
    assert state(other) == Offer.State.OFFERED
    assert hook.call(client, other, {"answer": "accept"}, call_id="call-0002").json()["result"] == "accepted"


def test_a_second_acceptance_of_one_s_own_is_no_error(hook, asked, client):
    answers = [hook.call(client, asked, {"answer": "accept"}, call_id=f"call-{n:04}").json() for n in range(2)]
    assert [one["result"] for one in answers] == ["accepted", "accepted"]
    assert answers[0]["contact"] == answers[1]["contact"]


def test_who_comes_too_late_is_told_so(hook, asked, client, registry):
    other = registry.coordinator((registry.food, registry.kharkiv))
    help_request = HelpRequest.objects.get(pk=asked.help_request_id)
    Offer.objects.create(
        help_request=help_request, local_coordinator=other, wave=asked.wave, round=1, offered_at=timezone.now()
    )
    offers.accept(voice_of(other), offer_of(help_request, other))
    answer = hook.call(client, asked, {"answer": "accept"})
    assert answer.status_code == 200
    assert answer.json() == {"result": "already_taken", "contact": None}


@pytest.mark.parametrize("forged", ["secret", "old", "early", "unsigned", "other offer", "no offer"])
def test_a_call_that_is_not_signed_now_by_them_changes_nothing(hook, asked, client, forged, registry, take, settings):
    now = datetime.now(UTC)
    more = {
        "secret": {"secret": webhooks.new_secret()},
        "old": {"at": now - timedelta(seconds=400)},
        "early": {"at": now + timedelta(seconds=400)},
    }.get(forged, {})
    said = {"answer": "accept"}
    if forged == "unsigned":
        address = f"/webhook/offers/{asked.reference}/"
        response = client.post(address, said, content_type="application/json")
    elif forged == "other offer":
        rival = registry.coordinator((registry.food, registry.kharkiv))
        response = hook.call(client, offer_of(take(), rival), said)
    else:
        response = hook.call(client, "NOTHING" if forged == "no offer" else asked, said, **more)
    assert (response.status_code, response.json()["code"]) == (401, "not_signed")
    assert not WebhookAnswer.objects.exists()
    assert not Offer.objects.filter(state=Offer.State.ACCEPTED).exists()


def test_guessing_is_slowed_and_whoever_signs_is_not(hook, asked, client, settings):
    settings.LIMITS = {**settings.LIMITS, "webhook-unsigned": [(2, 300)]}
    guesses = [hook.call(client, "NOTHING", {"answer": "accept"}).status_code for _guess in range(4)]
    assert guesses == [401, 401, 429, 429]
    assert hook.call(client, asked, {"answer": "accept"}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{", b'"accept"', b"[" * 4000, b"\xff", b"{}", b'{"answer": "perhaps"}', b'{"answer": ["accept"]}',
     b'{"answer": {"accept": 1}}'],
)  # fmt: skip
def test_a_body_that_says_nothing_is_refused_in_words(hook, asked, client, body):
    response = hook.call(client, asked, None, body=body)
    assert (response.status_code, response.json()["code"]) == (400, "bad_call")
    assert state(asked) == Offer.State.OFFERED


def test_a_body_that_is_too_long_and_other_methods_are_refused(hook, asked, client):
    assert hook.call(client, asked, {"answer": "accept", "more": "x" * 5000}).status_code == 413
    assert client.get(f"/webhook/offers/{asked.reference}/").status_code == 405


def test_the_old_secret_counts_until_it_is_dropped(hook, asked, client, cast, system):
    endpoint = system.endpoints.get()
    fresh = webhook_secrets.new_secret(cast.ada, endpoint)
    assert hook.call(client, asked, {"answer": "decline"}).status_code == 200
    webhook_secrets.drop_old_secret(cast.ada, endpoint)
    assert hook.call(client, asked, {"answer": "decline"}, call_id="call-0002").status_code == 401
    assert hook.call(client, asked, {"answer": "decline"}, call_id="call-0003", secret=fresh).status_code == 200


@pytest.mark.parametrize("kept", ["suspended", "off", "frozen"])
def test_who_may_not_any_more_changes_nothing(hook, asked, client, cast, system, kept):
    if kept == "suspended":
        LocalCoordinator.objects.update(state=LocalCoordinator.State.SUSPENDED)
    elif kept == "off":
        system.endpoints.update(state="off")
    else:
        freeze.freeze(cast.ada, "drill", Freeze.Way.COMMAND)
    response = hook.call(client, asked, {"answer": "accept"})
    assert response.status_code == (401 if kept == "off" else 200)
    assert response.json().get("result") != "accepted"
    assert not Offer.objects.filter(state=Offer.State.ACCEPTED).exists()


def test_an_answer_survives_a_process_that_dies_over_it(hook, system, take, monkeypatch):
    hook.says(answer="accept")
    monkeypatch.setattr(webhook_answers, "carry_out", lambda heard, now: False)
    offer = offer_of(take(), system)
    assert offer.state == Offer.State.OFFERED
    monkeypatch.undo()
    assert sweeps.carry_out_answers(timezone.now()) == 1
    assert state(offer) == Offer.State.ACCEPTED
    assert sweeps.carry_out_answers(timezone.now()) == 0
    sweeps.carry_out_answers(timezone.now() + timedelta(days=2))
    assert not WebhookAnswer.objects.exists()


def test_the_same_answer_twice_at_once_is_carried_out_once(hook, asked, quiet_connections):
    endpoint = asked.local_coordinator.endpoints.get()
    heard = webhook_answers.note(asked, endpoint, "call-0001", {"answer": "accept"})
    done, together = [], threading.Barrier(4)

    def carry_out():
        with quiet_connections():
            together.wait()
            done.append(webhook_answers.carry_out(heard, timezone.now()))

    threads = [threading.Thread(target=carry_out) for _number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(done) == [False, False, False, True]
    assert WebhookAnswer.objects.get().result == "accepted"


def test_everybody_else_is_told_once(hook, asked, client, registry, vera_takes, deliver, system):
    other = registry.coordinator((registry.food, registry.kharkiv))
    help_request = vera_takes(registry.food, registry.kharkiv)
    deliver()
    offers.accept(voice_of(other), offer_of(help_request, other))
    deliver()
    closed = [call["data"] for call in hook.calls if call["type"] == "offer.closed"]
    assert [data["state"] for data in closed] == ["taken"]
    assert "page" in closed[0] and closed[0]["page"] is None and "kind" not in closed[0]
