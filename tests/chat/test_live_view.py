"""The live view: facts of what runs, pushed; reading along, which its volunteer sees, and who may not."""

import uuid
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async as db
from django.utils import timezone

from chat import sweeps
from chat.actions import conversations, lines, live_view, messages, presence, queue, transfers
from chat.actions.messages import Post
from chat.consumers import commits, keeper, queues, seats
from chat.consumers import live_view as boards
from chat.desk import talks_of
from chat.models import Conversation, Duty, Line, Participant
from hotline.staff.actions import rights
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound, Rights
from tests.chat.calls import Device
from tests.chat.test_queue import race
from tests.chat.test_socket import enter, hear

__all__ = ["enter"]

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "MarkedTextOfTheVisitor"


@pytest.fixture(autouse=True)
def everybody(cast, monkeypatch):
    monkeypatch.setattr(queues, "PAUSE", 0.0)
    monkeypatch.setattr(boards, "PAUSE", 0.0)
    return cast.vera, cast.cora, cast.ada, cast.viktor, cast.alice


def says(participant, words):
    return messages.post(Post(participant.pk, uuid.uuid4(), words))


def fresh(conversation):
    return Conversation.objects.select_related("line", "room").get(pk=conversation.pk)


def audited(action):
    return list(AuditEntry.objects.filter(action=action).values_list("actor_alias", flat=True))


# ---- the facts ----


def test_the_facts_hold_no_word_of_what_was_written(talk, waiting, cast, line):
    visitor, vera, conversation = talk()
    waiting(alias="AliasOfSomebody")
    says(visitor, SECRET)
    live_view.open_one(cast.cora, conversation)
    slug, rows = live_view.facts(line.pk)
    assert slug == line.slug and SECRET not in str(rows) and "AliasOf" not in str(rows)
    active = rows[conversation.room.code]
    assert (active["state"], active["volunteer"], active["last"]["by"]) == ("active", "Vera", "visitor")
    assert active["watched"] == ["Cora"] and active["may_open"]
    (other,) = (row for code, row in rows.items() if code != conversation.room.code)
    assert (other["state"], other["volunteer"], other["last"], other["may_open"]) == ("waiting", "", None, False)
    says(vera, "Hello")
    assert live_view.last_words([conversation.room.code])[conversation.room.code]["by"] == "volunteer"


@pytest.mark.parametrize("number", [1, 30])
def test_the_facts_cost_the_same_for_many(talk, cast, line, number, django_assert_num_queries):
    Line.objects.update(most_conversations=20)
    line.refresh_from_db()
    for _one in range(min(number, 20)):
        visitor, _vera, _conversation = talk()
        says(visitor, "Hello")
    with django_assert_num_queries(6):
        assert len(live_view.facts(line.pk)[1]) == min(number, 20)


def test_a_line_without_it_shows_nothing_and_practice_neither(talk, waiting, cast, line):
    talk()
    Conversation.objects.update(practice=True)
    assert live_view.facts(line.pk)[1] == {}
    Conversation.objects.update(practice=False)
    assert len(live_view.facts(line.pk)[1]) == 1
    Line.objects.update(has_live_view=False)
    assert live_view.facts(line.pk)[1] == {}


async def test_what_changes_is_pushed_and_nothing_else(talk, cast, line, enter):
    visitor, _vera, conversation = await db(talk)()
    cora = await enter(cast.cora)
    await cora.say(type="watch")
    whole = await hear(cora, "live", whole=1)
    assert [row["conversation"] for row in whole["conversations"]] == [conversation.code]
    await commits.post(Post(visitor.pk, uuid.uuid4(), SECRET))
    changed = await hear(cora, "live", whole=0)
    (row,) = changed["conversations"]
    assert row["last"]["by"] == "visitor" and SECRET not in str(changed)
    await db(conversations.end_as_visitor)(visitor)
    assert (await hear(cora, "live", whole=0))["gone"] == [conversation.code]


async def test_many_are_shown_in_frames_that_every_reader_takes(talk, cast, line, enter, monkeypatch):
    monkeypatch.setattr(boards, "MOST", 2)

    def three():
        for _one in range(3):
            talk()

    await db(three)()
    cora = await enter(cast.cora)
    await cora.say(type="watch")
    first = await hear(cora, "live", whole=1)
    second = await hear(cora, "live", whole=0)
    assert [len(one["conversations"]) for one in (first, second)] == [2, 1]


