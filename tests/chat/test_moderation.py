"""Moderating a group: what each act does, who may not, and that two at once are one."""

import secrets
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from chat.actions import asides, exclusion, group_visitors, groups, log, messages, moderation
from chat.actions.group_rules import MOST_HELD, Declined, Muted, TooManyHeld, TooSoon
from chat.models import AuthorKey, Conversation, Event, GroupMember, HeldMessage
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.chat.groups import again, comes, comes_with_token, opened, say, staff_in
from tests.chat.test_queue import race

pytestmark = pytest.mark.django_db
Member = GroupMember.State


@pytest.fixture
def group(cast, line):
    return opened(cast.cora, line)


def bodies(group):
    return [one["body"] for one in log.read(group.room) if one["kind"] == "message"]


def audited(action):
    return AuditEntry.objects.filter(action=action).count()


def test_who_is_muted_only_reads(cast, group):
    robin = comes(group, "Robin")
    moderation.mute(cast.cora, robin, True)
    with pytest.raises(Muted):
        say(robin.participant)
    with pytest.raises(moderation.AsItWas):
        moderation.mute(cast.cora, robin, True)
    moderation.mute(cast.cora, robin, False)
    say(robin.participant, "Again")
    assert bodies(group) == ["Again"]
    assert (audited("group.muted"), audited("group.unmuted")) == (1, 1)


@pytest.mark.parametrize("all_of_them", [True, False])
def test_what_waits_is_seen_when_it_is_approved(cast, group, all_of_them):
    robin, kim = comes(group, "Robin"), comes(group, "Kim")
    if all_of_them:
        moderation.set_holding(cast.cora, group, True)
    else:
        moderation.hold(cast.cora, robin, True)
    message_id = uuid.uuid4()
    posted = say(robin.participant, "Wait", message_id)
    assert posted.held and not posted.is_new and not bodies(group)
    assert say(robin.participant, "Wait", message_id) == posted, "sent again it is the same"
    say(kim.participant, "Kims")
    ((held, body),) = [one for one in moderation.held_messages(group.room) if one[0].author_id == robin.participant_id]
    assert body == "Wait"
    event = moderation.approve(cast.cora, group, held)
    assert bodies(group)[-1] == "Wait"
    assert say(robin.participant, "Wait", message_id).seq == event.seq
    with pytest.raises(moderation.GoneAlready):
        moderation.approve(cast.cora, group, held)
    with pytest.raises(moderation.GoneAlready):
        moderation.decline(cast.cora, group, held)


def test_what_is_declined_is_gone_and_its_author_told(cast, group):
    robin, message_id = comes(group, "Robin"), uuid.uuid4()
    moderation.hold(cast.cora, robin, True)
    say(robin.participant, "Wait", message_id)
    ((held, _body),) = moderation.held_messages(group.room)
    moderation.decline(cast.cora, group, held)
    assert HeldMessage.objects.get().sealed_body is None
    with pytest.raises(Declined):
        say(robin.participant, "Wait", message_id)
    with pytest.raises(moderation.GoneAlready):
        moderation.approve(cast.cora, group, held)


def test_nobody_fills_the_list_of_what_waits(cast, group):
    robin = comes(group, "Robin")
    moderation.hold(cast.cora, robin, True)
    for _number in range(MOST_HELD):
        say(robin.participant)
    with pytest.raises(TooManyHeld):
        say(robin.participant)


def test_everybody_writes_slowly(cast, group):
    robin, vera = comes(group, "Robin"), staff_in(group, cast.vera)
    moderation.set_pace(cast.cora, group, 30)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        message_id = uuid.uuid4()
        first = say(robin.participant, "One", message_id)
        assert say(robin.participant, "One", message_id).seq == first.seq, "the same again is no second"
        say(vera), say(vera)
        clock.shift(timedelta(seconds=29))
        with pytest.raises(TooSoon) as refusal:
            say(robin.participant)
        assert "1" in str(refusal.value)
        clock.shift(timedelta(seconds=1))
        say(robin.participant)
    with pytest.raises(moderation.AsItWas):
        moderation.set_pace(cast.cora, group, 30)


def test_two_messages_in_one_batch_are_two(cast, group):
    robin = comes(group, "Robin")
    moderation.set_pace(cast.cora, group, 30)
    wishes = [messages.Post(robin.participant_id, uuid.uuid4(), "x") for _number in range(2)]
    assert isinstance(messages.post_many(wishes)[1], TooSoon)


