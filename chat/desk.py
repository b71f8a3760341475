"""What a volunteer's desk shows: their lines with who waits there, and their conversations. Reads alone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q

from chat.actions import conversations, duties, lines, reading, transfers
from chat.models import Conversation, Duty, HelpCall, Line, Participant, Transfer
from hotline.staff.actions.freeze import is_frozen
from hotline.staff.permissions import visible

State = Conversation.State
COLOURS = 8
# Rows of one line's queue that are shown; the figure beside it counts them all.
MOST_SHOWN = 30
# A place raised by an answer lies hours before; whoever was given back stands before everybody.
GIVEN_BACK = timedelta(days=1)
LANGUAGES = dict(settings.LANGUAGES)


@dataclass
class Waiting:
    """One visitor in a queue."""

    code: str
    place: int
    since: datetime
    language: str
    risk: str
    came_back: bool


@dataclass
class LineCard:
    """One line as one volunteer sees it."""

    line: Line
    duty: Duty
    state: str
    may_run: bool
    mine: int = 0
    active: int = 0
    waiting_count: int = 0
    longest: datetime | None = None
    waiting: list = field(default_factory=list)
    # Duties of the colleagues who are at their desks.
    here: list = field(default_factory=list)
    limit: int = 0
    # The kind words for a volunteer who takes it easy here; None without a reason.
    resting: object = None

    @property
    def goes_by_hours(self):
        return self.line.mode == Line.Mode.HOURS

    @property
    def has_hours(self):
        return bool(self.line.hours or self.line.exceptions)

    @property
    def is_at_capacity(self):
        return self.mine >= self.limit

    @property
    def fewer(self):
        """One conversation less at once, or None at the line's bound. The bounds may have moved since it was set."""
        now, line = self.duty.maximum, self.line
        return min(now - 1, line.most_conversations) if now > line.least_conversations else None

    @property
    def more(self):
        """One conversation more at once, or None at the line's bound."""
        now, line = self.duty.maximum, self.line
        return max(now + 1, line.least_conversations) if now < line.most_conversations else None


@dataclass
class Talk:
    """One of the volunteer's own conversations."""

    conversation: Conversation
    alias: str
    colour: int
    visitor: Participant
    me: Participant
    # The Transfer by which it may go, or last did not.
    passing: Transfer | None = None
    # Aliases of those who read along.
    watched: list = field(default_factory=list)
    # Their Participant in the guidance beside it, and the HelpCall that rings or was answered.
    beside: Participant | None = None
    call: HelpCall | None = None
    # The AuditEntry of somebody else's last look at what was written.
    look: object = None

    @property
    def initial(self):
        return self.alias[:1].upper()

    @property
    def is_over(self):
        return self.conversation.state == State.ENDED


def line_cards(user, rights, now):
    """[LineCard] of every line at which `user` (User, with their Rights) works. As many queries for many as for one."""
    mine = duties.of(user)
    shown = visible(rights, Line.objects.select_related("questions"), "chat.talk")
    cards = {
        line.pk: LineCard(line, mine[line.pk], "", rights.can("chat.run_line", line))
        for line in shown.prefetch_related("questions__questions")
        if line.pk in mine
    }
    running = Conversation.objects.active().filter(line__in=cards).order_by().values("line")
    for row in running.annotate(all=Count("pk", filter=Q(practice=False)), own=Count("pk", filter=Q(volunteer=user))):
        cards[row["line"]].active, cards[row["line"]].mine = row["all"], row["own"]
    _add_waiting(cards)
    frozen, here = is_frozen(), duties.here(cards, user, now)
    for card in cards.values():
        card.here, card.limit = here.get(card.line.pk, []), duties.limit(card.duty, card.line, now)
        if card.duty.rests(now) and card.limit < card.duty.maximum:
            card.resting = duties.resting(card.duty, card.line)
        card.state = lines.state(card.line, now, card.waiting_count, frozen)
    return list(cards.values())


