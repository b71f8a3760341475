"""An alarm rings until exactly one person says that they see to it."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone, translation

from hotline.lib.codes import token
from hotline.outbox import outcome as outcomes
from hotline.outbox.actions.messages import enqueue
from hotline.outbox.listeners import tell
from hotline.outbox.models import Message, Priority
from hotline.outbox.outcome import Outcome
from hotline.staff.actions import alarms, calls
from hotline.staff.actions.alarms import AlreadySeenTo, acknowledge, raise_alarm, ring, settle_alarm
from hotline.staff.models import Alarm, AlarmCall, AuditEntry, User
from hotline.staff.permissions import NotAllowed, NotFound
from hotline.staff.sweeps import erase_old_alarms, ring_alarms
from hotline.staff.topics import of_user

pytestmark = pytest.mark.django_db

TEXT = "Nobody took the help request %(subject)s."


def mails():
    return sorted(message.address() for message in Message.objects.filter(channel="email"))


@pytest.fixture
def alarm(cast):
    assert cast.cora
    return raise_alarm(cast.phone, "nobody_took", "K7QX2M", text=TEXT)


@pytest.fixture
def rung(monkeypatch):
    """The topics that were rung."""
    topics = []
    monkeypatch.setattr(alarms.doorbell, "ring", topics.append)
    return topics


def test_it_calls_everybody_who_supervises_the_team_and_nobody_else(cast, rung):
    assert cast.vera and cast.viktor and cast.cora and cast.ada and cast.alice
    raise_alarm(cast.phone, "nobody_took", "K7QX2M", text=TEXT)
    assert mails() == ["alice@example.org", "cora@example.org"]
    assert rung == [f"team.{cast.phone.pk}.alarms"]


def test_one_of_the_house_calls_the_administrators(cast, rung):
    assert cast.vera and cast.cora and cast.ada
    raise_alarm(None, "message_dead", "telegram")
    assert mails() == ["ada@example.org"]
    assert rung == ["administrators.alarms"]


def test_whoever_may_be_called_hears_the_doorbell(cast):
    assert of_user(cast.cora) == [f"team.{cast.phone.pk}.alarms"]
    assert of_user(cast.ada) == ["administrators.alarms"]
    assert of_user(cast.alice) == [f"team.{cast.phone.pk}.alarms", "administrators.alarms"]
    assert of_user(cast.vera) == of_user(cast.viktor) == []


def test_the_mail_says_what_happened_in_the_reader_s_language(cast, monkeypatch):
    cast.person("clara", roles=["coordinator"], supervises=[cast.phone], language="uk")
    monkeypatch.setattr(calls, "_", lambda text: f"[{translation.get_language()}] {text}")
    with translation.override("de"):
        raise_alarm(cast.phone, "nobody_took", "K7QX2M", text=TEXT)
        assert translation.get_language() == "de"
    message = Message.objects.get()
    content = message.content()
    assert message.priority == Priority.URGENT
    assert content["subject"] == "[uk] Alarm: Nobody took the help request K7QX2M."
    assert content["text"].startswith("Nobody took the help request K7QX2M.")
    assert f"/alarms/call/{AlarmCall.objects.get().token}/" in content["text"]


def test_the_same_alarm_is_open_once_and_rings_once(cast, alarm):
    again = raise_alarm(cast.phone, "nobody_took", "K7QX2M", text=TEXT)
    assert again.pk == alarm.pk
    assert Alarm.objects.count() == Message.objects.count() == 1


def test_after_it_was_seen_to_the_same_thing_may_happen_anew(cast, alarm):
    acknowledge(cast.cora, alarm)
    anew = raise_alarm(cast.phone, "nobody_took", "K7QX2M", text=TEXT)
    assert anew.pk != alarm.pk
    assert Message.objects.count() == 2


def test_it_rings_again_after_growing_pauses_until_somebody_sees_to_it(cast, alarm):
    pauses, now = [], timezone.now()
    for _round in range(6):
        current = Alarm.objects.get(pk=alarm.pk)
        pauses.append(round((current.next_ring_at - timezone.now()) / timedelta(minutes=1)))
        assert ring_alarms(now) == 0
        Alarm.objects.update(next_ring_at=now)
        assert ring_alarms(now) == 1
    assert pauses == [5, 10, 15, 30, 30, 30]
    assert Message.objects.count() == 7
    acknowledge(cast.cora, alarm)
    Alarm.objects.update(next_ring_at=now)
    assert ring_alarms(now) == 0
    assert Message.objects.count() == 7


def test_two_workers_never_ring_the_same_one_twice(cast, alarm):
    seen_by_both = Alarm.objects.get(pk=alarm.pk)
    assert ring(Alarm.objects.get(pk=alarm.pk))
    assert not ring(seen_by_both)
    assert Message.objects.count() == 2


def test_the_first_to_see_to_it_is_named_and_audited(cast, alarm, rung):
    acknowledge(cast.cora, alarm)
    alarm.refresh_from_db()
    assert alarm.acknowledged_by == cast.cora and alarm.acknowledged_at
    line = AuditEntry.objects.get(action="alarm.acknowledged")
    assert (line.actor, line.subject) == (cast.cora, "K7QX2M")
    assert rung == [f"team.{cast.phone.pk}.alarms"]


def test_the_second_learns_who_was_faster(cast, alarm):
    stale = Alarm.objects.get(pk=alarm.pk)
    acknowledge(cast.cora, alarm)
    with pytest.raises(AlreadySeenTo, match="Cora"):
        acknowledge(cast.alice, stale)
    assert AuditEntry.objects.filter(action="alarm.acknowledged").count() == 1


def test_what_has_settled_itself_is_silent_and_says_so(cast, alarm):
    assert settle_alarm("nobody_took", "K7QX2M")
    assert not settle_alarm("nobody_took", "K7QX2M")
    with pytest.raises(AlreadySeenTo, match="settled"):
        acknowledge(cast.cora, alarm)


@pytest.mark.parametrize(("who", "answer"), [("vera", NotAllowed), ("viktor", NotFound), ("ada", NotFound)])
def test_nobody_else_can_silence_it(cast, alarm, who, answer):
    with pytest.raises(answer):
        acknowledge(getattr(cast, who), alarm)
    assert Alarm.objects.open().exists()


def test_a_coordinator_cannot_silence_the_house(cast):
    of_the_house = raise_alarm(None, "message_dead", "telegram")
    with pytest.raises(NotFound):
        acknowledge(cast.cora, of_the_house)
    acknowledge(cast.ada, of_the_house)


def test_an_alarm_that_nobody_hears_calls_the_administrators(cast):
    assert cast.ada
    raise_alarm(cast.crawl, "nobody_took", "K7QX2M", text=TEXT)
    house = Alarm.objects.get(team=None)
    assert (house.kind, house.subject) == ("team_unsupervised", "crawl")
    assert "crawl" in house.words()
    assert mails() == ["ada@example.org"]


def test_it_is_not_lost_when_there_is_no_administrator_either(cast):
    raise_alarm(cast.crawl, "nobody_took", "K7QX2M", text=TEXT)
    assert Alarm.objects.open().count() == 2


def test_somebody_without_an_address_keeps_nobody_else_from_hearing_it(cast):
    assert cast.cora
    cast.person("mute", roles=["coordinator"], supervises=[cast.phone], email="")
    raise_alarm(cast.phone, "nobody_took", "K7QX2M", text=TEXT)
    assert mails() == ["cora@example.org"]


def test_an_unreadable_address_keeps_nobody_else_from_hearing_it(cast, caplog):
    broken = cast.person("broken", roles=["coordinator"], supervises=[cast.phone])
    assert cast.cora
    with connection.cursor() as cursor:
        pk = broken.pk.hex if connection.vendor == "sqlite" else str(broken.pk)
        cursor.execute("UPDATE staff_user SET email = %s WHERE id = %s", [b"\x01nothing that was sealed", pk])
        assert cursor.rowcount == 1
    raise_alarm(cast.phone, "nobody_took", "K7QX2M", text=TEXT)
    assert mails() == ["cora@example.org"]
    assert "no alarm goes there" in caplog.text


def test_a_kind_without_words_still_says_something(cast):
    assert "weather ABC" in raise_alarm(cast.phone, "weather", "ABC").words()


def test_words_that_do_not_fit_never_silence_it(cast):
    assert "weather ABC" in raise_alarm(cast.phone, "weather", "ABC", text="Only %(wind)s").words()
    assert "rain DEF" in raise_alarm(cast.phone, "rain", "DEF", text="50 % of it").words()


def test_it_is_raised_with_what_caused_it_or_not_at_all(cast):
    assert cast.cora

    class Failure(Exception):
        pass

    with pytest.raises(Failure), transaction.atomic():
        raise_alarm(cast.phone, "nobody_took", "K7QX2M", text=TEXT)
        raise Failure
    assert not Alarm.objects.exists() and not Message.objects.exists()


def die(purpose, reason="too_often", channel="telegram", state=outcomes.DEAD):
    """A message of this purpose ends so; the outbox tells everybody who listens."""
    message = enqueue(channel=channel, recipient="1", content={"text": "x"}, key=token(), purpose=purpose)
    tell([(message, Outcome(state, reason))])


def alarms_of_the_outbox():
    return sorted(Alarm.objects.filter(kind="message_dead").values_list("subject", flat=True))


def test_messages_that_could_not_be_delivered_call_the_administrators_once_a_reason(cast):
    assert cast.ada
    for purpose in ("offer", "offer", "taken"):
        die(purpose)
    die("offer", reason="rejected")
    assert alarms_of_the_outbox() == ["telegram:rejected", "telegram:too_often"]
    assert mails() == ["ada@example.org"] * 2


def test_an_alarm_s_own_mail_that_dies_calls_nobody_and_the_alarm_keeps_ringing(cast, alarm):
    assert cast.ada
    die(calls.PURPOSE, channel="email")
    assert Alarm.objects.count() == 1
    Alarm.objects.update(next_ring_at=timezone.now())
    assert ring_alarms(timezone.now()) == 1


@pytest.mark.parametrize("ended", [{"state": outcomes.SENT}, {"state": outcomes.LATER}, {"reason": "blocked"}])
def test_what_was_delivered_or_is_somebody_s_own_doing_calls_nobody(cast, ended):
    die("offer", **ended)
    assert alarms_of_the_outbox() == []


def at_once(calls):
    """Run every call in a thread of its own, all released together. Their results, or what they raised."""
    start, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(number, call):
        try:
            start.wait(timeout=20)
            results[number] = call()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=numbered) for numbered in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.mark.django_db(transaction=True)
def test_of_many_who_see_to_it_at_once_exactly_one_does(cast):
    people = [cast.person(f"lead{number}", roles=["coordinator"], supervises=[cast.phone]) for number in range(8)]
    for turn in range(5):
        alarm = raise_alarm(cast.phone, "nobody_took", f"CODE{turn}", text=TEXT)
        results = at_once([lambda who=who, pk=alarm.pk: acknowledge(who, Alarm.objects.get(pk=pk)) for who in people])
        winners = [one for one in results if isinstance(one, Alarm)]
        losers = [one for one in results if isinstance(one, AlreadySeenTo)]
        assert (len(winners), len(losers)) == (1, 7), results
        alias = Alarm.objects.get(pk=alarm.pk).acknowledged_by.alias
        assert all(alias in str(loser) for loser in losers)
    assert AuditEntry.objects.filter(action="alarm.acknowledged").count() == 5


@pytest.mark.django_db(transaction=True)
def test_raised_by_many_at_once_it_is_one_alarm_that_rang_once(cast):
    assert cast.cora
    team = cast.phone
    results = at_once([lambda: raise_alarm(team, "nobody_took", "K7QX2M", text=TEXT)] * 8)
    assert len({one.pk for one in results}) == 1, results
    assert Alarm.objects.get().rings == 1
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_rung_by_many_workers_at_once_it_rings_once(cast):
    assert cast.cora
    raise_alarm(cast.phone, "nobody_took", "K7QX2M", text=TEXT)
    now = timezone.now()
    Alarm.objects.update(next_ring_at=now)
    results = at_once([lambda: ring_alarms(now)] * 6)
    assert sorted(results) == [0, 0, 0, 0, 0, 1], results
    assert Message.objects.count() == 2
    assert User.objects.count() == 1


def test_what_was_seen_to_goes_with_its_rings_when_its_time_is_over_and_what_rings_stays(cast, alarm, settings):
    settings.ALARM_DAYS = 10
    acknowledge(cast.cora, alarm)
    raise_alarm(cast.phone, "running_out", "K7QX2M", text=TEXT)
    ripe = Alarm.objects.get(pk=alarm.pk).acknowledged_at + timedelta(days=10)
    Alarm.objects.update(raised_at=ripe - timedelta(days=100))
    assert AlarmCall.objects.filter(alarm=alarm).exists()
    assert erase_old_alarms(ripe - timedelta(seconds=1)) == 0
    assert erase_old_alarms(ripe) == 1
    assert [one.kind for one in Alarm.objects.all()] == ["running_out"]
    assert not AlarmCall.objects.exclude(alarm__kind="running_out").exists()
