"""Planning a group in the administration: what is asked, and what is said about what is not right."""

import pytest

from chat.models import Group, Line
from hotline.staff.models import AuditEntry
from tests.chat.conftest import line, other_line

__all__ = ["line", "other_line"]

pytestmark = pytest.mark.django_db
ADD = "/admin/chat/group/add/"


def fields(line, **given):
    """What the form sends."""
    return {
        "line": line.pk,
        "titles-en": "Evening round",
        "rules-en": "Be kind.",
        "maximum": "20",
        "slow_seconds": "0",
        "has_waiting_room": "on",
        **given,
    }


def test_a_coordinator_plans_one(cast, line, as_person):
    client = as_person(cast.cora)
    answer = client.post(ADD, fields(line, moderators=[cast.vera.pk]))
    assert answer.status_code == 302, answer.content.decode()[:4000]
    group = Group.objects.get()
    assert (group.state, list(group.moderators.all()), group.title("en")) == ("planned", [cast.vera], "Evening round")
    assert AuditEntry.objects.filter(action="group.created", subject=group.code).exists()
    assert group.code in client.get(f"/admin/chat/group/{group.pk}/change/").content.decode()


def test_what_is_not_right_is_said(cast, line, other_line, as_person):
    client = as_person(cast.cora)
    for given, words in (
        ({"line": other_line.pk}, "Select a valid choice"),
        ({"moderators": [cast.viktor.pk]}, "Select a valid choice"),
        ({"maximum": "0"}, "greater than or equal to 1"),
        ({"maximum": "5000"}, "less than or equal to 200"),
        (
            {"starts_at_0": "2027-01-02", "starts_at_1": "12:00", "ends_at_0": "2027-01-02", "ends_at_1": "11:00"},
            "It has to close after it opens.",
        ),
        ({"line": ""}, "This field is required"),
    ):
        answer = client.post(ADD, fields(line) | given)
        assert answer.status_code == 200 and words in answer.content.decode(), given
    assert not Group.objects.exists()


def test_a_line_without_groups_is_not_offered(cast, line, as_person):
    Line.objects.update(has_groups=False)
    assert f'value="{line.pk}"' not in as_person(cast.cora).get(ADD).content.decode()


def test_a_form_that_lay_open_changes_only_what_was_changed_in_it(cast, line, as_person):
    client = as_person(cast.cora)
    client.post(ADD, fields(line, moderators=[cast.vera.pk]))
    group = Group.objects.get()
    address = f"/admin/chat/group/{group.pk}/change/"
    shown = client.get(address).context["adminform"].form
    as_it_was = {}
    for name in ("maximum", "has_waiting_room", "holds_messages", "slow_seconds"):
        as_it_was[shown[name].html_initial_name] = str(shown[name].value())
    as_it_was[shown["moderators"].html_initial_name] = [cast.vera.pk]
    Group.objects.update(holds_messages=True, slow_seconds=30)
    typed = fields(line, moderators=[cast.vera.pk]) | {"titles-en": "Morning round", "maximum": "30"}
    assert client.post(address, typed | as_it_was).status_code == 302
    group.refresh_from_db()
    assert (group.title("en"), group.maximum, group.has_waiting_room) == ("Morning round", 30, True)
    assert (group.holds_messages, group.slow_seconds) == (True, 30), "set at the desk meanwhile"
    assert list(group.moderators.all()) == [cast.vera]
    assert client.post(address, typed | as_it_was | {"moderators": []}).status_code == 302
    assert not group.moderators.exists()
