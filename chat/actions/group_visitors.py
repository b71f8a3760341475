"""Visitors of a group: at the door, let in, out again."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.actions import aliases, exclusion, group_staff, groups, rooms, tokens
from chat.actions.conversations import AFTERWARDS
from chat.models import AuthorKey, Event, Group, GroupMember, Line, Participant, Room
from hotline.lib import crypto
from hotline.lib.errors import Refused
from hotline.lib.rows import each
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.permissions import holders

State = GroupMember.State
# Whoever was not heard of for so long is out.
GONE = timedelta(minutes=10)
HEARD = timedelta(seconds=20)
BOUND = 500


class NotYet(Refused):
    code = "planned"
    message = _("This group is not open yet. Come back when it begins.")


class Full(Refused):
    code = "full"
    message = _("All places of this group are taken at the moment. Please try again in a little while.")


class Closed(Refused):
    code = "closed"
    message = _("This group is over, or closed.")


class AliasTaken(Refused):
    code = "alias_taken"
    message = _("Somebody here has this name, or one that looks like it. Please choose another.")


class NoName(Refused):
    code = "no_name"
    message = _("Please choose a name with letters or digits in it.")


class MixedLetters(Refused):
    code = "mixed_letters"
    message = _("Please write your name in the letters of one alphabet, one that is in everyday use.")


class LikeStaff(Refused):
    code = "like_staff"
    message = _("This name sounds as if you worked here. Please choose another.")


# What is wrong with a name: said at its field.
WRONG_NAMES = (AliasTaken, NoName, MixedLetters, LikeStaff)


class DecidedAlready(Refused):
    code = "already_changed"
    message = _("They are no longer there, or a colleague has decided already.")


REFUSALS = {"planned": NotYet, "full": Full, "closed": Closed}


@dataclass(frozen=True)
class Entered:
    """What the visitor's device gets. The token is theirs alone; the house keeps its hash."""

    token: str
    member: GroupMember


def visitor(token):
    """The Participant (with room, member, group and line) of a group to whom this token (str) belongs, or None."""
    return _found(token_hash=tokens.hash_visitor(token))


def visitor_of(member):
    """The same for a GroupMember."""
    return _found(pk=member.participant_id)


def _found(**which):
    rows = Participant.objects.select_related("room", "member__group__line")
    rows = rows.defer(*(f"member__group__line__{name}" for name in Line.TEXTS if name != "titles"))
    return rows.filter(**which, member__isnull=False).first()


def enter(group, secret, *, alias, language, network=""):
    """A visitor comes to the Group: in, or into its waiting room. Returns Entered; the same for the same `secret`.

    secret: 16 bytes of the client's making. alias: as `forms` has checked it. network: the keyed mark of the visitor's
    network, never stored with the group. Raises NotYet, Full, Closed, one of WRONG_NAMES, exclusion.Excluded.
    """
    token = tokens.member_token(secret)
    if again := _entered(group, token):
        return again
    try:
        with transaction.atomic():
            return _enter(group, token, alias, language, network)
    except IntegrityError:  # the same one sent twice at once
        if again := _entered(group, token):
            return again
        raise AliasTaken from None


def _entered(group, token):
    found = visitor(token)
    return Entered(token, found.member) if found and found.member.group_id == group.pk else None


def _enter(group, token, alias, language, network):
    now = timezone.now()
    exclusion.refuse_member(group, network)
    try:
        current = group_staff.lock(group)
    except group_staff.Over:
        current = group
    if refusal := REFUSALS.get(groups.state(current, now)):
        raise refusal
    mark = _free_mark(current, alias)
    room, waits = current.room, current.has_waiting_room
    participant = Participant.objects.create(
        room=room,
        role=Participant.Role.VISITOR,
        token_hash=tokens.hash_visitor(token),
        seen_at=now,
        first_seq=room.head + 1,
        # at the door nothing of the room is theirs
        left_at=now if waits else None,
    )
    key = AuthorKey.make(participant, room.key_due).open()
    participant.sealed_alias = crypto.seal(key, alias.encode(), f"chat_participant:{participant.code}:sealed_alias")
    participant.save(update_fields=["sealed_alias"])
    member = GroupMember.objects.create(
        group=current,
        participant=participant,
        state=State.WAITING if waits else State.IN,
        alias_mark=mark,
        language=language,
        came_at=now,
    )
    exclusion.remember_member(current, participant, network)
    if not waits:
        rooms.add(room, Event.Kind.JOINED, now, participant)
    ring(topics.groups(group.line_id))
    return Entered(token, member)


