"""Several ways to one coordinator: what fails falls through to the next at once, and everybody is told on the way it went."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from coordinators.actions.endpoints import end_use
from coordinators.models import Endpoint
from hotline.dispatch import notices, sweeps
from hotline.dispatch.actions import offers
from hotline.dispatch.models import Offer
from hotline.outbox.actions.bounces import take_back
from hotline.outbox.models import Message
from hotline.staff.models import Alarm
from hotline.staff.sweeps import watch_channels
from tests.support.hook import hook
from tests.support.offers import state
from tests.support.postbox import postbox, text_of
from tests.support.registry import offer_of, voice_of

__all__ = ["hook", "postbox"]

pytestmark = pytest.mark.django_db(transaction=True)
MAILBOX = "one@example.org"


@pytest.fixture
def coordinator(registry, hook, postbox, telegram, settings):
    """Reached by its own system first, then by mail, then by Telegram."""
    settings.TELEGRAM_BOT_TOKEN = telegram.client.token
    person = telegram.phone("Olena")
    found = registry.coordinator((registry.food, registry.kharkiv), chat=person)
    found.endpoints.update(position=2)
    hook.endpoint(found, position=0)
    Endpoint.objects.create(local_coordinator=found, channel="email", address=MAILBOX, position=1)
    found.person = person
    return found


@pytest.fixture
def send(deliver, telegram):
    """A few rounds of sending, as if every pause were over; not for ever, since some here never take anything."""

    def rounds():
        for _round in range(4):
            deliver()

    return rounds


@pytest.fixture
def take(registry, vera_takes, send, coordinator):
    def taken():
        offer = offer_of(vera_takes(registry.food, registry.kharkiv), coordinator)
        send()
        return offer

    return taken


def ways(offer):
    """[(channel, state, error)] of the offer's own messages, in the order of the attempts."""
    return list(notices.own_messages(offer).order_by("created_at").values_list("channel", "state", "error"))


def alarms():
    return sorted(Alarm.objects.open().values_list("kind", flat=True))


def test_the_first_in_the_order_gets_it(take):
    assert ways(take()) == [("webhook", "sent", "")]


@pytest.mark.parametrize(("status", "error"), [(404, "refused"), (307, "redirected"), (410, "gone")])
def test_a_system_that_refuses_falls_through_at_once(take, hook, telegram, coordinator, status, error):
    hook.answer = (status, {"Location": "http://10.0.0.1/"}, b"")
    offer = take()
    assert ways(offer) == [("webhook", "dead", error), ("email", "sent", "")]
    assert alarms() == ["endpoint_off" if status == 410 else "endpoint_failing"]
    endpoint = coordinator.endpoints.get(channel="webhook")
    assert endpoint.last_outcome == error
    # The next offer does not try it first any more.
    assert ways(take()) == [("email", "sent", "")]


def test_a_system_that_does_not_answer_falls_through_after_a_few_calls_and_comes_back(
    take, hook, telegram, send, coordinator
):
    hook.answer = (500, {}, b"")
    offer = take()
    assert sweeps.pass_on_undelivered(timezone.now()) == 1
    send()
    assert [one[:2] for one in ways(offer)] == [("webhook", "cancelled"), ("email", "sent")]
    assert alarms() == ["endpoint_failing"]
    hook.answer = (200, {}, b"")
    coordinator.endpoints.filter(channel="webhook").update(failed_at=timezone.now() - timedelta(hours=1))
    assert ways(take()) == [("webhook", "sent", "")]
    assert alarms() == []


def test_a_mailbox_that_is_not_there_falls_through_to_the_phone(take, hook, postbox, telegram, coordinator):
    hook.answer = (404, {}, b"")
    postbox.answers["RCPT"] = "550 no such person"
    offer = take()
    assert [one[0] for one in ways(offer)] == ["webhook", "email", "telegram"]
    assert "Food" in telegram.last(coordinator.person)["text"]
    assert coordinator.endpoints.get(channel="email").state == Endpoint.State.OFF
    assert "endpoint_off" in alarms()


def report(address, action="failed", status="5.1.1"):
    return (
        f"From: MAILER-DAEMON@example.org\r\nTo: <{address}>\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; example.org\r\n\r\n"
        f"Final-Recipient: rfc822; one@example.org\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--b--\r\n"
    ).encode()


def test_a_mail_that_comes_back_later_falls_through_too(take, hook, postbox, telegram, send, coordinator, settings):
    settings.EMAIL_BOUNCES = "bounces@example.org"
    hook.answer = (404, {}, b"")
    offer = take()
    (sender,) = postbox.senders
    assert sender.startswith("bounces+") and len(sender.partition("@")[0]) <= 64
    assert str(postbox.received[0]["From"]) == "Hotline <hotline@example.org>"
    forged = sender.replace(sender[10], "a" if sender[10] != "a" else "b")
    for mail in (
        report(sender, action="delayed", status="4.4.7"),
        report(sender, status="4.2.2"),
        report(forged),
        report("bounces@example.org"),
        f"To: {sender}\r\n\r\nI am on holiday.".encode(),
        b"\xff\x00" * 50,
        b"",
    ):
        assert not take_back(mail)
    assert state(offer) == Offer.State.OFFERED and len(ways(offer)) == 2
    assert take_back(report(sender.upper()))
    assert not take_back(report(sender))
    send()
    assert [one[0] for one in ways(offer)] == ["webhook", "email", "telegram"]
    assert coordinator.endpoints.get(channel="email").off_reason == "blocked"
    assert "endpoint_off" in alarms()


