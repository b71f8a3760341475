"""What is counted of requests: against a slow and obvious recount, whatever happened in between."""

import random
import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone

from hotline.dispatch import sweeps
from hotline.dispatch.actions import erasure, offers, requests, tallies, waves, work
from hotline.dispatch.models import HelpRequest, Offer, Tally, Wave
from hotline.lib.errors import Refused
from hotline.outbox.models import Message
from hotline.staff.models import AuditEntry
from tests.support.registry import offer_of, voice_of

Step = Tally.Step
SEEDS = range(4)
TURNS = 60


def sums(*names):
    """{values of these fields: sum of counts}"""
    rows = Tally.objects.values_list(*names).annotate(total=Sum("count")).order_by()
    return Counter({row[:-1]: row[-1] for row in rows})


class Day:
    """A day of requests, offers and answers by chance, which is the same for the same seed."""

    def __init__(self, registry, cast, seed):
        self.chance, self.registry, self.cast = random.Random(seed), registry, cast
        self.kinds, self.places = [registry.food, registry.medicine], [registry.kharkiv, registry.izium, registry.lviv]
        self.helpers = [
            registry.coordinator((kind, place), capacity=50) for kind in self.kinds for place in self.places[:2]
        ] + [registry.coordinator((registry.food, registry.kharkiv), capacity=50)]

    def run(self):
        acts = [self.take, self.take, self.accept, self.accept, self.decline, self.finish, self.hand_back, self.over,
                self.cancel, self.forget]  # fmt: skip
        for _ in range(TURNS):
            try:
                self.chance.choice(acts)()
            except Refused:
                continue

    def take(self):
        team = self.chance.choice([(self.cast.vera, self.cast.phone), (self.cast.viktor, self.cast.crawl)])
        practice = self.chance.random() < 0.1
        self.registry.take(*team, self.chance.choice(self.kinds), self.chance.choice(self.places), practice=practice)

    def offer(self, *states):
        found = list(
            Offer.objects.filter(state__in=states).select_related("help_request", "local_coordinator").order_by("pk")
        )
        found.sort(key=lambda offer: (offer.help_request_id, offer.local_coordinator_id.int))
        return self.chance.choice(found) if found else None

    def accept(self):
        if offer := self.offer("offered", "declined"):
            offers.accept(voice_of(offer.local_coordinator), offer)

    def decline(self):
        if offer := self.offer("offered", "declined"):
            offers.decline(
                voice_of(offer.local_coordinator), offer, self.chance.choice(["", *Offer.DeclineReason.values])
            )

    def finish(self):
        if offer := self.offer("accepted"):
            work.finish(voice_of(offer.local_coordinator), offer, self.chance.choice(HelpRequest.Outcome.values))

    def hand_back(self):
        if offer := self.offer("accepted"):
            work.hand_back(voice_of(offer.local_coordinator), offer)

    def over(self):
        HelpRequest.objects.filter(state="offering").update(next_wave_at=timezone.now())
        sweeps.send_waves(timezone.now())

    def one(self):
        return self.chance.choice(list(HelpRequest.objects.order_by("pk")) or [None])

    def cancel(self):
        if (one := self.one()) and self.chance.random() < 0.5:
            requests.not_needed(one)
        elif one:
            actor = self.cast.vera if one.team == self.cast.phone else self.cast.viktor
            requests.cancel(actor, one, seen_since=one.state_since, reason="rang again")

    def forget(self):
        if (one := self.one()) and self.chance.random() < 0.3:
            erasure.erase(one, timezone.now())


def recount():
    """The same out of the rows and the audit, one by one: {(team, kind of help, region, step, detail): number}."""
    found, regions = Counter(), {}
    real = {one.code: one for one in HelpRequest.objects.filter(practice=False).select_related("place")}

    def add(one, step, detail="", number=1):
        place = one.place
        while place.kind != "region":
            place = place.parent
        regions.setdefault(place.pk, place)
        found[one.team_id, one.category_id, place.pk, str(step), detail] += number

    for one in real.values():
        add(one, Step.TAKEN)
        for wave in Wave.objects.filter(help_request=one):
            number = wave.offers.count()
            if number:
                add(one, Step.WAVE)
                add(one, Step.OFFERED, "", number)
        if one.offers.exists():
            add(one, Step.FIRST_OFFER, "60")
        for offer in one.offers.all():
            add(one, Step.WHY, offer.decline_reason) if offer.decline_reason else None
    taken = set()
    for line in AuditEntry.objects.order_by("pk"):
        one = real.get(line.subject)
        if one is None:
            continue
        if line.action == "offer.accepted":
            add(one, Step.AGAIN if one.pk in taken else Step.ACCEPTED, "" if one.pk in taken else "60")
            taken.add(one.pk)
        elif line.action == "offer.declined":
            add(one, Step.DECLINED)
        elif line.action == "offer.returned":
            add(one, Step.CAME_BACK, line.details["why"])
        elif line.action == "offer.finished":
            add(one, Step.ENDED, line.details["outcome"])
        elif line.action == "help_request.cancelled":
            add(one, Step.ENDED, "cancelled")
        elif line.action == "help_request.not_needed":
            add(one, Step.ENDED, "caller")
        elif line.action == "help_request.nobody_left":
            add(one, Step.NOBODY)
    for one in real.values():
        if one.state == "expired":
            add(one, Step.ENDED, "expired")
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_by_chance_is_counted_as_it_happened(registry, cast, seed):
    Day(registry, cast, seed).run()
    names = ("team", "category", "region", "kind", "detail")
    counted, expected = sums(*names), recount()
    # The reason of whoever accepts after all stands in the figures and no longer in the row.
    why = {key for key in counted if key[3] == Step.WHY}
    assert all(counted[key] >= expected[key] for key in why | {key for key in expected if key[3] == Step.WHY})
    assert {k: n for k, n in counted.items() if k not in why} == {k: n for k, n in expected.items() if k[3] != Step.WHY}
    tallies.fold(timezone.now())
    assert sums(*names) == counted
    assert not Tally.objects.filter(folded=False).exists()
    assert len(counted) == Tally.objects.values(*names, "hour").distinct().count() == Tally.objects.count()