def test_a_removed_message_cannot_be_read_by_anybody(cast, group):
    robin = comes(group, "Robin")
    seq = say(robin.participant, "Bad").seq
    say(robin.participant, "Good")
    moderation.remove_message(cast.cora, group, seq)
    event = Event.objects.get(room=group.room, seq=seq)
    assert (event.kind, event.sealed_body, event.key) == ("redacted", None, None)
    assert bodies(group) == ["Good"]
    last = log.read(group.room)[-1]
    assert (last["kind"], last["data"], last["from"]) == ("redacted", {"of": seq}, None)
    with pytest.raises(moderation.GoneAlready):
        moderation.remove_message(cast.cora, group, seq)


def test_a_removed_visitor_leaves_no_word_and_does_not_come_back(cast, group):
    token, robin = comes_with_token(group, "Robin", network="school")
    kim = comes(group, "Kim", network="home")
    say(robin.participant, "Bad"), say(kim.participant, "Good")
    moderation.hold(cast.cora, robin, True)
    say(robin.participant, "Held")
    moderation.remove_visitor(cast.cora, robin)
    assert bodies(group) == ["Good"] and not HeldMessage.objects.exists()
    assert not AuthorKey.objects.filter(participant=robin.participant).exists()
    with pytest.raises(messages.NotInRoom):
        say(robin.participant)
    assert group_visitors.visitor(token).member.state == Member.REMOVED, "so that they are told why"
    for given, refusal in (
        ({"alias": "Somebody", "network": "school"}, exclusion.Excluded),
        ({"alias": "RОBIN", "network": "elsewhere"}, group_visitors.AliasTaken),
    ):
        with pytest.raises(refusal):
            group_visitors.enter(group, secrets.token_bytes(16), language="en", **given)
    comes(opened(cast.cora, group.line), "Robin", network="school")
    cache.clear()
    comes(group, "Somebody", network="school")


@pytest.mark.parametrize("act", [moderation.mute, moderation.hold])
def test_nothing_is_switched_for_somebody_who_has_left(cast, group, act):
    robin = comes(group, "Robin")
    group_visitors.leave(robin.participant)
    with pytest.raises(group_visitors.DecidedAlready):
        act(cast.cora, robin, True)


def test_whoever_left_before_a_moderator_pressed_is_removed_all_the_same(cast, group):
    token, robin = comes_with_token(group, "Robin", network="school")
    say(robin.participant, "Bad")
    group_visitors.leave(robin.participant)
    moderation.remove_visitor(cast.cora, robin)
    assert not bodies(group) and again(robin).state == Member.REMOVED
    assert log.read(group.room)[-1]["data"] == {"why": "removed"}
    with pytest.raises(exclusion.Excluded):
        comes(group, "Somebody", network="school")
    with pytest.raises(group_visitors.DecidedAlready):
        moderation.remove_visitor(cast.cora, robin)


def test_whoever_never_came_in_is_not_removed(cast, line):
    group = opened(cast.cora, line, has_waiting_room=True)
    for gone in (False, True):
        robin = comes(group, f"Robin {gone}")
        if gone:
            group_visitors.leave(robin.participant)
        with pytest.raises(group_visitors.DecidedAlready):
            moderation.remove_visitor(cast.cora, robin)


def test_what_waits_of_somebody_who_has_left_can_be_approved(cast, group):
    robin = comes(group, "Robin")
    moderation.hold(cast.cora, robin, True)
    say(robin.participant, "Wait")
    group_visitors.leave(robin.participant)
    ((held, _body),) = moderation.held_messages(group.room)
    moderation.approve(cast.cora, group, held)
    assert bodies(group) == ["Wait"] and not moderation.held_messages(group.room)


def test_only_moderators_moderate(cast, group):
    robin = comes(group, "Robin")
    seq = say(robin.participant).seq
    moderation.hold(cast.cora, robin, True)
    say(robin.participant)
    ((held, _body),) = moderation.held_messages(group.room)
    staff_in(group, cast.vera)
    acts = [
        lambda who: moderation.mute(who, robin, True),
        lambda who: moderation.hold(who, robin, False),
        lambda who: moderation.set_pace(who, group, 5),
        lambda who: moderation.set_holding(who, group, True),
        lambda who: moderation.approve(who, group, held),
        lambda who: moderation.decline(who, group, held),
        lambda who: moderation.remove_message(who, group, seq),
        lambda who: moderation.remove_visitor(who, robin),
    ]
    for act in acts:
        for person, refusal in ((cast.vera, NotAllowed), (cast.viktor, NotFound), (cast.ada, NotFound)):
            with pytest.raises(refusal):
                act(person)
    assert bodies(group) == ["Hello"]


