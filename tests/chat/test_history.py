"""Past conversations: found by their course, opened one at a time, each look and each print written down."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from chat.actions import conversations, erasure, flags, reading
from chat.models import Conversation, Flag, Line
from hotline.staff.models import AuditEntry
from tests.chat.test_flags import says

pytestmark = pytest.mark.django_db
HISTORY = "/desk/chat/history/"
WHY = "A complaint is being looked into."


@pytest.fixture
def ended(talk, cast):
    """ended(volunteer?) -> a conversation in which something was said, and which has ended."""

    def end(volunteer=None):
        visitor, _seat, conversation = talk(volunteer)
        says(visitor, "<b>He waits</b>\nat school")
        conversations.end_as_visitor(visitor)
        return Conversation.objects.get(pk=conversation.pk)

    return end


def page(client, address=HISTORY):
    return client.get(address).content.decode()


def looks():
    found = AuditEntry.objects.filter(action="conversation.read").order_by("pk")
    return [(one.actor_alias, one.subject, one.details) for one in found]


def test_it_is_found_from_the_desk_and_read_by_a_button_alone(ended, cast, as_person):
    one, cora = ended(), as_person(cast.cora)
    assert HISTORY in page(cora, "/desk/chat/") and HISTORY not in page(as_person(cast.vera), "/desk/chat/")
    assert one.code in page(cora)
    address = f"{HISTORY}{one.code}/"
    assert "Vera" in page(cora, address) and "He waits" not in page(cora, address) and looks() == []
    assert cora.get(f"{address}read/").status_code == 405
    shown = cora.post(f"{address}read/").content.decode()
    assert "&lt;b&gt;He waits&lt;/b&gt;\nat school" in shown
    assert looks() == [("Cora", one.code, {"why": "history"})]
    paper = cora.post(f"{address}print/").content.decode()
    assert "He waits" in paper and "Printed by Cora on" in paper
    assert looks()[-1] == ("Cora", one.code, {"why": "print"})
    assert "He waits" not in str(list(AuditEntry.objects.values()))


def test_a_page_says_how_much_is_missing_and_paper_has_it_all(talk, cast, as_person, monkeypatch):
    visitor, _seat, conversation = talk()
    for number in range(5):
        says(visitor, f"Word {number}")
    conversations.end_as_visitor(visitor)
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    monkeypatch.setattr(reading, "MOST_READ", 3)
    cora, address = as_person(cast.cora), f"{HISTORY}{conversation.code}/"
    shown = cora.post(f"{address}read/").content.decode()
    assert [number for number in range(5) if f"Word {number}" in shown] == [2, 3, 4]
    assert "2 earlier messages are not shown here." in shown
    paper = cora.post(f"{address}print/").content.decode()
    assert [number for number in range(5) if f"Word {number}" in paper] == [0, 1, 2, 3, 4]
    assert "not shown here" not in paper


def test_what_runs_or_is_practice_is_no_history(talk, ended, cast, as_person):
    running, practised = talk()[2], ended()
    Conversation.objects.filter(pk=practised.pk).update(practice=True)
    cora = as_person(cast.cora)
    for one in (running, practised):
        assert one.code not in page(cora) and cora.get(f"{HISTORY}{one.code}/").status_code == 404


def test_by_time_volunteer_flag_length_and_end(ended, cast, as_person, line):
    now = timezone.now()
    old, new = ended(), ended(cast.alice)
    Conversation.objects.filter(pk=old.pk).update(
        taken_at=now - timedelta(days=3, minutes=50), ended_at=now - timedelta(days=3)
    )
    Conversation.objects.filter(pk=new.pk).update(taken_at=now - timedelta(minutes=5), ended_at=now)
    flag = flags.flag(cast.vera, Conversation.objects.get(pk=old.pk), "To follow up")
    cora, today = as_person(cast.cora), timezone.localdate()

    def found(**asked):
        shown = page(cora, f"{HISTORY}?" + "&".join(f"{name}={value}" for name, value in asked.items()))
        return {name for name, one in (("old", old), ("new", new)) if one.code in shown}

    assert found(since="") == {"old", "new"}
    assert found(since=today) == {"new"} and found(until=today - timedelta(days=2)) == {"old"}
    assert found(since="0001-01-01", until="9999-12-31") == {"old", "new"}
    assert found(volunteer="Alice") == {"new"} and found(line=line.slug) == {"old", "new"}
    assert found(least="20") == {"old"} and found(most="5") == {"new"} and found(least="50", most="50") == {"old"}
    assert found(flag="flagged") == found(flag="open") == {"old"}
    flags.finish(cast.cora, Flag.objects.get(pk=flag.pk), "Seen to")
    assert found(flag="flagged") == {"old"} and found(flag="open") == set()
    assert found(end="visitor") == {"old", "new"} and found(end="abuse") == set()


@pytest.mark.parametrize(
    "asked",
    ["since=yesterday", "since=2026-02-30", "line=family", "volunteer=Viktor", "least=-1", "least=²", "most=99999",
     "flag=x", "end=x", "since=2026-03-02&until=2026-03-01", "least=9&most=3"],
)  # fmt: skip
def test_what_makes_no_sense_is_said_and_finds_nothing(ended, cast, as_person, asked, other_line):
    one = ended()
    answer = as_person(cast.cora).get(f"{HISTORY}?{asked}")
    assert answer.status_code == 422 and one.code not in answer.content.decode()
    assert as_person(cast.cora).get(f"{HISTORY}?page=x&line=").status_code == 200


def test_nobody_else_finds_or_reads_it(ended, cast, as_person):
    one = ended()
    foreign = cast.person("foreign", roles=["coordinator"], supervises=[cast.crawl])
    for person in (cast.vera, cast.viktor, cast.ada, foreign):
        client = as_person(person)
        assert one.code not in page(client)
        for name in ("read", "print", "hold", "release"):
            answer = client.post(f"{HISTORY}{one.code}/{name}/", {"days": "20", "reason": WHY})
            assert answer.status_code in (403, 404) and "He waits" not in answer.content.decode()
    assert looks() == [] and Conversation.objects.get().hold_until is None
    granted = cast.person("granted", roles=["administrator"], supervises=[cast.phone])
    assert one.code in page(as_person(granted))


def test_a_line_without_history_has_none(ended, cast, as_person):
    one, cora = ended(), as_person(cast.cora)
    Line.objects.update(has_history=False)
    assert one.code not in page(cora) and cora.post(f"{HISTORY}{one.code}/read/").status_code == 404


def test_it_is_saved_with_a_reason_and_released(ended, cast, as_person):
    one, cora = ended(), as_person(cast.cora)
    address = f"{HISTORY}{one.code}/"
    assert cora.post(f"{address}hold/", {"days": "20", "reason": WHY}).status_code == 302
    assert Conversation.objects.get().hold_reason == WHY and WHY in page(cora, address)
    for days, reason, status in (("5", WHY, 409), ("31", WHY, 422), ("20", " ", 422), ("x", WHY, 422)):
        answer = cora.post(f"{address}hold/", {"days": days, "reason": reason})
        assert answer.status_code == status and f'value="{days}"' in answer.content.decode()
    assert cora.post(f"{address}release/").status_code == 302
    assert Conversation.objects.get().hold_until is None
    assert "Somebody else has just changed this" in cora.post(f"{address}release/", follow=True).content.decode()


def test_what_its_visitor_erased_is_gone(ended, cast, as_person):
    one = ended()
    erasure.erase_for_visitor(one)
    cora = as_person(cast.cora)
    assert one.code not in page(cora) and cora.post(f"{HISTORY}{one.code}/read/").status_code == 404


def test_the_list_asks_as_often_for_one_as_for_thirty(ended, cast, as_person, same_queries, line):
    cora = as_person(cast.cora)
    template = ended()

    def more(_number):
        one = Conversation.objects.get(pk=template.pk)
        room = one.room
        room.pk, room.code = None, uuid.uuid4().hex[:16]
        room.save()
        one.pk, one.code, one.room, one.taken_by_id, one.resume_hash = None, uuid.uuid4().hex[:16], room, None, None
        one.save()

    same_queries(more, lambda: page(cora))
    assert "page=2" in page(cora, f"{HISTORY}?line=youth") and "line=youth&amp;page=2" in page(
        cora, f"{HISTORY}?line=youth"
    )