def _free_mark(group, alias):
    plain = aliases.skeleton(alias)
    if not plain:
        raise NoName
    if aliases.names_an_office(alias):
        raise LikeStaff
    names = {one.alias for one in group.moderators.all()}
    names.update(Participant.objects.filter(room=group.room, user__isnull=False).values_list("user__alias", flat=True))
    # whoever may come in at any time, too
    for right in (group_staff.TALK, group_staff.SUPERVISE):
        names.update(holders(right, group).values_list("alias", flat=True))
    mark = aliases.mark(group, alias)
    if plain in map(aliases.skeleton, names) or GroupMember.objects.filter(group=group, alias_mark=mark).exists():
        raise AliasTaken
    if not aliases.is_of_one_script(alias):
        raise MixedLetters
    return mark


def let_in(actor, member):
    """A moderator opens the door to one who waits. Raises DecidedAlready, Over, NotAllowed, NotFound."""
    group_staff.require_moderator(actor, member.group)
    now = timezone.now()
    with transaction.atomic():
        group = group_staff.lock_open(member.group)
        move(member, {State.WAITING}, state=State.IN)
        Participant.objects.filter(pk=member.participant_id).update(
            left_at=None, seen_at=now, first_seq=group.room.head + 1
        )
        rooms.add(group.room, Event.Kind.JOINED, now, member.participant)
        record(actor, "group.let_in", group.code, visitor=member.participant.code)
        ring(topics.groups(group.line_id))


def turn_away(actor, member):
    """A moderator does not let one in who waits. Raises DecidedAlready, Over, NotAllowed, NotFound."""
    group_staff.require_moderator(actor, member.group)
    with transaction.atomic():
        group = group_staff.lock_open(member.group)
        move(member, {State.WAITING}, state=State.REFUSED)
        exclusion.exclude_member(group, member.participant)
        record(actor, "group.turned_away", group.code, visitor=member.participant.code)
        ring(topics.groups(group.line_id))


def move(member, there, **changes):
    """A visitor who is `there` (set of State) is changed so, once. Raises DecidedAlready when they are elsewhere by now."""
    if not GroupMember.objects.filter(pk=member.pk, state__in=there).update(**changes):
        raise DecidedAlready


def leave(participant, *, leaving=False):
    """The visitor goes out of the group; with `leaving` at once and for good: their token opens nothing any more."""
    with transaction.atomic():
        try:
            room = rooms.lock(participant.room_id)
        except Room.DoesNotExist:  # emptied meanwhile, and their place with it
            return
        if leaving:
            Participant.objects.filter(pk=participant.pk).update(token_hash=None)
        member = GroupMember.objects.select_related("group").get(participant=participant)
        go(room, member, timezone.now())


def go(room, member, now):
    """Out of a locked room, or away from its door; whether they were there, bool."""
    there = GroupMember.objects.filter(pk=member.pk)
    if there.filter(state=State.IN).update(state=State.LEFT, asked_by=None):
        rooms.leave(room, member.participant, now)
    # nobody but moderators saw them: their name is free again, also for themselves
    elif not there.filter(state=State.WAITING).update(state=State.LEFT, alias_mark=None):
        return False
    ring(topics.groups(member.group.line_id))
    return True


def heard_of(participant, now):
    """A visitor at the door asked how it stands: they are still there."""
    if participant.seen_at < now - HEARD:
        Participant.objects.filter(pk=participant.pk).update(seen_at=now)


def drop_absent(now):
    """Visitors who were not heard of for long are out; returns how many."""
    there = GroupMember.objects.filter(state__in=[State.WAITING, State.IN], group__state=Group.State.OPEN)
    absent = there.filter(participant__seen_at__lt=now - GONE)
    return each(absent.select_related("participant", "group").order_by("pk")[:BOUND], _drop, now)


def _drop(member, now):
    with transaction.atomic():
        return go(rooms.lock(member.participant.room_id), member, now)


def drop_tokens(now):
    """Forget the tokens of visitors whose group is over for a while; returns how many."""
    over = Participant.objects.filter(
        token_hash__isnull=False, room__kind=Room.Kind.GROUP, room__group__closed_at__lt=now - AFTERWARDS
    )
    return over.update(token_hash=None)
