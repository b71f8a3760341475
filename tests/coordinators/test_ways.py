"""Further ways to a coordinator: added by who may, used once whoever reads there agrees, put in order, and taken away."""

import socket
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from coordinators.actions import endpoints, reach, ways, webhook_secrets
from coordinators.actions.endpoints import LinkNotValid
from coordinators.models import Endpoint, LinkCode, LocalCoordinator
from hotline.lib import outward
from hotline.lib.throttle import TooOften
from hotline.outbox import content
from hotline.outbox.actions.messages import enqueue
from hotline.outbox.models import Message
from hotline.staff.actions import freeze
from hotline.staff.models import Alarm, AuditEntry, Freeze
from hotline.staff.permissions import Frozen, NotAllowed, NotFound
from tests.outbox.conftest import deliver
from tests.support.hook import hook
from tests.support.postbox import link_in, postbox, text_of
from tests.support.registry import Registry

__all__ = ["deliver", "hook", "postbox"]

pytestmark = pytest.mark.django_db(transaction=True)
ACTIVE, UNCONFIRMED, OFF = Endpoint.State.ACTIVE, Endpoint.State.UNCONFIRMED, Endpoint.State.OFF


@pytest.fixture
def helper(db):
    registry = Registry()
    return registry.coordinator((registry.food, registry.kharkiv))


def added(helper, channel):
    return helper.endpoints.get(channel=channel)


def test_a_mailbox_is_used_once_the_button_behind_its_letter_was_pressed(postbox, deliver, client, cast, helper):
    ways.add_mailbox(cast.ada, helper, " one@example.org ", language="de")
    assert added(helper, "email").state == UNCONFIRMED
    assert reach.first_way(helper.pk).channel == "telegram"
    deliver()
    (letter,) = postbox.received
    path = link_in(letter)
    for answer in (client.get(path), client.head(path), client.get(path)):
        assert answer.status_code == 200
        # Whoever reads a mistyped address does not learn who helps.
        assert helper.name not in answer.content.decode()
    assert added(helper, "email").state == UNCONFIRMED
    assert client.post(path).status_code == 200
    assert added(helper, "email").state == ACTIVE and added(helper, "email").verified_at
    assert client.post(path).status_code == client.get(path).status_code == 404
    assert helper.name not in text_of(letter)


def test_a_letter_s_link_works_once_and_not_for_ever(postbox, deliver, client, cast, helper):
    endpoint = ways.add_mailbox(cast.ada, helper, "one@example.org")
    deliver()
    first = link_in(postbox.received[0]).split("/")[2]
    ways.ask_again(cast.ada, endpoint)
    deliver()
    second = link_in(postbox.received[1]).split("/")[2]
    with pytest.raises(LinkNotValid):
        ways.confirm_mailbox(first)
    LinkCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(LinkNotValid):
        ways.confirm_mailbox(second)
    # A code that links a chat confirms no mailbox, and the other way round.
    with pytest.raises(LinkNotValid):
        ways.confirm_mailbox(endpoints.issue_link(cast.ada, helper))


def test_of_two_presses_at_once_one_counts(postbox, deliver, cast, helper, quiet_connections):
    ways.add_mailbox(cast.ada, helper, "one@example.org")
    deliver()
    code, done, together = link_in(postbox.received[0]).split("/")[2], [], threading.Barrier(2)

    def press():
        with quiet_connections():
            together.wait()
            try:
                done.append(bool(ways.confirm_mailbox(code)))
            except LinkNotValid:
                done.append(False)

    threads = [threading.Thread(target=press) for _number in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(done) == [False, True]
    assert AuditEntry.objects.filter(action="endpoint.confirmed").count() == 1


def test_a_system_is_used_once_it_answers_with_the_challenge(hook, deliver, cast, helper, monkeypatch, settings):
    settings.TELEGRAM_BOT_TOKEN = ""
    endpoint, secret = ways.add_webhook(cast.ada, helper, hook.url)
    hook.secrets = [secret]
    hook.says(challenge="made up")
    deliver()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.last_outcome) == (UNCONFIRMED, "not_confirmed")
    hook.says(challenge=hook.calls[0]["data"]["challenge"])
    ways.ask_again(cast.ada, endpoint)
    deliver()
    endpoint.refresh_from_db()
    assert endpoint.state == ACTIVE
    assert hook.unsigned == 0 and hook.types() == ["endpoint.check"] * 2
    assert secret not in str(AuditEntry.objects.values_list("details", flat=True))


def test_a_check_that_fails_rings_no_alarm(hook, deliver, cast, helper, settings):
    settings.TELEGRAM_BOT_TOKEN = ""
    endpoint, secret = ways.add_webhook(cast.ada, helper, hook.url)
    hook.secrets, hook.answer = [secret], (404, {}, b"")
    deliver()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.last_outcome) == (UNCONFIRMED, "refused")
    assert not Alarm.objects.exists()


