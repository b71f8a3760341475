"""Groups: planned, opened, entered, left, over, and gone at their time."""

import secrets
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from chat import sweeps
from chat.actions import (
    aliases,
    asides,
    conversations,
    freezing,
    group_erasure,
    group_staff,
    group_visitors,
    groups,
    log,
    messages,
)
from chat.models import AuthorKey, Conversation, Event, Group, GroupMember, HeldMessage, Participant, Room
from hotline.staff.actions import freeze
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.chat.groups import a_group, again, comes, comes_with_token, opened, say, staff_in

pytestmark = pytest.mark.django_db
State, Member = Group.State, GroupMember.State


def audited():
    return list(AuditEntry.objects.filter(action__startswith="group.").order_by("pk").values_list("action", flat=True))


def test_it_opens_and_closes_by_hand(cast, line):
    group = opened(cast.cora, line)
    assert (group.state, group.room.kind, group.backroom.kind) == ("open", "group", "backchannel")
    assert group.room.owner == group == group.backroom.owner
    groups.close_group(cast.cora, group)
    group.refresh_from_db()
    assert group.state == State.CLOSED and group.erase_at == group.closed_at + line.retention
    assert not Room.objects.filter(is_open=True).exists()
    assert [Event.objects.filter(room=room).last().kind for room in (group.room, group.backroom)] == ["ended"] * 2
    assert audited() == ["group.created", "group.opened", "group.closed"]


def test_it_opens_and_closes_by_its_plan(cast, line):
    now = timezone.now()
    group = a_group(cast.cora, line, starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))
    assert groups.state(group, now) == "planned" and not sweeps.turn_groups(now)
    assert sweeps.turn_groups(now + timedelta(hours=1)) == 1
    group.refresh_from_db()
    assert groups.state(group, now + timedelta(hours=1)) == "open"
    assert groups.state(group, now + timedelta(hours=2)) == "closed", "also before the sweep comes"
    assert sweeps.turn_groups(now + timedelta(hours=2)) == 1
    group.refresh_from_db()
    assert group.state == State.CLOSED


