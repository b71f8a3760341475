"""The demo's people hold what the contract says, however often they are loaded."""

import pytest

from hotline.management.demo import Demo
from hotline.staff import demo
from hotline.staff.models import Team, User
from hotline.staff.permissions import can
from hotline.staff.roles import ROLES

pytestmark = pytest.mark.django_db


def test_it_makes_the_five_people_with_their_rights():
    loaded = Demo.new("a calm demo word")
    demo.load(loaded)
    assert [name for name, _what in loaded.accounts] == ["vera", "viktor", "cora", "ada", "alice"]
    people = {user.username: user for user in User.objects.all()}
    phone, crawl, chat = (Team.objects.get(code=code) for code in ("phone", "crawl", "chat"))
    assert all(user.check_password("a calm demo word") for user in people.values())
    take, lead = "dispatch.take_request", "dispatch.supervise_requests"
    assert can(people["vera"], take, phone) and not can(people["vera"], take, crawl)
    assert can(people["viktor"], take, crawl) and not can(people["viktor"], take, phone)
    assert can(people["cora"], lead, phone) and can(people["cora"], lead, crawl)
    assert all(can(people[name], "chat.talk", chat) for name in ("vera", "viktor", "cora", "alice"))
    assert not can(people["ada"], "chat.talk", chat) and not chat.takes_requests
    assert can(people["ada"], "staff.manage_people") and not can(people["ada"], take, phone)
    assert {group.name for group in people["alice"].groups.all()} == set(ROLES)


def test_loading_it_again_makes_nobody_twice_and_sets_the_new_password():
    demo.load(Demo.new("one word"))
    demo.load(Demo.new("another word"))
    assert (User.objects.count(), Team.objects.count()) == (5, 3)
    assert User.objects.get(username="vera").check_password("another word")
