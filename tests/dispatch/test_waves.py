"""Waves: the best few first, then the next ones, then those registered wider, then the alarm."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from coordinators.models import LocalCoordinator
from hotline.dispatch import sweeps
from hotline.dispatch.actions import offers, waves
from hotline.dispatch.models import HelpRequest, Offer
from hotline.outbox.models import Message
from hotline.staff.actions.alarms import acknowledge
from hotline.staff.models import Alarm
from tests.support.registry import offer_of, voice_of


def asked(help_request, number):
    return set(help_request.offers.filter(wave__number=number).values_list("local_coordinator_id", flat=True))


def later(help_request, minutes):
    return help_request.created_at + timedelta(minutes=minutes)


def test_the_best_few_are_asked_first(registry, vera_takes):
    crowd = [registry.coordinator((registry.food, registry.kharkiv), answer_seconds=60 * n) for n in range(5)]
    help_request = vera_takes(registry.food, registry.kharkiv)
    assert asked(help_request, 1) == {one.pk for one in crowd[:3]}
    assert help_request.next_wave_at == later(help_request, 10)


def test_urgent_requests_use_shorter_times_and_bigger_waves(registry, vera_takes):
    for _number in range(6):
        registry.coordinator((registry.food, registry.kharkiv))
    help_request = vera_takes(registry.food, registry.kharkiv, urgency="urgent")
    assert len(asked(help_request, 1)) == 5
    assert help_request.next_wave_at == later(help_request, 2)


def test_the_next_are_asked_when_the_time_is_up_and_not_before(registry, vera_takes):
    crowd = [registry.coordinator((registry.food, registry.kharkiv), answer_seconds=60 * n) for n in range(5)]
    help_request = vera_takes(registry.food, registry.kharkiv)
    assert sweeps.send_waves(later(help_request, 9)) == 0
    assert sweeps.send_waves(later(help_request, 10)) == 1
    assert asked(help_request, 2) == {one.pk for one in crowd[3:]}


def test_those_registered_wider_come_after_all_others(registry, vera_takes):
    near = [registry.coordinator((registry.food, registry.kharkiv)) for _number in range(2)]
    wide = registry.coordinator((registry.any, registry.ukraine), answer_seconds=1)
    registry.coordinator((registry.food, registry.lviv))
    registry.any.wave_size = {"today": 2}
    registry.any.save()
    help_request = vera_takes(registry.food, registry.kharkiv)
    assert asked(help_request, 1) == {one.pk for one in near}
    sweeps.send_waves(later(help_request, 10))
    assert asked(help_request, 2) == {wide.pk}
    sweeps.send_waves(later(help_request, 20))
    help_request.refresh_from_db()
    assert help_request.state == HelpRequest.State.UNANSWERED
    assert help_request.offers.count() == 3


def test_when_nobody_is_left_the_alarm_rings_at_those_who_supervise(registry, vera_takes, cast):
    registry.coordinator((registry.food, registry.kharkiv))
    supervisor = cast.cora
    help_request = vera_takes(registry.food, registry.kharkiv)
    sweeps.send_waves(later(help_request, 10))
    alarm = Alarm.objects.get(kind="nobody_took")
    assert (alarm.team, alarm.subject, alarm.acknowledged_at) == (cast.phone, help_request.code, None)
    assert Message.objects.filter(purpose="alarm", channel="email").count() == 1
    acknowledge(supervisor, alarm)


def test_a_request_that_nobody_covers_rings_at_once(registry, vera_takes):
    help_request = vera_takes(registry.medicine, registry.izium)
    assert help_request.state == HelpRequest.State.UNANSWERED
    assert Alarm.objects.filter(kind="nobody_took", subject=help_request.code).exists()


def test_practice_rings_nobody(registry, cast):
    registry.take(cast.vera, cast.phone, registry.medicine, registry.izium, practice=True)
    assert not Alarm.objects.exists()


def test_who_was_silent_may_still_accept_and_the_alarm_ends(registry, vera_takes):
    one = registry.coordinator((registry.food, registry.kharkiv))
    help_request = vera_takes(registry.food, registry.kharkiv)
    sweeps.send_waves(later(help_request, 10))
    offers.accept(voice_of(one), offer_of(help_request, one))
    help_request.refresh_from_db()
    assert help_request.state == HelpRequest.State.ACCEPTED
    assert not Alarm.objects.open().filter(kind="nobody_took").exists()


def test_silence_lowers_the_rank_once_and_a_decline_does_not(registry, vera_takes):
    silent = registry.coordinator((registry.food, registry.kharkiv))
    declining = registry.coordinator((registry.food, registry.kharkiv))
    help_request = vera_takes(registry.food, registry.kharkiv)
    Message.objects.filter(purpose="offer").update(state="sent", external_id="7", sealed=None)
    offers.decline(voice_of(declining), offer_of(help_request, declining))
    sweeps.send_waves(later(help_request, 10))
    silent.refresh_from_db(), declining.refresh_from_db()
    assert silent.answer_seconds == 20 * 60
    assert declining.answer_seconds < 60
    assert Offer.objects.get(local_coordinator=silent).silence_counted


def test_the_reasons_are_stored_with_the_request(registry, vera_takes):
    one = registry.coordinator((registry.food, registry.kharkiv))
    registry.coordinator((registry.food, registry.kharkiv), state=LocalCoordinator.State.PAUSED)
    help_request = vera_takes(registry.food, registry.kharkiv)
    assert help_request.waves.get().left_out == {"paused": 1}
    assert {"place", "category", "km", "load", "minutes", "score"} <= set(offer_of(help_request, one).reasons)


def test_a_worker_that_was_away_starts_the_waves_it_missed(registry, vera_takes):
    for _number in range(4):
        registry.coordinator((registry.food, registry.kharkiv))
    help_request = vera_takes(registry.food, registry.kharkiv)
    assert sweeps.send_waves(timezone.now() + timedelta(days=1)) == 1
    assert len(asked(help_request, 2)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_start_one_wave(registry, vera_takes, quiet_connections):
    for _number in range(8):
        registry.coordinator((registry.food, registry.kharkiv))
    help_request = vera_takes(registry.food, registry.kharkiv)
    connection.close()
    start, made = threading.Barrier(6), []

    def run():
        with quiet_connections():
            mine = HelpRequest.objects.get(pk=help_request.pk)
            start.wait()
            made.append(len(waves.start_next(mine, later(help_request, 10))))

    threads = [threading.Thread(target=run) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 0, 0, 0, 0, 3]
    assert help_request.waves.count() == 2


def test_who_never_got_the_message_is_not_called_silent(registry, vera_takes):
    one = registry.coordinator((registry.food, registry.kharkiv))
    help_request = vera_takes(registry.food, registry.kharkiv)
    sweeps.send_waves(later(help_request, 10))
    one.refresh_from_db()
    assert one.answer_seconds is None