def test_what_is_over_before_it_opened_never_opens(cast, line):
    now = timezone.now()
    a_group(cast.cora, line, starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    assert not groups.open_due(now)


def test_who_may_plan_open_close_and_enter(cast, line):
    for person, refusal in ((cast.vera, NotAllowed), (cast.viktor, NotFound), (cast.ada, NotFound)):
        with pytest.raises(refusal):
            a_group(person, line)
    group = a_group(cast.cora, line)
    for person, refusal in ((cast.vera, NotAllowed), (cast.viktor, NotFound)):
        for action in (groups.open_group, groups.call_off):
            with pytest.raises(refusal):
                action(person, group)
    groups.open_group(cast.cora, group)
    with pytest.raises(NotFound):
        group_staff.come_in(cast.viktor, group)
    for person, refusal in ((cast.vera, NotAllowed), (cast.viktor, NotFound)):
        with pytest.raises(refusal):
            groups.close_group(person, group)


def test_a_volunteer_who_was_named_moderates_this_group_alone(cast, line):
    group, other = a_group(cast.cora, line, moderators=[cast.vera]), a_group(cast.cora, line)
    groups.open_group(cast.vera, group)
    group.refresh_from_db()
    assert staff_in(group, cast.vera).role == Participant.Role.COORDINATOR
    with pytest.raises(NotAllowed):
        groups.open_group(cast.vera, other)


def test_it_is_called_off_only_before_it_opens(cast, line):
    groups.call_off(cast.cora, a_group(cast.cora, line))
    assert not Group.objects.exists()
    with pytest.raises(groups.NotPlanned):
        groups.call_off(cast.cora, opened(cast.cora, line))


def test_a_line_without_groups_has_none(cast, line):
    group, planned = opened(cast.cora, line), a_group(cast.cora, line)
    line.has_groups = False
    line.save()
    planned.line.refresh_from_db()
    with pytest.raises(NotAllowed):
        groups.open_group(cast.cora, planned)
    assert groups.close_due(timezone.now()) == 1
    with pytest.raises(group_visitors.Closed):
        comes(Group.objects.select_related("line").get(pk=group.pk), "Robin")


def test_a_visitor_enters_speaks_and_leaves(cast, line):
    group = opened(cast.cora, line)
    vera = staff_in(group, cast.vera)
    token, robin = comes_with_token(group, "Robin")
    say(robin.participant, "Hello all")
    assert conversations.alias_of(robin.participant) == "Robin"
    assert [one["kind"] for one in log.read(group.room)] == ["joined", "joined", "message"]
    assert [one.get("alias") for one in log.read(group.room)] == [cast.vera.alias, "Robin", None]
    group_visitors.leave(robin.participant)
    assert again(robin).state == Member.LEFT
    with pytest.raises(messages.NotInRoom):
        say(robin.participant)
    assert group_visitors.visitor(token) is not None, "they can still erase what they wrote"
    group_visitors.leave(robin.participant, leaving=True)
    assert group_visitors.visitor(token) is None
    assert say(vera).seq == 5


def test_the_same_secret_gives_the_same_place(cast, line):
    group, secret = opened(cast.cora, line), secrets.token_bytes(16)
    first = group_visitors.enter(group, secret, alias="Robin", language="en")
    assert group_visitors.enter(group, secret, alias="Robin", language="en") == first
    assert GroupMember.objects.count() == 1


def test_planned_full_and_over_are_told(cast, line):
    group = a_group(cast.cora, line, maximum=1)
    with pytest.raises(group_visitors.NotYet):
        comes(group, "Robin")
    groups.open_group(cast.cora, group)
    robin = comes(group, "Robin")
    with pytest.raises(group_visitors.Full):
        comes(group, "Kim")
    group_visitors.leave(robin.participant)
    comes(group, "Kim")
    groups.close_group(cast.cora, group)
    with pytest.raises(group_visitors.Closed):
        comes(Group.objects.select_related("line").get(pk=group.pk), "Sam")


LOOK_ALIKE = [
    ("Robin", "robin"),
    ("Robin", " R o-b.i.n "),
    ("Robin", "Rоbin"),
    ("Robin", "Ｒｏｂｉｎ"),
    ("Robin", "Rob\u200bin"),
    ("Anna", "Аnnа"),
    ("Anna", "Ánna"),
    ("Lil", "LiI"),
    ("Lil", "1il"),
    ("Bo", "B0"),
    ("Marnie", "Mamie"),
    ("Robin", "Robin\u3164"),
    ("Robin", "Ro\uffa0bin"),
    ("Vara", "ᴠᴀʀᴀ"),
    ("Nina", "ΝΙΝΑ"),
    ("Hanna", "Ηanna"),
    ("Anna", "Ɑnnɑ"),
    ("Susi", "Ѕսsi"),
    ("Olo", "օlօ"),
]


@pytest.mark.parametrize(("taken", "wanted"), LOOK_ALIKE)
def test_no_second_name_that_looks_alike(cast, line, taken, wanted):
    group = opened(cast.cora, line)
    comes(group, taken)
    with pytest.raises(group_visitors.AliasTaken):
        comes(group, wanted)
    assert aliases.mark(group, taken) != aliases.mark(a_group(cast.cora, line), taken)


def test_names_that_only_resemble_each_other_stay_apart(cast, line):
    group = opened(cast.cora, line)
    for name in ("Anna", "Hanna", "Anna 2", "Anna 3", "Ольга", "Оля", "李", "李さん", "سارة", "Марʼяна", "🐦2"):
        comes(group, name)
    for name in ("🐦", "—", "‮"):
        with pytest.raises(group_visitors.NoName):
            comes(group, name)


def test_nobody_takes_the_name_of_somebody_of_the_staff(cast, line):
    group = opened(cast.cora, line, moderators=[cast.alice])
    staff_in(group, cast.vera)
    for name in (cast.vera.alias, f"{cast.vera.alias}.", cast.alice.alias.upper()):
        with pytest.raises(group_visitors.AliasTaken):
            comes(group, name)


def test_nor_of_somebody_who_works_at_the_line_or_guides_it_and_is_not_there(cast, line):
    group = opened(cast.cora, line)
    for name in (cast.vera.alias, f"{cast.vera.alias}\u3164", cast.cora.alias):
        with pytest.raises(group_visitors.AliasTaken):
            comes(group, name)
    comes(group, cast.viktor.alias)  # who works elsewhere


OFFICES = [
    "Moderator Nina",
    "rnoderator",
    "M0DERATOR",
    "Freiwillige",
    "Frivillig Ola",
    "Волонтёрка",
    "the team",
    "Адмін",
    "Hеlpline",
]


@pytest.mark.parametrize("name", OFFICES)
def test_nobody_is_called_by_an_office(cast, line, name):
    group = opened(cast.cora, line)
    with pytest.raises(group_visitors.LikeStaff):
        comes(group, name)
    comes(group, "Badminton")


@pytest.mark.parametrize("name", ["Рobert", "Ꮩictor", "ᏙᎥᏟ", "Zoë Λ"])
def test_a_name_is_of_one_alphabet_in_use(cast, line, name):
    with pytest.raises(group_visitors.MixedLetters):
        comes(opened(cast.cora, line), name)


def test_who_waits_at_the_door_is_not_in_the_room(cast, line):
    group = opened(cast.cora, line, has_waiting_room=True)
    vera = staff_in(group, cast.vera)
    say(vera, "Before")
    robin = comes(group, "Robin")
    assert again(robin).state == Member.WAITING
    with pytest.raises(messages.NotInRoom):
        say(robin.participant)
    assert Event.objects.filter(room=group.room, kind="joined").count() == 1
    group_visitors.let_in(cast.cora, robin)
    say(again(robin).participant, "Now")
    assert again(robin).participant.first_seq == 3, "what was said before is not theirs"


def test_only_moderators_open_the_door(cast, line):
    group = opened(cast.cora, line, has_waiting_room=True)
    robin = comes(group, "Robin")
    for action in (group_visitors.let_in, group_visitors.turn_away):
        for person, refusal in ((cast.vera, NotAllowed), (cast.viktor, NotFound)):
            with pytest.raises(refusal):
                action(person, robin)
    group_visitors.turn_away(cast.cora, robin)
    with pytest.raises(group_visitors.DecidedAlready):
        group_visitors.let_in(cast.cora, robin)
    assert audited()[-1] == "group.turned_away"


def test_who_does_not_come_back_is_out(cast, line):
    group = opened(cast.cora, line)
    inside = comes(group, "Robin")
    Group.objects.update(has_waiting_room=True)
    group.refresh_from_db()
    waiting, now = comes(group, "Kim"), timezone.now()
    group_visitors.heard_of(inside.participant, now + timedelta(minutes=5))
    assert not group_visitors.drop_absent(now + timedelta(minutes=9)), "a tab in the background is silent for a while"
    assert group_visitors.drop_absent(now + timedelta(minutes=12)) == 1
    assert group_visitors.drop_absent(now + timedelta(minutes=16)) == 1
    assert [again(one).state for one in (inside, waiting)] == [Member.LEFT, Member.LEFT]
    assert [again(one).was_inside for one in (inside, waiting)] == [True, False]
    assert comes(group, "Kim"), "nobody saw them: the name is free again"
    with pytest.raises(group_visitors.AliasTaken):
        comes(group, "Robin")


# Into a conversation of two


def test_a_visitor_goes_with_a_volunteer_into_a_conversation(cast, line):
    group = opened(cast.cora, line)
    staff_in(group, cast.vera)
    robin = comes(group, "Robin")
    with pytest.raises(asides.NotAsked):
        asides.accept(robin.participant, secrets.token_bytes(16))
    asides.ask(cast.vera, robin)
    with pytest.raises(asides.AskedAlready):
        asides.ask(cast.vera, robin)
    secret = secrets.token_bytes(16)
    started = asides.accept(group_visitors.visitor_of(robin), secret)
    assert asides.accept(group_visitors.visitor_of(robin), secret) == started
    conversation = Conversation.objects.get()
    assert (conversation.volunteer, conversation.state) == (cast.vera, "active")
    assert conversations.alias_of(conversations.visitor(started.token)) == "Robin"
    assert again(robin).state == Member.LEFT
    with pytest.raises(asides.AskedAlready):
        asides.ask(cast.vera, robin)


def test_asking_aside_needs_a_place_and_can_be_declined_or_taken_back(cast, line):
    group = opened(cast.cora, line)
    robin, kim = comes(group, "Robin"), comes(group, "Kim")
    with pytest.raises(asides.AskedAlready):
        asides.ask(cast.vera, robin)
    with pytest.raises(NotFound):
        asides.ask(cast.viktor, robin)
    staff_in(group, cast.vera)
    for one in (robin, kim):
        asides.ask(cast.vera, one)
    asides.accept(group_visitors.visitor_of(robin), secrets.token_bytes(16))
    with pytest.raises(asides.NoTime):
        asides.accept(group_visitors.visitor_of(kim), secrets.token_bytes(16))
    asides.stay(group_visitors.visitor_of(kim))
    with pytest.raises(asides.NotAsked):
        asides.stay(group_visitors.visitor_of(kim))
    staff_in(group, cast.cora)
    asides.ask(cast.cora, kim)
    with pytest.raises(group_visitors.DecidedAlready):
        asides.take_back(cast.vera, kim)
    asides.take_back(cast.cora, kim)
    assert again(kim).asked_by is None and audited()[-1] == "group.asked_no_more"


# Gone


def test_what_a_visitor_erases_is_gone_and_the_rest_stays(cast, line):
    group = opened(cast.cora, line)
    (token, robin), kim = comes_with_token(group, "Robin"), comes(group, "Kim")
    say(robin.participant, "Mine"), say(kim.participant, "Kims")
    group_erasure.erase_for_visitor(group_visitors.visitor(token))
    shown = log.read(group.room)
    assert [one.get("body") for one in shown if one["kind"] == "message"] == ["Kims"]
    assert shown[-1]["data"] == {"why": "erased"}
    assert group_visitors.visitor(token) is None and not AuthorKey.objects.filter(participant=robin.participant)
    assert conversations.alias_of(Participant.objects.get(pk=robin.participant_id)) == ""
    assert comes(group, "Robin"), "the name is free again"


def test_a_group_is_emptied_at_its_time(cast, line):
    group = opened(cast.cora, line, holds_messages=True)
    token, robin = comes_with_token(group, "Robin")
    say(robin.participant)
    assert HeldMessage.objects.filter(state="waiting").count() == 1
    groups.close_group(cast.cora, group)
    assert not HeldMessage.objects.exclude(sealed_body=None).exists(), "what nobody approved is gone with the end"
    group.refresh_from_db()
    assert sweeps.empty_groups(group.erase_at - timedelta(minutes=1)) == 1, "the token alone"
    assert group_visitors.visitor(token) is None
    assert sweeps.empty_groups(group.erase_at) == 1
    group.refresh_from_db()
    assert (group.state, group.room) == (State.EMPTIED, None)
    for model in (Room, Participant, Event, GroupMember, HeldMessage, AuthorKey):
        assert not model.objects.exists()
    with pytest.raises(group_staff.Over):
        staff_in(group, cast.vera)
    assert not group_erasure.drop_old(group.closed_at + timedelta(days=700))
    assert group_erasure.drop_old(group.closed_at + timedelta(days=800))


def test_keys_of_an_open_group_live_as_long_as_what_they_cover(cast, line):
    group = opened(cast.cora, line)
    robin = comes(group, "Robin")
    later = timezone.now() + timedelta(days=6, hours=12)
    assert group_erasure.forward_keys(later) == 1 and not group_erasure.forward_keys(later)
    key = robin.participant.keys.get()
    assert key.key_due >= (later + line.retention).date() and key.open()


def test_a_frozen_house_closes_every_group(cast, line):
    group = opened(cast.cora, line)
    frozen = freeze.freeze(cast.ada, "drill", "page")
    freezing.freeze(frozen, timezone.now())
    group.refresh_from_db()
    assert group.state == State.CLOSED and groups.state(group, timezone.now()) == "closed"


def test_the_constraints_behind_it(cast, line):
    group = opened(cast.cora, line)
    for wrong in ({"room": None}, {"state": "odd"}, {"maximum": 0}, {"state": "closed"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Group.objects.filter(pk=group.pk).update(**wrong)
