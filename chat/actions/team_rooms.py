"""The internal chat: which rooms somebody of the staff has, what is unread there, and who leaves them."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from chat.actions import rooms
from chat.models import Line, Participant, Room, TeamRoom
from chat.models.team_room import TALK, common_teams
from hotline.lib.keyring import keyring
from hotline.lib.rows import each
from hotline.staff.permissions import NotFound, Rights, visible

# Rooms of one person: those of so many lines and the common one.
MOST = 20
# Participants that are looked at in one sweep: no house has as many.
BOUND = 5000
# A page that opens a room shows what was not read yet, and at least and at most so many entries.
LEAST_SHOWN, MOST_SHOWN = 50, 200
TEXTS = [name for name in Line.TEXTS if name != "titles"]


@dataclass(frozen=True)
class Mine:
    """A TeamRoom as one of its people has it."""

    team_room: TeamRoom
    me: Participant
    may_announce: bool

    @property
    def room(self):
        """Its Room."""
        return self.team_room.room

    @property
    def after(self):
        """The seq after which a page begins that shows it."""
        head, read = self.room.head, self.me.read_seq
        return max(self.room.first - 1, 0, head - MOST_SHOWN, min(read, head - LEAST_SHOWN))


def may_meet(rights):
    """Whether whoever has these Rights is in the common room, bool."""
    return TeamRoom(common=True).lets_in(rights, common_teams)


def of(user, rights, now):
    """[Mine] of `user` (User, with their Rights), the common one last; rooms that are missing are made, and whoever is not
    in theirs yet comes in. At most five queries once all that is there."""
    common = cache(common_teams)
    lines = visible(rights, Line.objects.filter(has_team_room=True).defer(*TEXTS), TALK)
    places = list(lines.order_by("slug")[: MOST - 1])
    if TeamRoom(common=True).lets_in(rights, common):
        places.append(None)
    shown = _shown(places)
    mine = _participants(user, shown)
    if outside := [one for one in shown if one.room_id not in mine]:
        for one in outside:
            _enter(one, user, _role(one, rights, common), now)
        # their coming is an entry of the log
        shown = _shown(places)
        mine = _participants(user, shown)
    return [_mine(one, mine[one.room_id], rights, common) for one in shown if one.room_id in mine]


def find(user, rights, code):
    """The Mine of `user` whose room has this code (str). Raises NotFound."""
    if not code.isalnum():
        raise NotFound  # a code has no other signs, and a NUL no database takes
    common = cache(common_teams)
    rows = Participant.objects.present().filter(user=user, room__code=code, room__kind=Room.Kind.TEAM)
    me = rows.select_related("room__team_room__line").first()
    if me is None or not me.room.team_room.lets_in(rights, common):
        raise NotFound
    team_room = me.room.team_room
    return Mine(team_room, me, team_room.lets_announce(rights, common))


def _mine(team_room, me, rights, common):
    if me.role != (role := _role(team_room, rights, common)):
        Participant.objects.filter(pk=me.pk).update(role=role)
    return Mine(team_room, me, team_room.lets_announce(rights, common))


def _shown(places):
    """The TeamRooms of these lines and, for None, the common one, in this order; made where they are missing."""
    found = _among(places)
    if len(found) < len(places):
        for line in places:
            if (line and line.pk) not in found:
                _make(line)
        found = _among(places)
    return [found[line and line.pk] for line in places]


def _among(places):
    lines = [line for line in places if line is not None]
    rows = TeamRoom.objects.filter(Q(line__in=lines) | Q(common=True) if None in places else Q(line__in=lines))
    rows = rows.select_related("room", "line").defer(*(f"line__{name}" for name in TEXTS))
    return {one.line_id: one for one in rows}


def _participants(user, team_rooms):
    rows = Participant.objects.present().filter(user=user, room__in=[one.room_id for one in team_rooms])
    return {one.room_id: one for one in rows}


def _make(line):
    """The room of a line, or the common one for None, unless somebody else has just made it."""
    due = keyring().due_day(timezone.now() + timedelta(days=settings.TEAM_ROOM_DAYS))
    try:
        with transaction.atomic():
            room = Room.objects.create(kind=Room.Kind.TEAM, key_due=due)
            TeamRoom.objects.create(room=room, line=line, common=line is None)
    except IntegrityError:
        return


def _role(team_room, rights, common):
    leads = team_room.lets_announce(rights, common)
    return Participant.Role.COORDINATOR if leads else Participant.Role.VOLUNTEER


def _enter(team_room, user, role, now):
    with transaction.atomic():
        room = rooms.lock(team_room.room_id)
        if Participant.objects.present().filter(room=room, user=user).exists():
            return
        me = rooms.enter(room, user, role, now)
        # What was said before is there to read, and no news.
        Participant.objects.filter(pk=me.pk).update(read_seq=room.head)


def let_go(now):
    """Whoever may no longer be in a room has left it: the others see that, and nothing rings for them there. How many."""
    common = cache(common_teams)
    present = Participant.objects.present().filter(room__kind=Room.Kind.TEAM, user__isnull=False)
    found = list(present.select_related("user", "room__team_room__line")[:BOUND])
    rights = Rights.of_many({one.user for one in found})
    gone = [one for one in found if not one.room.team_room.lets_in(rights[one.user_id], common)]
    return each(gone, _leave, now)


def _leave(participant, now):
    with transaction.atomic():
        rooms.leave(rooms.lock(participant.room_id), participant, now)
    return True