def test_a_held_message_of_another_group_is_not_mine_to_approve(cast, line, group):
    other = opened(cast.cora, line, moderators=[cast.vera], holds_messages=True)
    say(comes(other, "Robin").participant)
    ((held, _body),) = moderation.held_messages(other.room)
    with pytest.raises(moderation.GoneAlready):
        moderation.approve(cast.cora, group, held)


# Races


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["mute", "approve", "remove_message", "remove_visitor", "let_in", "set_pace", "close"])
def test_two_moderators_at_once(cast, line, quiet_connections, act):
    group = opened(cast.cora, line, has_waiting_room=act == "let_in", holds_messages=act == "approve")
    robin, moderators = comes(group, "Robin"), (cast.cora, cast.alice)
    posted = None if act == "let_in" else say(robin.participant)
    held = moderation.held_messages(group.room)[0][0] if act == "approve" else None
    calls = {
        "mute": lambda who: moderation.mute(who, robin, True),
        "approve": lambda who: moderation.approve(who, group, held),
        "remove_message": lambda who: moderation.remove_message(who, group, posted.seq),
        "remove_visitor": lambda who: moderation.remove_visitor(who, robin),
        "let_in": lambda who: group_visitors.let_in(who, robin),
        "set_pace": lambda who: moderation.set_pace(who, group, 10),
        "close": lambda who: groups.close_group(who, group),
    }
    outcomes = race(quiet_connections, *(lambda who=who: calls[act](who) for who in moderators))
    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert len(refused) == 1 and refused[0].code == "already_changed", outcomes
    seqs = list(Event.objects.filter(room=group.room).order_by("seq").values_list("seq", flat=True))
    group.room.refresh_from_db()
    assert seqs == list(range(1, group.room.head + 1))


@pytest.mark.django_db(transaction=True)
def test_approving_against_declining(cast, group, quiet_connections):
    robin = comes(group, "Robin")
    moderation.hold(cast.cora, robin, True)
    say(robin.participant, "Wait")
    ((held, _body),) = moderation.held_messages(group.room)
    outcomes = race(
        quiet_connections,
        lambda: moderation.approve(cast.cora, group, held),
        lambda: moderation.decline(cast.alice, group, held),
    )
    assert sum(isinstance(one, moderation.GoneAlready) for one in outcomes) == 1
    declined = HeldMessage.objects.filter(state="declined").exists()
    assert bodies(group) == ([] if declined else ["Wait"])


@pytest.mark.django_db(transaction=True)
def test_leaving_against_being_removed(cast, group, quiet_connections):
    robin = comes(group, "Robin")
    say(robin.participant, "Bad")
    race(
        quiet_connections,
        lambda: group_visitors.leave(robin.participant),
        lambda: moderation.remove_visitor(cast.cora, robin),
    )
    assert again(robin).state == Member.REMOVED and not bodies(group)


@pytest.mark.django_db(transaction=True)
def test_the_last_place_and_the_same_name_are_given_once(cast, line, quiet_connections):
    for given in ({"maximum": 1}, {}):
        group = opened(cast.cora, line, **given)
        names = ("Robin", "Kim") if given else ("Robin", "RÓBIN")
        outcomes = race(quiet_connections, *(lambda name=name, group=group: comes(group, name) for name in names))
        refused = [one for one in outcomes if isinstance(one, Exception)]
        assert [type(one) for one in refused] == [group_visitors.Full if given else group_visitors.AliasTaken], outcomes


@pytest.mark.django_db(transaction=True)
def test_going_aside_against_being_removed(cast, group, quiet_connections):
    robin = comes(group, "Robin")
    staff_in(group, cast.vera)
    asides.ask(cast.vera, robin)
    participant = group_visitors.visitor_of(robin)
    outcomes = race(
        quiet_connections,
        lambda: asides.accept(participant, secrets.token_bytes(16)),
        lambda: moderation.remove_visitor(cast.cora, robin),
    )
    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert Conversation.objects.count() == (not refused), outcomes
    assert again(robin).state == Member.REMOVED, "out of the group in either order; the conversation is its volunteer's"
