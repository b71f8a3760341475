"""Groups at the desk: what each sees and may press there, and how much is asked of the database for it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.actions import log, moderation
from chat.models import Group, GroupMember
from tests.chat.groups import a_group, again, comes, opened, say, staff_in

pytestmark = pytest.mark.django_db


def press(client, group, path, **data):
    return client.post(f"/desk/chat/groups/{group.code}/{path}", data, headers={"hx-request": "true"})


def page(client, group, part=""):
    return client.get(f"/desk/chat/groups/{group.code}/{part}").content.decode()


def test_the_list_shows_the_groups_of_ones_lines(cast, line, other_line, as_person):
    group, other = opened(cast.cora, line), Group.objects.create(line=other_line, titles={"en": "Elsewhere"})
    shown = as_person(cast.vera).get("/desk/chat/groups/").content.decode()
    assert group.code in shown and other.code not in shown
    assert as_person(cast.viktor).get(f"/desk/chat/groups/{group.code}/").status_code == 404


def test_a_volunteer_reads_writes_and_asks_and_does_not_moderate(cast, line, as_person):
    group = opened(cast.cora, line)
    robin, client = comes(group, "Robin"), as_person(cast.vera)
    assert "Come in" in page(client, group)
    assert client.post(f"/desk/chat/groups/{group.code}/act/", {"act": "come_in"}).status_code == 302
    shown = page(client, group)
    assert '"act": "ask"' in shown and '"act": "mute"' not in shown and "data-moderates" not in shown
    for path, data in (
        ("act/", {"act": "close"}),
        ("act/", {"act": "pace", "value": "5"}),
        ("act/", {"act": "remove", "value": "1"}),
        (f"visitors/{robin.participant.code}/", {"act": "remove"}),
        ("held/NOTHING/", {"act": "approve"}),
    ):
        assert press(client, group, path, **data).status_code == 403
    assert press(client, group, f"visitors/{robin.participant.code}/", act="ask").status_code == 200
    assert again(robin).asked_by == cast.vera


def test_what_a_moderator_presses(cast, line, as_person):
    group = opened(cast.cora, line, moderators=[cast.vera])
    robin, client = comes(group, "Robin"), as_person(cast.vera)
    staff_in(group, cast.vera)
    moderation.hold(cast.cora, robin, True)
    for body in ("First", "Second"):
        say(robin.participant, body)
    shown = page(client, group, "panel/")
    assert "First" in shown and "Second" in shown
    (first, _body), (second, _other) = moderation.held_messages(group.room)
    assert press(client, group, f"held/{first.code}/", act="approve").status_code == 200
    again_pressed = press(client, group, f"held/{first.code}/", act="approve")
    assert again_pressed.status_code == 409 and "told" in again_pressed.headers["HX-Trigger-After-Settle"]
    assert press(client, group, f"held/{second.code}/", act="decline").status_code == 200
    visitor = f"visitors/{robin.participant.code}/"
    for act in ("mute", "unmute", "release", "ask", "take_back", "remove"):
        assert press(client, group, visitor, act=act).status_code == 200, act
    for data, status in (({"act": "pace", "value": "30"}, 200), ({"act": "pace", "value": "-1"}, 409)):
        assert press(client, group, "act/", **data).status_code == status
    for path in ("act/", visitor):
        assert press(client, group, path, act="nothing").status_code == 404
    assert press(client, group, "act/", act="close").status_code == 200
    assert press(client, group, "act/", act="come_in").status_code == 409


def test_markup_is_text_at_the_desk(cast, line, as_person):
    wrong = "<img src=x onerror=alert(1)>"
    group = opened(cast.cora, line, titles={"en": wrong}, holds_messages=True)
    say(comes(group, f"{wrong} R").participant, wrong)
    shown = page(as_person(cast.cora), group)
    assert "<img" not in shown and "&lt;img" in shown


@pytest.mark.parametrize("path", ["", "panel/"])
def test_as_many_questions_for_many_visitors_as_for_one(cast, line, as_person, path):
    group = opened(cast.cora, line, maximum=60, holds_messages=True)
    staff_in(group, cast.cora)
    client, asked = as_person(cast.cora), []
    for number in range(31):
        member = comes(group, f"Robin {number}")
        say(member.participant)
        if number in (0, 30):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                page(client, group, path)
            asked.append(len(queries))
    assert asked[0] == asked[1] <= 40, asked
    assert GroupMember.objects.count() == 31


def test_as_many_questions_for_a_log_in_which_many_came(cast, line):
    group, asked = opened(cast.cora, line, maximum=60), []
    for number in range(31):
        comes(group, f"Robin {number}")
        if number in (0, 30):
            with CaptureQueriesContext(connection) as queries:
                shown = log.read(group.room)
            asked.append(len(queries))
    assert [one["alias"] for one in shown] == [f"Robin {number}" for number in range(31)]
    assert asked[0] == asked[1] <= 3, asked


@pytest.mark.parametrize("keeps_out", [True, False])
def test_what_is_promised_of_a_removal_is_what_happens(cast, line, as_person, keeps_out):
    line.can_exclude = keeps_out
    line.save()
    shown = page(as_person(cast.cora), opened(cast.cora, line))
    assert ("kept out for up to an hour" in shown, "come back under another name" in shown) == (
        keeps_out,
        not keeps_out,
    )


def test_as_many_questions_for_many_groups_as_for_one(cast, line, as_person):
    client, asked = as_person(cast.cora), []
    for number in range(30):
        a_group(cast.cora, line)
        if number in (0, 29):
            with CaptureQueriesContext(connection) as queries:
                client.get("/desk/chat/groups/")
            asked.append(len(queries))
    assert asked[0] == asked[1] <= 30, asked


def test_the_desk_leads_there_only_where_there_are_groups(cast, line, as_person):
    client = as_person(cast.vera)
    assert "/desk/chat/groups/" in client.get("/desk/chat/").content.decode()
    line.has_groups = False
    line.save()
    assert "/desk/chat/groups/" not in client.get("/desk/chat/").content.decode()
