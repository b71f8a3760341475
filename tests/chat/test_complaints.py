"""A visitor's complaint after the end: it keeps the conversation for whoever guides the volunteers, who alone read it."""

import pytest

from chat.actions import conversations, erasure, flags
from chat.models import Conversation, Flag, Line
from hotline.staff.models import AuditEntry
from tests.chat.calls import Device
from tests.chat.conftest import visitor_comes
from tests.chat.test_queue import race

pytestmark = pytest.mark.django_db
WHY = "They laughed at me. <b>It hurt.</b>"


@pytest.fixture
def over(talk, cast, line):
    """(visitor, Conversation) of Vera's, ended."""
    visitor, _vera, conversation = talk()
    conversations.end_as_visitor(visitor)
    conversation.refresh_from_db()
    return visitor, conversation


@pytest.fixture
def started(line):
    visitor, started = visitor_comes(line)
    return visitor, started, Device(started.token)


def complain(started, reason=WHY):
    _visitor, begun, device = started
    return device.post(f"conversations/{begun.conversation}/complaint/", {"reason": reason})


def test_it_is_kept_once_and_sealed(started):
    conversations.end_as_visitor(started[0])
    assert complain(started).status_code == 204
    assert complain(started, "Another").status_code == 204
    flag = Flag.objects.get()
    assert (flag.from_visitor, flag.by, flag.reason) == (True, None, WHY)
    assert WHY.encode() not in bytes(flag.sealed_reason)
    assert WHY not in str(list(AuditEntry.objects.values()))
    kept = started[2].get("conversations/").json()["kept_until"]
    assert kept == Conversation.objects.get().flagged_until.isoformat()


def test_those_who_guide_the_line_read_it_and_its_volunteer_does_not(over, cast, as_person):
    visitor, conversation = over
    flags.complain(visitor, WHY)
    flag = Flag.objects.get()
    page = as_person(cast.cora).get(f"/admin/chat/flag/{flag.pk}/change/").content.decode()
    assert "They laughed at me. &lt;b&gt;" in page and "the visitor, as a complaint" in page
    about = as_person(cast.vera).get(f"/desk/chat/{conversation.code}/").content.decode()
    assert "laughed" not in about and "Flagged" not in about
    assert as_person(cast.viktor).get(f"/admin/chat/flag/{flag.pk}/change/").status_code in (403, 404)


def test_not_before_the_end_and_not_where_the_line_takes_none(started):
    refused = complain(started)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_ended")
    conversations.end_as_visitor(started[0])
    Line.objects.update(takes_complaints=False)
    refused = complain(started)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert not Flag.objects.exists()


@pytest.mark.parametrize(("reason", "status"), [("", 400), ("  ", 400), ("x" * 501, 400), (["list"], 400), (None, 400)])
def test_bad_input_is_refused_in_words(started, reason, status):
    conversations.end_as_visitor(started[0])
    refused = complain(started, reason)
    assert refused.status_code == status
    assert refused.json()["code"] in ("invalid", "bad_frame") and not Flag.objects.exists()


def test_nobody_complains_about_somebody_else_s(started, other_line):
    conversations.end_as_visitor(started[0])
    stranger, theirs = visitor_comes(other_line)
    conversations.end_as_visitor(stranger)
    refused = Device(theirs.token).post(f"conversations/{started[1].conversation}/complaint/", {"reason": WHY})
    assert refused.status_code == 404 and not Flag.objects.exists()


def test_what_an_earlier_line_kept_back_is_not_read_for_it_either(over):
    visitor, conversation = over
    Conversation.objects.update(history_from=2)
    flags.complain(visitor, WHY)
    assert Flag.objects.get().first_seq == 2


def test_the_visitor_s_own_erasing_takes_it_along(over):
    visitor, conversation = over
    flags.complain(visitor, WHY)
    erasure.erase_for_visitor(conversation)
    assert not Flag.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_sent_twice_at_once_it_is_kept_once(over, quiet_connections):
    visitor, _conversation = over
    race(quiet_connections, *[lambda: flags.complain(visitor, WHY)] * 2)
    assert Flag.objects.filter(from_visitor=True).count() == 1