def test_a_mailbox_that_is_full_is_asked_last_and_stays(take, hook, postbox, telegram, coordinator, settings):
    settings.EMAIL_BOUNCES = "bounces@example.org"
    hook.answer = (404, {}, b"")
    take()
    assert take_back(report(postbox.senders[0], status="5.2.2"))
    mailbox = coordinator.endpoints.get(channel="email")
    assert mailbox.state == Endpoint.State.ACTIVE and mailbox.failed_at


def test_what_waits_for_a_mailbox_is_called_back_when_its_use_ends(take, hook, postbox, telegram, send, coordinator):
    hook.answer, postbox.answers["RCPT"] = (404, {}, b""), "450 try later"
    offer = take()
    assert ways(offer)[-1][:2] == ("email", "queued")
    end_use([coordinator.endpoints.get(channel="email")], "withdrawn")
    postbox.answers.clear()
    sweeps.pass_on_undelivered(timezone.now())
    send()
    assert postbox.received == []
    assert [one[:2] for one in ways(offer)[1:]] == [("email", "cancelled"), ("telegram", "sent")]


def test_taken_reaches_every_way_the_offer_went(take, hook, postbox, telegram, send, coordinator, registry):
    hook.answer = (404, {}, b"")
    offer = take()
    Message.objects.filter(channel="email", purpose="offer").update(state="queued", created_at="2026-01-01T00:00Z")
    sweeps.pass_on_undelivered(timezone.now())
    Message.objects.filter(channel="email", purpose="offer").update(state="sent")
    send()
    other = registry.coordinator((registry.food, registry.kharkiv))
    Offer.objects.create(
        help_request=offer.help_request, local_coordinator=other, wave=offer.wave, round=1, offered_at=timezone.now()
    )
    offers.accept(voice_of(other), offer_of(offer.help_request, other))
    send()
    assert "is being handled" in telegram.last(coordinator.person)["text"]
    assert "is being handled" in text_of(postbox.received[-1])


def test_a_channel_that_is_away_rings_once_and_takes_the_next_way(
    take, hook, telegram, send, coordinator, registry, vera_takes
):
    coordinator.endpoints.filter(channel="telegram").update(position=0)
    coordinator.endpoints.filter(channel="webhook").update(position=1)
    with telegram.client.refusing():
        made = [take() for _number in range(3)]
        now = timezone.now()
        Message.objects.update(created_at=now - timedelta(minutes=3))
        assert watch_channels(now) == 1 and watch_channels(now) == 0
        assert alarms() == ["channel_away"]
        assert sweeps.pass_on_undelivered(now) == 3
        send()
        assert {ways(offer)[-1] for offer in made} == {("webhook", "sent", "")}
        # What comes now does not wait for it.
        assert ways(take()) == [("webhook", "sent", "")]
    coordinator.endpoints.exclude(channel="telegram").update(state="off")
    take()
    watch_channels(timezone.now())
    assert alarms() == []


def test_one_mailbox_that_asks_for_patience_is_no_channel_that_is_away(take, hook, postbox, telegram):
    hook.answer = (404, {}, b"")
    postbox.answers["RCPT"] = "450 later"
    take()
    now = timezone.now()
    Message.objects.filter(channel="email").update(created_at=now - timedelta(minutes=3))
    assert watch_channels(now) == 0


def test_link_system_and_phone_at_once_give_one_winner(
    registry, vera_takes, telegram, hook, client, quiet_connections, live_server, cast
):
    """Three coordinators, each by another way, over real HTTP."""
    phone = telegram.phone("Olena")
    by_chat = registry.coordinator((registry.food, registry.kharkiv), chat=phone)
    by_mail, by_hook = (registry.coordinator((registry.food, registry.kharkiv)) for _number in range(2))
    by_mail.endpoints.update(channel="email")
    by_hook.endpoints.all().delete()
    hook.endpoint(by_hook)
    help_request = vera_takes(registry.food, registry.kharkiv)
    mail_offer = offer_of(help_request, by_mail)
    page = notices.page_for_letter(mail_offer, by_mail.endpoints.get()).split("/o/")[1]
    together = threading.Barrier(3)

    def at_once(act):
        with quiet_connections():
            together.wait()
            act()

    acts = (
        lambda: client.post(f"/o/{page}accept/"),
        lambda: hook.call(type(client)(), offer_of(help_request, by_hook), {"answer": "accept"}),
        lambda: offers.accept(voice_of(by_chat), offer_of(help_request, by_chat)),
    )
    threads = [threading.Thread(target=at_once, args=(act,)) for act in acts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading, "excepthook", lambda arguments: None)
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    states = sorted(help_request.offers.values_list("state", flat=True))
    assert states == ["accepted", "taken", "taken"]
