"""A group as a visitor's device sees it: what docs/protocol.md promises, and what it is told when something is not right."""

import secrets
import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from chat.actions import asides, conversations, group_visitors, groups, moderation
from chat.models import Conversation, Group, GroupMember
from tests.chat.calls import Device, wish
from tests.chat.groups import a_group, again, opened, say, staff_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def group(cast, line):
    return opened(cast.cora, line)


def enter(group, device=None, **given):
    wanted = {"id": secrets.token_hex(16), "alias": "Robin", "language": "en", "accepted": True, **given}
    return (device or Device()).post(f"groups/{group.code}/members/", wanted)


def inside(group, **given):
    """(Device, its GroupMember) of a visitor who has just come in."""
    answer = enter(group, **given)
    assert answer.status_code == 201, answer.content
    token = answer.json()["token"]
    return Device(token), group_visitors.visitor(token).member


def test_how_it_stands(cast, line):
    soon = timezone.now() + timedelta(hours=1)
    group = a_group(cast.cora, line, starts_at=soon)
    found = Device().get(f"groups/{group.code}/").json()
    assert (found["state"], found["title"], found["rules"]) == ("planned", "Evening round", "Be kind.")
    assert found["starts_at"] == soon.isoformat()
    assert Device().get("groups/NOTHING/").status_code == 404


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"accepted": False}, "accepted", "read the rules"),
        ({"accepted": "yes"}, "accepted", "read the rules"),
        ({"alias": ""}, "alias", "choose a name"),
        ({"alias": 7}, "alias", "write a name"),
        ({"alias": "x" * 41}, "alias", "too long"),
        ({"alias": "…"}, "alias", "letters or digits"),
        ({"alias": "\u3164"}, "alias", "choose a name"),
        ({"alias": "Moderator"}, "alias", "worked here"),
        ({"alias": "Рosa"}, "alias", "one alphabet"),
        ({"language": "tlh"}, "language", "choose one"),
        ({"id": "short"}, "id", "broken"),
    ],
)
def test_what_is_wrong_is_said_beside_it(group, given, field, words):
    answer = enter(group, **given)
    assert answer.status_code == 400 and words in answer.json()["fields"][field]
    assert not GroupMember.objects.exists()


def test_a_name_that_is_taken_is_said_beside_it(group):
    enter(group)
    answer = enter(group, alias="RОBIN")
    assert "has this name" in answer.json()["fields"]["alias"]


def test_full_not_yet_and_over(cast, line):
    group = a_group(cast.cora, line, maximum=1)
    assert enter(group).json()["code"] == "planned"
    groups.open_group(cast.cora, group)
    enter(group)
    assert (enter(group, alias="Kim").status_code, enter(group, alias="Kim").json()["code"]) == (409, "full")
    groups.close_group(cast.cora, Group.objects.select_related("line").get())
    assert enter(group, alias="Kim").json()["code"] == "closed"


def test_it_speaks_the_visitors_language(group):
    answer = Device(language="de").post(f"groups/{group.code}/members/", {"language": "de"})
    assert "Regeln" in answer.json()["fields"]["accepted"]


def test_in_writing_and_out(group):
    device, member = inside(group)
    mine = device.get("groups/mine/").json()
    assert (mine["state"], mine["room"], mine["alias"]) == ("in", group.room.code, "Robin")
    assert device.post("groups/leave/").status_code == 204
    assert device.get("groups/mine/").json()["state"] == "left"
    assert again(member).state == "left"
    assert device.post("groups/leave/", {"leaving": "x"}).status_code == 400
    assert device.post("groups/leave/", {"leaving": True}).status_code == 204
    assert device.get("groups/mine/").status_code == 401


def test_at_the_door_there_is_no_room(cast, line):
    device, member = inside(opened(cast.cora, line, has_waiting_room=True))
    assert device.get("groups/mine/").json()["room"] is None
    group_visitors.let_in(cast.cora, member)
    assert device.get("groups/mine/").json()["room"]


def test_who_goes_from_the_door_was_never_inside(cast, line):
    group = opened(cast.cora, line, has_waiting_room=True)
    (device, _member), (other, kim) = inside(group), inside(group, alias="Kim")
    group_visitors.let_in(cast.cora, kim)
    for one, was_inside in ((device, False), (other, True)):
        assert one.post("groups/leave/").status_code == 204
        mine = one.get("groups/mine/").json()
        assert (mine["state"], mine["was_inside"]) == ("left", was_inside)
    assert enter(group).status_code == 201, "under the same name"


