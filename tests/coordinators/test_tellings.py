"""News that cannot be delivered one way go the next, never by a way that is off, and the figures say what arrived."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from coordinators import sweeps
from coordinators.actions import announcements, availability, endpoints, tellings
from coordinators.actions import registry as registry_actions
from coordinators.models import Announcement, Endpoint, Telling
from hotline.outbox.actions import leases
from hotline.outbox.actions.bounces import take_back
from hotline.outbox.bounces import return_path
from hotline.outbox.models import Message
from hotline.staff.actions import freeze
from tests.dispatch.test_ways import report
from tests.outbox.conftest import deliver
from tests.support.hook import hook
from tests.support.postbox import postbox, text_of
from tests.support.registry import Registry

__all__ = ["deliver", "hook", "postbox"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def registry(db):
    return Registry()


def mailbox(local_coordinator, address, position):
    return Endpoint.objects.create(
        local_coordinator=local_coordinator, channel="email", address=address, position=position
    )


@pytest.fixture
def helper(registry):
    """Reached by one mailbox, and by a second one after it."""
    found = registry.coordinator((registry.food, registry.kharkiv))
    found.endpoints.all().delete()
    mailbox(found, "one@example.org", 0)
    mailbox(found, "two@example.org", 1)
    return found


@pytest.fixture
def announced(cast, helper):
    """The announcement, on its way."""
    announcement = Announcement()
    announcement.texts = {"en": "The bridge is closed."}
    announcements.write(cast.cora, announcement)
    announcements.send(cast.cora, announcement)
    sweep()
    return announcement


def sweep(later=0):
    for _round in range(3):
        sweeps.send_announcements(timezone.now() + timedelta(hours=later))


def told():
    return [(one.address(), one.state) for one in Message.objects.filter(purpose="announcement").order_by("created_at")]


def how(announcement):
    return tuple(tellings.counts(announcement).values())


def test_it_counts_as_delivered_once_it_is(announced, postbox, deliver):
    assert how(announced) == (0, 1, 0)
    deliver()
    assert how(announced) == (0, 1, 0)
    sweep()
    assert how(announced) == (1, 0, 0)
    assert told() == [("one@example.org", "sent")]


def test_what_fails_goes_the_next_way_and_fails_only_when_none_is_left(announced, postbox, deliver):
    postbox.answers["RCPT"] = "550 5.1.1 no such person"
    deliver()
    sweep()
    assert told() == [("one@example.org", "dead"), ("two@example.org", "queued")]
    assert how(announced) == (0, 1, 0)
    deliver()
    sweep()
    assert how(announced) == (0, 0, 1)
    sweep()
    assert len(told()) == 2


def test_a_letter_that_comes_back_later_goes_the_next_way(announced, postbox, deliver, settings):
    settings.EMAIL_BOUNCES = "bounces@example.org"
    deliver()
    sweep()
    assert take_back(report(return_path(Message.objects.get(purpose="announcement").pk)))
    sweep()
    assert how(announced) == (0, 1, 0)
    deliver()
    sweep()
    assert told() == [("one@example.org", "dead"), ("two@example.org", "sent")]
    assert how(announced) == (1, 0, 0)


def test_what_is_late_is_called_back_and_goes_the_next_way_and_waits_where_there_is_none(announced, helper):
    sweep(later=0.5)
    assert told() == [("one@example.org", "queued")]
    Message.objects.update(created_at=timezone.now() - timedelta(hours=2))
    sweep()
    assert told() == [("one@example.org", "cancelled"), ("two@example.org", "queued")]
    Message.objects.update(created_at=timezone.now() - timedelta(hours=2))
    sweep()
    assert told()[1] == ("two@example.org", "queued") and how(announced) == (0, 1, 0)


def test_what_is_late_and_can_only_wait_keeps_nobody_waiting_who_has_another_way(
    announced, registry, helper, monkeypatch
):
    for _number in range(3):
        tellings.begin(announced, registry.coordinator((registry.food, registry.kharkiv)))
    Message.objects.update(created_at=timezone.now() - timedelta(hours=2))
    (moving,) = tellings.due(timezone.now())
    assert moving.local_coordinator == helper
    monkeypatch.setattr(sweeps, "BATCH", 1)
    sweep()
    assert ("two@example.org", "queued") in told()
    # All ways of theirs are tried by now: they wait as the others do.
    Message.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert not tellings.due(timezone.now()).exists()


def test_a_system_that_does_not_answer_gives_way_to_the_next(registry, cast, hook, postbox, deliver):
    found = registry.coordinator((registry.food, registry.kharkiv))
    found.endpoints.all().delete()
    hook.endpoint(found, position=0)
    mailbox(found, "two@example.org", 1)
    hook.answer = (500, {}, b"")
    announcement = Announcement()
    announcement.texts = {"en": "The bridge is closed."}
    announcements.write(cast.cora, announcement)
    announcements.send(cast.cora, announcement)
    for _round in range(5):
        sweep()
        deliver()
    sweep()
    assert [one["type"] for one in hook.calls][:1] == ["announcement"]
    assert "The bridge is closed." in text_of(postbox.received[0])
    assert how(announcement) == (1, 0, 0)


@pytest.mark.parametrize("end", ["withdrawn", "suspended", "paused way"])
def test_nothing_leaves_for_a_way_that_is_off_at_that_moment(announced, cast, helper, postbox, deliver, end):
    if end == "withdrawn":
        endpoints.end_use(list(helper.endpoints.all()), "withdrawn")
    elif end == "suspended":
        availability.suspend(cast.ada, helper, "harvests")
    else:
        for endpoint in helper.endpoints.all():
            endpoints.set_receives_offers(cast.ada, endpoint, False)
    deliver()
    assert [letter for letter in postbox.received if "bridge" in text_of(letter)] == []
    assert told()[0] == ("one@example.org", "cancelled")
    sweep()
    if end != "suspended":
        assert how(announced) == (0, 0, 1)


def test_consent_to_one_way_that_ended_leaves_the_other(announced, helper, postbox, deliver):
    endpoints.end_use([helper.endpoints.get(position=0)], "withdrawn")
    for _round in range(2):
        deliver()
        sweep()
    assert [letter["To"] for letter in postbox.received] == ["two@example.org"]
    assert how(announced) == (1, 0, 0)


def test_what_is_called_back_at_sending_leaves_room_for_the_rest(announced, helper, postbox):
    endpoints.end_use([helper.endpoints.get(position=0)], "withdrawn")
    assert leases.take("email", "holder", 4) == []
    assert Message.objects.filter(purpose="announcement", state="cancelled").count() == 1


def test_what_was_on_its_way_before_there_were_tellings_still_leaves(announced, cast, as_person, postbox, deliver):
    Telling.objects.all().delete()
    cora = as_person(cast.cora)
    listed = cora.get(reverse("admin:coordinators_announcement_changelist")).content.decode()
    page = cora.get(reverse("admin:coordinators_announcement_change", args=[announced.pk])).content.decode()
    assert "0 of 1" not in listed and "0 delivered" not in page
    deliver()
    assert told() == [("one@example.org", "sent")]


def test_but_not_to_whoever_is_suspended_or_was_removed(announced, cast, helper, postbox, deliver):
    Telling.objects.all().delete()
    availability.suspend(cast.ada, helper, "harvests")
    deliver()
    assert told() == [("one@example.org", "cancelled")]
    Message.objects.update(state="queued")
    registry_actions.remove(cast.ada, helper)
    deliver()
    assert told() == [("one@example.org", "cancelled")]


def test_news_that_expired_are_none_any_more(announced):
    Message.objects.update(state="dead", error="expired")
    sweep()
    assert how(announced) == (0, 0, 1) and len(told()) == 1


def test_what_a_freeze_stopped_goes_no_other_way(announced, cast):
    freeze.freeze(cast.ada, "drill", "web")
    sweep()
    assert told() == [("one@example.org", "cancelled")]
    freeze.thaw(cast.ada, "The drill is over.")
    sweep()
    assert len(told()) == 1 and how(announced) == (0, 0, 1)


def test_whoever_has_no_way_counts_as_not_reached(announced, registry):
    lost = registry.coordinator((registry.food, registry.kharkiv))
    lost.endpoints.update(state="off")
    tellings.begin(announced, lost)
    assert how(announced) == (0, 1, 1)


def test_the_figures_stand_in_the_admin_and_name_nobody(announced, cast, helper, as_person, postbox, deliver):
    deliver()
    sweep()
    cora = as_person(cast.cora)
    page = cora.get(reverse("admin:coordinators_announcement_change", args=[announced.pk])).content.decode()
    assert "1 delivered · 0 waiting · 0 not delivered" in page
    listed = cora.get(reverse("admin:coordinators_announcement_changelist")).content.decode()
    assert "1 of 1" in listed
    for hidden in (helper.code, helper.name, "example.org"):
        assert hidden not in page + listed


def test_two_workers_make_one_message_of_a_failure(announced):
    Message.objects.update(state="dead", error="refused")
    (telling,) = Telling.objects.all()
    now = timezone.now()
    assert [tellings.follow(telling, now), tellings.follow(telling, now)] == [True, False]
    assert len(told()) == 2