@pytest.mark.parametrize(("answer", "outcome"), [((410, {}, b""), "gone"), ((401, {}, b""), "refused")])
def test_somebody_who_names_the_system_of_another_does_not_end_its_use(
    hook, deliver, cast, helper, settings, answer, outcome
):
    settings.TELEGRAM_BOT_TOKEN = ""
    theirs = hook.endpoint(helper)
    rival = LocalCoordinator.objects.create(name="Rival", state=LocalCoordinator.State.ACTIVE)
    hook.answer = answer
    named, _secret = ways.add_webhook(cast.ada, rival, hook.url)
    deliver()
    named.refresh_from_db()
    assert named.last_outcome == outcome
    ways.ask_again(cast.ada, named)
    endpoints.end_use([named], "removed")
    ways.remove(cast.ada, named)
    deliver()
    theirs.refresh_from_db()
    assert (theirs.state, theirs.last_outcome, theirs.failed_at) == (ACTIVE, "", None)
    assert not Alarm.objects.exists()


def test_what_a_system_takes_of_one_coordinator_heals_no_other_that_names_it(hook, deliver, cast, helper, settings):
    settings.TELEGRAM_BOT_TOKEN = ""
    failed_at = timezone.now() - timedelta(minutes=1)
    theirs = hook.endpoint(helper, failed_at=failed_at, last_outcome="refused")
    rival = LocalCoordinator.objects.create(name="Rival", state=LocalCoordinator.State.ACTIVE)
    taken = hook.endpoint(rival, failed_at=failed_at, last_outcome="refused")
    enqueue(
        channel="webhook",
        recipient=hook.url,
        content=content.event(taken.pk, "offer.offered", {}),
        key="one",
        purpose="offer",
    )
    deliver()
    for endpoint in (theirs, taken):
        endpoint.refresh_from_db()
    assert hook.types() == ["offer.offered"]
    assert (taken.last_outcome, taken.failed_at) == ("sent", None)
    assert (theirs.last_outcome, theirs.failed_at) == ("refused", failed_at)


def test_a_challenge_that_is_no_text_confirms_nothing(hook, deliver, cast, helper, settings):
    settings.TELEGRAM_BOT_TOKEN = ""
    endpoint, secret = ways.add_webhook(cast.ada, helper, hook.url)
    hook.secrets = [secret]
    hook.says(challenge="\ud800")
    deliver()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.last_outcome) == (UNCONFIRMED, "not_confirmed")


def test_nobody_fills_a_mailbox_with_questions(cast, helper):
    for _time in range(4):
        ways.remove(cast.ada, ways.add_mailbox(cast.ada, helper, "one@example.org"))
    with pytest.raises(TooOften):
        ways.add_mailbox(cast.ada, helper, "One@example.org")
    assert not helper.endpoints.filter(channel="email").exists()
    assert ways.add_mailbox(cast.ada, helper, "two@example.org")


def test_of_two_who_add_the_same_at_once_one_is_told_that_it_is_there(cast, helper, quiet_connections):
    done, together = [], threading.Barrier(2)

    def add():
        with quiet_connections():
            together.wait()
            try:
                done.append(bool(ways.add_mailbox(cast.ada, helper, "one@example.org")))
            except ways.KnownAlready:
                done.append(False)

    threads = [threading.Thread(target=add) for _number in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(done) == [False, True]
    assert Message.objects.filter(purpose=ways.CHECK).count() == 1


@pytest.mark.parametrize(
    "address", ["", "one", "one@", "@example.org", "a b@example.org", "one@example.org\nBcc: x@y.z"]
)
def test_what_is_no_mailbox_is_refused_in_words(cast, helper, address):
    with pytest.raises(ways.BadMailbox):
        ways.add_mailbox(cast.ada, helper, address)


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://hooks.example.org/", ways.BadUrl),
        ("https://", ways.BadUrl),
        ("hooks", ways.BadUrl),
        ("https://hooks.example.org:22/", ways.BadUrl),
        ("https://10.0.0.1/in", ways.AddressInside),
        ("https://localhost/in", ways.AddressInside),
        ("https://169.254.169.254/latest/", ways.AddressInside),
        ("https://[::ffff:192.168.0.1]/", ways.AddressInside),
    ],
)
def test_an_address_that_is_not_called_is_refused_in_words(cast, helper, url, error):
    with pytest.raises(error):
        ways.add_webhook(cast.ada, helper, url)
    assert not Message.objects.exists() and helper.endpoints.count() == 1