async def test_a_look_that_fails_is_made_up_for(talk, cast, line, enter, monkeypatch):
    await db(talk)()
    look, failed = live_view.facts, []

    def fail_once(pk):
        if not failed:
            failed.append(pk)
            raise RuntimeError("the database is away")
        return look(pk)

    monkeypatch.setattr(live_view, "facts", fail_once)
    cora = await enter(cast.cora)
    await cora.say(type="watch")
    while not failed:
        await seats.threads.run(lambda: None)
    await keeper.here().beat()
    assert len((await hear(cora, "live", whole=1))["conversations"]) == 1


async def test_who_supervises_nothing_sees_nothing_and_who_no_longer_does_sees_no_more(talk, cast, line, enter):
    await db(talk)()
    for person in (cast.vera, cast.ada, cast.viktor):
        socket = await enter(person)
        await socket.say(type="watch")
        assert (await hear(socket, "error"))["code"] == "not_allowed"
    cora = await enter(cast.cora)
    await cora.say(type="watch")
    assert (await hear(cora, "live", whole=1))["conversations"]
    await db(rights.give_rights)(cast.ada, cast.cora, roles=["coordinator"], works_in=[cast.phone], supervises=[])
    await keeper.here().look()
    assert (await hear(cora, "live", whole=1))["conversations"] == []


async def test_no_visitor_watches(waiting, enter):
    _visitor, started = await db(waiting)()
    socket = await enter(started.token)
    await socket.say(type="watch")
    assert (await hear(socket, "error"))["code"] == "not_allowed"


# ---- reading along ----


def test_the_volunteer_sees_it_and_the_audit_keeps_it(talk, cast):
    visitor, _vera, conversation = talk()
    head = fresh(conversation).room.head
    me = live_view.open_one(cast.cora, conversation)
    assert live_view.open_one(cast.cora, conversation) == me, "twice is once"
    (talk_,) = talks_of(cast.vera, Rights.of(cast.vera))
    assert talk_.watched == ["Cora"] and audited("conversation.watched") == ["Cora"]
    assert fresh(conversation).room.head == head, "nothing of it in the log"
    live_view.close_one(cast.cora, conversation)
    live_view.close_one(cast.cora, conversation)
    (talk_,) = talks_of(cast.vera, Rights.of(cast.vera))
    assert talk_.watched == [] and audited("conversation.unwatched") == ["Cora"]


def test_the_visitor_is_told_before_they_begin_or_it_cannot_be(talk, cast, client, line):
    words = "may read along"
    assert words in client.get(f"/chat/{line.slug}/").content.decode()
    assert Device().get(f"lines/{line.slug}/").json()["may_be_read_along"] is True
    Line.objects.update(has_live_view=False, has_feedback=False, has_history=False)
    assert words not in client.get(f"/chat/{line.slug}/").content.decode()
    assert Device().get(f"lines/{line.slug}/").json()["may_be_read_along"] is False
    _visitor, _vera, conversation = talk()
    with pytest.raises(NotAllowed):
        live_view.open_one(cast.cora, conversation)
    Line.objects.update(has_live_view=True)
    with pytest.raises(live_view.NotTold):
        live_view.open_one(cast.cora, conversation)
    assert audited("conversation.watched") == []


def test_who_may_not(talk, waiting, cast, other_line):
    visitor, _vera, conversation = talk()
    for person, refusal in ((cast.vera, NotAllowed), (cast.ada, NotFound), (cast.viktor, NotFound)):
        for call in (live_view.open_one, lambda who, what: live_view.find(who, what.code)):
            with pytest.raises(refusal):
                call(person, conversation)
    _other, started = waiting()
    with pytest.raises(live_view.NobodyYet):
        live_view.open_one(cast.cora, Conversation.objects.get(code=started.conversation))
    own = talk(volunteer=cast.alice)[2]
    with pytest.raises(live_view.YourOwn):
        live_view.open_one(cast.alice, own)
    conversations.end_as_visitor(visitor)
    with pytest.raises(messages.Ended):
        live_view.open_one(cast.cora, conversation)
    Conversation.objects.get(pk=conversation.pk).room.delete()
    with pytest.raises(conversations.Unknown):
        live_view.open_one(cast.cora, conversation)
    live_view.close_one(cast.cora, conversation)


def test_it_ends_with_the_conversation(talk, cast):
    visitor, _vera, conversation = talk()
    me = live_view.open_one(cast.cora, conversation)
    conversations.end_as_visitor(visitor)
    assert Participant.objects.get(pk=me.pk).left_at is not None
    with pytest.raises(messages.NotInRoom):
        seats.view(cast.cora, conversation.room.code)


