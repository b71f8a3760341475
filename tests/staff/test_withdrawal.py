"""Rings for alarms that have not left the house are called back from whoever may see to them no more."""

import pytest

from hotline.outbox.models import Message
from hotline.staff.actions import people, rights
from hotline.staff.actions.alarms import raise_alarm, ring
from hotline.staff.actions.leaving import leave
from hotline.staff.models import Alarm, AlarmCall
from hotline.staff.roles import SUPERVISE
from hotline.staff.withdrawal import withdrawn

pytestmark = pytest.mark.django_db

NOTHING = {"roles": [], "works_in": [], "supervises": []}
WAYS = {
    "role": lambda cast: rights.give_rights(cast.ada, cast.cora, **{**NOTHING, "supervises": [cast.phone]}),
    "team": lambda cast: rights.take_out_of_team(cast.ada, [cast.cora], cast.phone, SUPERVISE),
    "account": lambda cast: people.disable(cast.ada, cast.cora),
    "left": lambda cast: leave(cast.cora, at_once=False),
}


def states():
    return {call.person.username: str(call.message.state) for call in AlarmCall.objects.select_related("message")}


@pytest.mark.parametrize("way", WAYS)
def test_a_ring_that_waits_is_called_back_with_its_text(cast, way):
    assert cast.cora and cast.alice
    raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    assert states() == {"cora": "queued", "alice": "queued"}
    WAYS[way](cast)
    assert states() == {"cora": "cancelled", "alice": "queued"}
    assert Message.objects.get(state="cancelled").sealed is None
    ring(Alarm.objects.get())
    assert AlarmCall.objects.filter(person=cast.cora).count() == 1


def test_what_one_may_still_see_to_goes_out(cast):
    rights.add_to_team(cast.ada, [cast.cora], cast.crawl, SUPERVISE)
    raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    raise_alarm(cast.crawl, "nobody_took", "OTHER2")
    rights.take_out_of_team(cast.ada, [cast.cora], cast.crawl, SUPERVISE)
    assert {call.alarm.subject: str(call.message.state) for call in AlarmCall.objects.filter(person=cast.cora)} == {
        "K7QX2M": "queued",
        "OTHER2": "cancelled",
    }


def test_the_rooms_above_are_told_of_what_is_taken_and_of_nothing_else(cast):
    told = []

    def listen(sender, person, **kwargs):
        told.append(person.username)

    withdrawn.connect(listen)
    try:
        rights.add_to_team(cast.ada, [cast.vera], cast.crawl, SUPERVISE)
        people.disable(cast.ada, cast.viktor)
        people.disable(cast.ada, cast.viktor)
        rights.take_out_of_team(cast.ada, [cast.vera], cast.crawl, SUPERVISE)
    finally:
        withdrawn.disconnect(listen)
    assert told == ["viktor", "vera"]


def test_a_team_is_never_deleted_so_that_nothing_hangs_in_the_air(cast, as_person):
    for person in (cast.ada, cast.alice):
        client = as_person(person)
        assert client.post(f"/admin/staff/team/{cast.crawl.pk}/delete/", {"post": "yes"}).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": [cast.crawl.pk], "post": "yes"}
        client.post("/admin/staff/team/", chosen)
    cast.crawl.refresh_from_db()