def test_a_name_that_nobody_has_is_refused_in_words(cast, helper, monkeypatch):
    real = socket.getaddrinfo

    def nobody(host, *arguments, **named):
        if host == "hooks.example.org":
            raise OSError
        return real(host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(ways.NoSuchHost):
        ways.add_webhook(cast.ada, helper, "https://hooks.example.org/")


def test_one_person_lets_the_house_look_up_a_few_names_and_no_more(cast, helper, monkeypatch, settings):
    settings.LIMITS = settings.LIMITS | {"way-looked-up": [(2, 60)]}
    asked = []

    async def nobody(host, port, *, typed):
        asked.append(host)
        raise OSError

    monkeypatch.setattr(outward, "look_up", nobody)
    for number in range(2):
        with pytest.raises(ways.NoSuchHost):
            ways.add_webhook(cast.ada, helper, f"https://{number}.example.org/")
    with pytest.raises(TooOften):
        ways.add_webhook(cast.ada, helper, "https://2.example.org/")
    # What can be told without looking up costs nobody anything.
    with pytest.raises(ways.AddressInside):
        ways.add_webhook(cast.ada, helper, "https://10.0.0.1/")
    assert asked == ["0.example.org", "1.example.org"]
    with pytest.raises(ways.NoSuchHost):
        ways.add_webhook(cast.person("rita", represents=[helper]), helper, "https://2.example.org/")


def test_the_same_address_twice_and_too_many_are_refused(cast, helper):
    ways.add_mailbox(cast.ada, helper, "one@example.org")
    with pytest.raises(ways.KnownAlready):
        ways.add_mailbox(cast.ada, helper, "ONE@example.org")
    for number in range(ways.MOST_WAYS - 2):
        ways.add_mailbox(cast.ada, helper, f"more-{number}@example.org")
    with pytest.raises(ways.TooManyWays):
        ways.add_mailbox(cast.ada, helper, "last@example.org")


def test_who_may_not_is_refused_and_a_representative_may(cast, helper):
    mine = cast.person("rita", represents=[helper])
    endpoint = ways.add_mailbox(mine, helper, "one@example.org")
    assert endpoint.vouched_by == mine
    for act in (
        lambda who: ways.add_mailbox(who, helper, "two@example.org"),
        lambda who: ways.add_webhook(who, helper, "https://hooks.example.org/"),
        lambda who: ways.ask_again(who, endpoint),
        lambda who: ways.remove(who, endpoint),
        lambda who: endpoints.put_first(who, endpoint),
        lambda who: endpoints.set_receives_offers(who, endpoint, False),
        lambda who: webhook_secrets.new_secret(who, endpoint),
        lambda who: webhook_secrets.drop_old_secret(who, endpoint),
    ):
        for who in (cast.vera, cast.cora, None):
            with pytest.raises((NotAllowed, NotFound)):
                act(who)
    with pytest.raises(ways.NotOfThisKind):
        webhook_secrets.new_secret(mine, endpoint)
    ways.remove(mine, endpoint)
    assert helper.endpoints.count() == 1
    with pytest.raises(ways.NotOfThisKind):
        ways.remove(mine, helper.endpoints.get())


def test_nothing_is_confirmed_while_the_house_is_frozen(postbox, deliver, cast, helper):
    ways.add_mailbox(cast.ada, helper, "one@example.org")
    deliver()
    freeze.freeze(cast.ada, "drill", Freeze.Way.COMMAND)
    with pytest.raises((Frozen, LinkNotValid)):
        ways.confirm_mailbox(link_in(postbox.received[0]).split("/")[2])
    assert added(helper, "email").state == UNCONFIRMED


def test_ways_are_put_in_order_paused_and_resumed(cast, helper):
    for number, channel in enumerate(("email", "webhook"), start=1):
        Endpoint.objects.create(local_coordinator=helper, channel=channel, address=f"{number}@x.org", position=number)
    endpoints.put_first(cast.ada, added(helper, "webhook"))
    assert list(helper.endpoints.values_list("channel", flat=True)) == ["webhook", "telegram", "email"]
    assert reach.first_way(helper.pk).channel == "webhook"
    endpoints.set_receives_offers(cast.ada, added(helper, "webhook"), False)
    assert reach.first_way(helper.pk).channel == "telegram"
    endpoints.set_receives_offers(cast.ada, added(helper, "webhook"), True)
    assert reach.first_way(helper.pk).channel == "webhook"


def test_with_the_right_go_the_ways_that_rest_on_it(cast, helper):
    mine = cast.person("rita", represents=[helper])
    endpoint = ways.add_mailbox(mine, helper, "one@example.org")
    mine.is_active = False
    mine.save()
    endpoints.withdraw(mine)
    endpoint.refresh_from_db()
    assert endpoint.state == OFF and not LinkCode.objects.exists() and not Alarm.objects.exists()