def _add_waiting(cards):
    asked = {
        pk: {question.key: question.text() for question in card.line.questions.questions.all()}
        for pk, card in cards.items()
        if card.line.questions
    }
    for one in Conversation.objects.waiting().filter(line__in=cards, practice=False):
        card = cards[one.line_id]
        card.waiting_count += 1
        card.longest = min(card.longest or one.created_at, one.created_at)
        if card.waiting_count > MOST_SHOWN:
            continue
        card.waiting.append(
            Waiting(
                code=one.code,
                place=card.waiting_count,
                since=one.created_at,
                language=LANGUAGES.get(one.language, one.language),
                risk=one.risk and asked.get(one.line_id, {}).get(one.risk, one.risk),
                came_back=one.created_at - one.turn_at > GIVEN_BACK,
            )
        )


def talks_of(user, rights):
    """[Talk]: the conversations on `user`'s desk, in the order in which they took them; each has a colour of its own."""
    on_desk = Q(state=State.ACTIVE) | Q(state=State.ENDED, put_away=False)
    found = (
        visible(rights, Conversation.objects.filter(on_desk, volunteer=user), "chat.talk")
        .select_related("line", "entrance", "room")
        .prefetch_related(
            "room__participants__keys", "room__participants__user", "transfers__to_user", "transfers__to_line", "calls"
        )
        .order_by("taken_at", "pk")
    )
    guided = Participant.objects.present().filter(user=user, room__guidance__conversation__in=[one.pk for one in found])
    beside = {one.room.guidance.conversation_id: one for one in guided.select_related("room__guidance")}
    free, talks = list(range(1, COLOURS + 1)), []
    looks = reading.looks(found)
    for conversation in found:
        wanted = conversation.pk % COLOURS + 1
        colour = wanted if wanted in free or not free else free[0]
        if colour in free:
            free.remove(colour)
        talks.append(_talk(conversation, user, colour, beside.get(conversation.pk)))
        look = looks.get(conversation.code)
        talks[-1].look = look if look and look.actor_id != user.pk else None
    return talks


def _talk(conversation, user, colour, beside):
    people = list(conversation.room.participants.all())
    visitor = next(one for one in people if one.is_visitor)
    me = next(one for one in people if one.user_id == user.pk)
    held_out = [one for one in conversation.transfers.all() if one.by_id == user.pk]
    passing = max(held_out, key=lambda one: one.pk, default=None)
    watched = [one.user.alias for one in people if one.role == Participant.Role.OBSERVER and one.left_at is None]
    call = max(conversation.calls.all(), key=lambda one: one.pk, default=None)
    return Talk(conversation, conversations.alias_of(visitor), colour, visitor, me, passing, watched, beside, call)


def handed_over(user, now):
    """[(Transfer, the visitor's language in words)] that wait for an answer of this volunteer."""
    waiting = transfers.offered_to(user, now)
    return [(one, LANGUAGES.get(one.conversation.language, one.conversation.language)) for one in waiting]


def passed(conversation, transfers, user):
    """What the right column says of the Transfers of a conversation, in their order: {held_out, not_taken, came_by}.

    Each is one of them or None: held out by this user and unanswered; not taken over; the one by which it became theirs.
    """
    last = transfers[-1] if transfers and transfers[-1].by_id == user.pk else None
    came = [one for one in transfers if one.state == Transfer.State.ACCEPTED]
    is_handed_over = conversation.passed_on_at is not None and conversation.passed_on_at == conversation.taken_at
    return {
        "held_out": last if last and last.state == Transfer.State.OFFERED else None,
        "not_taken": last if last and last.state in (Transfer.State.DECLINED, Transfer.State.LAPSED) else None,
        "came_by": came[-1] if came and is_handed_over else None,
    }


def visitor_alias(conversation):
    """The name the visitor goes by, or an empty text."""
    return conversations.alias_of(conversation.room.participants.get(role=Participant.Role.VISITOR))
