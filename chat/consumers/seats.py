"""Who sits where: what the rights of somebody in a room rest on, asked of the database."""

from dataclasses import dataclass, field
from functools import cache

from django.db.models import Max, Q
from django.utils import timezone

from chat.actions import conversations, group_visitors, lines, presence, queue
from chat.actions.messages import NotInRoom
from chat.models import Conversation, Event, Line, Participant, Room, TeamRoom
from chat.models.team_room import common_teams
from chat.views.speech import nearest, voice
from hotline.lib.background import Threads
from hotline.staff.permissions import NotFound, Rights, require, visible

# Reads of sockets and polls, apart from everybody else's threads: a slow one holds up no socket.
threads = Threads("chat", 8)


# What of a participant, their room and the row it belongs to is looked at here: a line's texts are large and not needed.
OWNERS = {name: Room._meta.get_field(name).related_model for name in set(Room.OWNERS.values())}
SEEN = (
    *("code", "role", "first_seq", "room__code", "room__kind", "room__first", "room__head"),
    *(f"room__{name}__{field}" for name, model in OWNERS.items() for field in model.SEEN),
)
JOINED = sorted({lookup.rpartition("__")[0] for lookup in SEEN} - {""})
# Events with which their author goes out of the room.
GOING = ("left", "transferred")
# People of one room that are named: those who were there last.
MOST_PEOPLE = 500


@dataclass(frozen=True)
class Guest:
    """A visitor as their token names them."""

    participant: int
    room: str
    language: str
    alias: str
    token_hash: bytes = field(repr=False)


@dataclass
class View:
    """A room as one participant may see it when they enter."""

    participant: int
    code: str
    is_visitor: bool
    # Here to guide the volunteers, and at no desk of their own.
    guides: bool
    room: Room
    state: str
    # Of the queue in which they wait; None in no queue.
    line: int | None
    position: int
    participants: dict
    # What is switched on of "typing" and "read".
    functions: frozenset

    def frame(self):
        """The fields of an `opened` frame."""
        shown = {
            "room": self.room.code,
            "kind": self.room.kind,
            "state": self.state,
            "first": self.room.first,
            "head": self.room.head,
            "me": self.code,
            "participants": self.participants,
        }
        return shown | ({"position": self.position} if self.position else {})


def guest(token):
    """The Guest whom this token (str) names, or None."""
    found = conversations.visitor(token)
    if found is not None:
        language, line = found.room.conversation.language, found.room.conversation.entrance
    elif found := group_visitors.visitor(token):
        language, line = found.member.language, found.member.group.line
    if found is None or found.left_at is not None:
        return None
    language = voice(nearest([language], line), line)
    return Guest(found.pk, found.room.code, language, conversations.alias_of(found), bytes(found.token_hash))


def mine(guest_or_user):
    """Filter (Q) for the participants that somebody is: a Guest their one, a member of staff all of theirs."""
    if isinstance(guest_or_user, Guest):
        return Q(pk=guest_or_user.participant, token_hash=guest_or_user.token_hash)
    return Q(user=guest_or_user.pk, user__is_active=True)


def view(person, room_code):
    """The View that `person` (Guest or User) has of a room. Raises NotInRoom for everybody who is not in it."""
    participant = _seen(Participant.objects.present().filter(mine(person), room__code=room_code)).first()
    if participant is None:
        raise NotInRoom
    room, owner = participant.room, participant.room.owner
    if not participant.is_visitor and not _may_stay(participant, Rights(person), common_teams):
        raise NotInRoom
    room.first = owner.first_for(participant)
    position = queue.position(owner) if room.kind == Room.Kind.CONVERSATION else 0
    return View(
        participant.pk,
        participant.code,
        participant.is_visitor,
        participant.guides,
        room,
        owner.room_state,
        owner.line_id if position else None,
        position,
        people(participant, owner.functions),
        owner.functions if participant.may_write else frozenset(),
    )


def _seen(participants):
    return participants.select_related(*JOINED).only("token_hash", "user", *SEEN)


def _may_stay(participant, rights, common):
    """Whether a member of staff with these Rights still holds what their role in the room rests on. common: common_teams."""
    owner = participant.room.owner
    if isinstance(owner, TeamRoom):
        return owner.lets_in(rights, common)
    return rights.can(owner.right_of(participant.role), owner)