def test_adding_up_changes_no_sum_however_often(vera_takes, registry, helper):
    for _ in range(3):
        vera_takes(registry.food, registry.kharkiv)
        before = sums("kind", "detail")
        tallies.fold(timezone.now())
        assert tallies.fold(timezone.now()) == 0
        assert sums("kind", "detail") == before
    assert Tally.objects.get(kind=Step.TAKEN).count == 3


def test_practice_counts_nowhere(vera_takes, registry, helper):
    help_request = vera_takes(registry.food, registry.kharkiv, practice=True)
    offers.accept(voice_of(helper), offer_of(help_request, helper))
    work.finish(voice_of(helper), offer_of(help_request, helper), "helped")
    assert Tally.objects.count() == 0


def test_times_are_counted_in_classes_and_summed(vera_takes, registry, helper, time_machine):
    help_request = vera_takes(registry.food, registry.kharkiv)
    time_machine.move_to(help_request.created_at + timedelta(seconds=250), tick=False)
    offers.accept(voice_of(helper), offer_of(help_request, helper))
    row = Tally.objects.get(kind=Step.ACCEPTED)
    assert (row.detail, row.seconds, row.count) == ("300", 250, 1)
    first = Tally.objects.get(kind=Step.FIRST_OFFER)
    assert (first.detail, first.seconds) == ("60", 0)


@pytest.mark.parametrize(
    ("seconds", "detail"), [(0, "60"), (60, "60"), (61, "120"), (86_400, "86400"), (86_401, "beyond")]
)
def test_every_time_has_its_class(seconds, detail):
    assert Tally.time_class(timedelta(seconds=seconds)) == detail


def test_whoever_was_reached_and_said_nothing_is_counted(vera_takes, registry, helper):
    help_request = vera_takes(registry.food, registry.kharkiv)
    Message.objects.update(state="sent")
    waves.start_next(help_request, timezone.now())
    assert sums("kind")[Step.UNHEARD,] == 1


def test_a_place_without_a_region_counts_for_what_it_lies_in(registry):
    assert tallies.region_of(registry.hamlet) == registry.oblast
    assert tallies.region_of(registry.ukraine) == registry.ukraine
    assert tallies.region_of(registry.anywhere) == registry.anywhere


def test_figures_outlive_the_request_and_lead_nowhere(vera_takes, registry, helper, settings):
    help_request = vera_takes(registry.food, registry.kharkiv)
    before = sums("kind")
    help_request.delete()
    assert sums("kind") == before
    related = {field.related_model._meta.label for field in Tally._meta.get_fields() if field.is_relation}
    assert related == {"staff.Team", "coordinators.Category", "coordinators.Place"}
    assert all(row.hour.minute == row.hour.second == row.hour.microsecond == 0 for row in Tally.objects.all())


def test_old_figures_are_forgotten(vera_takes, registry, settings):
    vera_takes(registry.food, registry.kharkiv)
    sweeps.fold_tallies(timezone.now())
    late = timezone.now() + timedelta(days=settings.FIGURE_DAYS, hours=2)
    assert tallies.drop_old(late - timedelta(hours=4)) == 0
    sweeps.fold_tallies(late)
    assert Tally.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_many_add_up_at_once_and_nothing_is_lost(registry, cast, quiet_connections):
    for _ in range(40):
        tallies.count(cast.vera, cast.phone, "hoax")

    def run():
        with quiet_connections():
            tallies.fold(timezone.now())

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Tally.objects.aggregate(total=Sum("count"))["total"] == 40
    assert not Tally.objects.filter(folded=False).exists()