def test_a_removed_visitors_old_token_is_told_and_opens_nothing(cast, group):
    device, member = inside(group)
    moderation.remove_visitor(cast.cora, member)
    for method, path in (("GET", "groups/mine/"), ("DELETE", "groups/mine/"), ("POST", "groups/aside/")):
        answer = device.call(method, path)
        assert (answer.status_code, answer.json()["code"]) == (403, "removed")
    assert device.get("conversations/").status_code == 401


def test_a_token_of_a_group_opens_no_conversation_and_the_other_way_round(group, waiting):
    device, _member = inside(group)
    _participant, started = waiting()
    for path in ("conversations/", f"conversations/{started.conversation}/"):
        assert device.call("GET" if path == "conversations/" else "DELETE", path).status_code == 401
    assert device.post(f"rooms/{group.room.code}/end/").status_code == 401
    assert Device(started.token).get("groups/mine/").status_code == 401
    assert Device().get("groups/mine/").status_code == 401


def test_what_waits_is_the_authors_alone(cast, group):
    moderation.set_holding(cast.cora, group, True)
    (device, member), (other, _kim) = inside(group), inside(group, alias="Kim")
    message_id = uuid.uuid4()
    say(member.participant, "Wait for me", message_id)
    assert device.get("groups/mine/").json()["held"][0]["body"] == "Wait for me"
    assert not other.get("groups/mine/").json()["held"]
    ((held, _body),) = moderation.held_messages(group.room)
    moderation.decline(cast.cora, group, held)
    mine = device.get("groups/mine/").json()
    assert (mine["held"], mine["declined"]) == ([], [str(message_id)])


def test_erasing_what_one_wrote(group):
    device, _member = inside(group)
    assert device.delete("groups/mine/").status_code == 204
    assert device.get("groups/mine/").status_code == 401


def test_going_aside(cast, group):
    device, member = inside(group)
    assert device.post("groups/aside/", {"id": secrets.token_hex(16), "accept": True}).json()["code"] == "not_asked"
    staff_in(group, cast.vera)
    asides.ask(cast.vera, member)
    assert device.get("groups/mine/").json()["asked"] == {"alias": cast.vera.alias}
    assert device.post("groups/aside/", {"accept": False}).status_code == 204
    asides.ask(cast.vera, member)
    assert device.post("groups/aside/", {"accept": True, "id": "x"}).status_code == 400
    started = device.post("groups/aside/", {"id": secrets.token_hex(16), "accept": True})
    assert started.status_code == 201
    assert Device(started.json()["token"]).get("conversations/").json()["state"] == "active"
    assert Conversation.objects.get().volunteer == cast.vera


def test_somebody_is_kept_out_also_after_long_in_the_group(cast, group):
    device, member = inside(group)
    cache.clear()  # the mark's hour is over
    assert device.get("groups/mine/").status_code == 200
    moderation.remove_visitor(cast.cora, member)
    assert enter(group, alias="Somebody").json()["code"] == "closed"


def test_somebody_is_kept_out_by_what_began_in_a_group(cast, group):
    device, member = inside(group)
    staff_in(group, cast.vera)
    asides.ask(cast.vera, member)
    device.post("groups/aside/", {"id": secrets.token_hex(16), "accept": True})
    conversation = Conversation.objects.get()
    conversations.end_as_volunteer(cast.vera, conversation, abuse=True)
    again_there = Device().post(f"lines/{group.line.slug}/conversations/", wish())
    assert (again_there.status_code, again_there.json()["code"]) == (409, "closed")


def test_the_page_shows_markup_as_text(cast, line, client):
    wrong = "<script>alert(1)</script>{{ 7 }}"
    group = opened(cast.cora, line, titles={"en": wrong}, rules={"en": f"{wrong}\n\nBe <b>kind</b>."})
    for address in (f"/chat/{line.slug}/groups/{group.code}/", f"/chat/{line.slug}/groups/{group.code}/frame/"):
        answer = client.get(address)
        page = answer.content.decode()
        assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 }}" in page
        assert "<b>kind" not in page and not answer.cookies
    assert Device().get(f"groups/{group.code}/").json()["title"] == wrong


def test_a_group_has_its_page_at_its_own_line_alone(group, other_line, client):
    assert client.get(f"/chat/{other_line.slug}/groups/{group.code}/").status_code == 404
    assert client.get(f"/chat/{group.line.slug}/groups/NOTHING/").status_code == 404