def people(viewer, functions):
    """{participant's code: {alias, role, state, read?}} of everybody who was ever in the viewer's (Participant) room; to a
    visitor of a group, of those whom they meet there.

    Visitors do not see who reads along; that it may happen, their line tells them beforehand. Somebody who spoke to them
    earlier keeps their name, and has left.
    """
    found = viewer.room.participants.let_in().select_related("user").prefetch_related("keys")
    if viewer.is_visitor:
        found = found.exclude(role=Participant.Role.OBSERVER, keys=None)
        if viewer.room.kind == Room.Kind.GROUP:
            found = found.met_by(viewer)
    found, now = list(found.order_by("-seen_at", "pk")[:MOST_PEOPLE]), timezone.now()
    shown, hidden = {}, _of_another_team(viewer, found)
    for one in found:
        alias = "" if one.user_id in hidden else conversations.alias_of(one)
        role, state = str(one.role), state_of(one, now)
        if viewer.is_visitor and one.role == Participant.Role.OBSERVER:
            role, state = str(Participant.Role.VOLUNTEER), "left"
        shown[one.code] = {"alias": alias, "role": role, "state": state}
        if "read" in functions and (one.pk == viewer.pk or not viewer.room.never_ends):
            shown[one.code]["read"] = one.read_seq
    return shown


def _of_another_team(viewer, participants):
    """pks of the staff among these who have left and could not be here now: whoever took over from another team's line does
    not learn who they were."""
    left = [one for one in participants if one.user_id and one.left_at is not None]
    if viewer.is_visitor or viewer.room.never_ends or not left:
        return set()
    rights, owner = Rights.of_many(one.user for one in left), viewer.room.owner
    return {one.user_id for one in left if not rights[one.user_id].can(owner.right_of(one.role), owner)}


def state_of(participant, now):
    """The word "here", "reconnecting" or "left" for a Participant at `now`."""
    if participant.left_at is not None:
        return "left"
    return "here" if participant.seen_at > now - presence.RECONNECTING else "reconnecting"


def withdrawn(seats):
    """Whose right to their room has gone: a list of bool, one for each of `seats` ([(participant pk, Guest or User)]).

    One participant may sit twice: who came back by their code holds the right, and their former device no longer does.
    """
    staff = {pk: person for pk, person in seats if not isinstance(person, Guest)}
    rows = _seen(Participant.objects.present().filter(pk__in={pk for pk, _person in seats}))
    rights = Rights.of_many(staff.values())
    tokens, still, common = {}, set(), cache(common_teams)
    for row in rows:
        if row.pk not in staff:
            tokens[row.pk] = row.token_hash and bytes(row.token_hash)
        elif _may_stay(row, rights[row.user_id], common):
            still.add(row.pk)
    return [
        tokens.get(pk) != person.token_hash if isinstance(person, Guest) else pk not in still for pk, person in seats
    ]


def went_at(participants):
    """{participant pk: seq of the event with which they went} of those of these pks who went out of their room by its log."""
    gone = Event.objects.filter(author__in=participants, author__left_at__isnull=False, kind__in=GOING)
    return dict(gone.order_by().values("author").annotate(last=Max("seq")).values_list("author", "last"))


def heads(codes):
    """{room code: head} of those of these rooms that still exist."""
    return dict(Room.objects.filter(code__in=codes).values_list("code", "head"))


def states(codes, now):
    """{room code: {participant's code: "here", "reconnecting" or "left"}}, but for those who read along."""
    found = {}
    rows = Participant.objects.let_in().filter(room__code__in=codes).exclude(role=Participant.Role.OBSERVER)
    for one in rows.select_related("room").only("code", "seen_at", "left_at", "room__code"):
        found.setdefault(one.room.code, {})[one.code] = state_of(one, now)
    return found


def queues_of(person):
    """pks of the lines whose queue this Guest waits in, or this member of staff works at."""
    if isinstance(person, Guest):
        waiting = Conversation.objects.waiting().filter(room__code=person.room)
        return list(waiting.values_list("line", flat=True))
    return list(visible(person, Line.objects.all(), "chat.talk").values_list("pk", flat=True))


def find_line(user, slug):
    """The Line with this short name. Raises NotAllowed or NotFound unless the user works there."""
    return _found(user, Line.objects.filter(slug=slug).first())


def find_conversation(user, code):
    """The Conversation with this code. Raises NotAllowed or NotFound unless the user works at its line."""
    rows = Conversation.objects.select_related("line", "room")
    return _found(user, rows.filter(code=code).first())


def _found(user, thing):
    try:
        if thing is None:
            raise NotFound
        require(user, "chat.talk", thing)
    except NotFound:
        raise NoSuch from None
    return thing


class NoSuch(NotInRoom):
    message = NotFound.message


def queue_state(line_pk):
    """What the queue frames of a line are made of: (line, state, [waiting Conversation], seconds a place). Three queries."""
    line = Line.objects.get(pk=line_pk)
    waiting = list(
        Conversation.objects.waiting().filter(line=line, practice=False).select_related("room")[: queue.BOUND]
    )
    state = lines.state(line, timezone.now(), len(waiting))
    return line, state, waiting, queue.wait_seconds(line, 1)


def lines_of_many(people, right="chat.talk"):
    """{pk: set of pks of the lines for which each of these members of staff holds `right`}. people: {pk: User}."""
    lines = list(Line.objects.only("team"))
    rights = Rights.of_many(people.values())
    return {pk: {line.pk for line in lines if one.can(right, line)} for pk, one in rights.items()}