def test_it_ends_when_the_page_is_gone(talk, cast):
    _visitor, _vera, conversation = talk()
    me, now = live_view.open_one(cast.cora, conversation), timezone.now()
    assert sweeps.show_out_unattended(now) == 0
    Participant.objects.filter(pk=me.pk).update(seen_at=now - live_view.GRACE - timedelta(seconds=1))
    assert sweeps.show_out_unattended(now) == 1
    assert sweeps.show_out_unattended(now) == 0
    assert audited("conversation.unwatched") == ["Cora"]


async def test_being_at_another_page_does_not_keep_it(talk, cast, enter):
    _visitor, _vera, conversation = await db(talk)()
    me = await db(live_view.open_one)(cast.cora, conversation)
    long_ago = timezone.now() - timedelta(minutes=5)
    await db(Participant.objects.filter(pk=me.pk).update)(seen_at=long_ago)
    cora = await enter(cast.cora)
    await cora.say(type="attend")
    await keeper.here().beat()
    assert (await db(Participant.objects.get)(pk=me.pk)).seen_at == long_ago
    await cora.say(type="open", room=conversation.room.code)
    await hear(cora, "opened")
    await keeper.here().beat()
    assert (await db(Participant.objects.get)(pk=me.pk)).seen_at > long_ago


async def test_whoever_looks_at_what_runs_keeps_their_own_visitors(talk, cast, enter):
    _visitor, own, _conversation = await db(talk)(cast.alice)
    _visitor, vera, _conversation = await db(talk)()
    now, long_ago = timezone.now(), timezone.now() - timedelta(minutes=5)
    await db(Participant.objects.filter(pk__in=[own.pk, vera.pk]).update)(seen_at=long_ago)
    await db(Duty.objects.update)(seen_at=long_ago)
    alice = await enter(cast.alice)
    await alice.say(type="watch")
    await hear(alice, "live", whole=1)
    await keeper.here().beat()
    seen = dict(await db(lambda: list(Participant.objects.values_list("pk", "seen_at")))())
    assert seen[own.pk] >= now and seen[vera.pk] == long_ago
    assert not await db(Duty.objects.exclude(seen_at=long_ago).exists)(), "nobody new comes to them by that"
    assert await db(presence.give_back_unattended)(timezone.now()) == 1


def test_it_does_not_follow_a_visitor_to_another_line(talk, cast, line):
    _visitor, _vera, conversation = talk()
    other = lines.save_line(cast.ada, Line(slug="night", team=cast.phone, mode=Line.Mode.OPEN, titles={"en": "Night"}))
    me = live_view.open_one(cast.cora, conversation)
    line.passes_on_to.add(other)
    Duty.objects.create(line=other, user=cast.alice, maximum=4, seen_at=timezone.now())
    transfers.accept(cast.alice, transfers.offer(cast.vera, fresh(conversation), to_line=other))
    assert Participant.objects.get(pk=me.pk).left_at is not None


def test_a_visitor_who_knew_them_still_knows_their_name(talk, cast):
    """Cora talked with the visitor herself before she passed them on and read along."""
    visitor, alice, conversation = talk(volunteer=cast.alice)
    says(alice, "Hello, I am Alice.")
    queue.give_back(fresh(conversation), cast.alice)
    queue.take(cast.vera, fresh(conversation), uuid.uuid4())
    live_view.open_one(cast.alice, fresh(conversation))
    guest = seats.Guest(visitor.pk, conversation.room.code, "en", "", bytes(visitor.token_hash))
    seen = seats.view(guest, conversation.room.code).participants[alice.code]
    assert seen["alias"] == "Alice" and (seen["role"], seen["state"]) == ("volunteer", "left")


@pytest.mark.parametrize("_round", range(3))
def test_opening_races_the_end(talk, cast, quiet_connections, _round):
    visitor, _vera, conversation = talk()
    race(
        quiet_connections,
        lambda: live_view.open_one(cast.cora, conversation),
        lambda: conversations.end_as_visitor(visitor),
    )
    assert not Participant.objects.present().filter(role="observer").exists()


@pytest.mark.parametrize("_round", range(3))
def test_one_who_opens_it_twice_at_once_is_there_once(talk, cast, quiet_connections, _round):
    _visitor, _vera, conversation = talk()
    outcomes = race(quiet_connections, *[lambda: live_view.open_one(cast.cora, conversation).pk] * 2)
    assert len(set(outcomes)) == 1 and audited("conversation.watched") == ["Cora"]
