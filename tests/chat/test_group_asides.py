"""Who may ask a visitor of a group into a conversation of two, and until when."""

import secrets
from datetime import timedelta

import pytest
from django.utils import timezone

from chat.actions import asides, duties, group_staff, group_visitors
from tests.chat.groups import again, comes, opened, staff_in

pytestmark = pytest.mark.django_db


def test_only_whoever_has_room_for_one_more_asks_aside(cast, line):
    group = opened(cast.cora, line)
    robin, kim = comes(group, "Robin"), comes(group, "Kim")
    staff_in(group, cast.vera)
    duties.set_away(cast.vera, line, True)
    with pytest.raises(duties.Away):
        asides.ask(cast.vera, robin)
    duties.set_away(cast.vera, line, False)
    asides.ask(cast.vera, robin)
    asides.accept(group_visitors.visitor_of(robin), secrets.token_bytes(16))
    with pytest.raises(duties.AtCapacity):
        asides.ask(cast.vera, kim)
    assert again(kim).asked_by is None


def test_who_goes_out_asks_nobody_any_more(cast, line):
    group = opened(cast.cora, line)
    robin, kim = comes(group, "Robin"), comes(group, "Kim")
    for person, visitor in ((cast.vera, robin), (cast.cora, kim)):
        staff_in(group, person)
        asides.ask(person, visitor)
    group_staff.go_out(cast.vera, group)
    assert [again(one).asked_by for one in (robin, kim)] == [None, cast.cora]
    asides.ask(cast.cora, robin)
    assert group_staff.drop_absent(timezone.now() + timedelta(minutes=11)) == 1
    assert [again(one).asked_by for one in (robin, kim)] == [None, None]
