"""Feedback on a conversation: between whoever guides its line and one of its volunteers, and never before anybody else."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from chat.actions import reading, rooms
from chat.actions.conversations import Unknown, alias_of
from chat.actions.holds import SUPERVISE, Changed
from chat.models import Feedback, FeedbackAnswer, Participant
from hotline.lib.errors import Refused
from hotline.lib.keyring import KeyGone
from hotline.lib.rows import each
from hotline.lib.scrub import scrub
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.permissions import NotAllowed, NotFound, Rights, can, require

TALK = "chat.talk"
# Characters of one box, and of one answer.
LIMIT = 2000
MOST_QUOTES = 20
# About one conversation, and words in one feedback.
MOST = 10
MOST_ANSWERS = 60
BOUND = 500
TABLES = [model._meta.db_table for model in (Feedback, FeedbackAnswer)]


class WordsMissing(Refused):
    code = "words_missing"
    message = _("Write something first.")


class TooLong(Refused):
    code = "too_long"
    message = _("That is too long: %(limit)s characters at most.")


class TooMany(Refused):
    code = "too_many"
    message = _("There is as much feedback about this conversation as fits.")


class TooManyAnswers(Refused):
    code = "too_many"
    message = _("You two have written as much here as fits. Speak with each other.")


class TooManyQuotes(Refused):
    code = "too_many"
    message = _("Choose fewer messages: %(most)s at most.")


class NobodyToTell(Refused):
    code = "nobody_there"
    message = _("Choose a volunteer who had this conversation and still works at its line.")


class NotTheirs(Refused):
    code = "not_theirs"
    message = _("Some of the chosen messages are gone, or the volunteer never read them. Choose again.")


class Gone(Refused):
    code = "gone"
    message = _("This can no longer be read: its key is gone. Nothing can be added to it.")


@dataclass(frozen=True)
class Recipient:
    """A volunteer who had a conversation: their Participant there."""

    seat: Participant

    @property
    def person(self):
        return self.seat.user

    def has_read(self, event):
        """Whether they could read this event (as `log.read` gives it) while they had the conversation."""
        left = self.seat.left_at
        return event["seq"] >= self.seat.first_seq and (left is None or parse_datetime(event["at"]) <= left)


def recipients(actor, conversation):
    """[Recipient]: the volunteers of a conversation to whom `actor` may write about it, the last one first."""
    seats = Participant.objects.filter(
        room=conversation.room_id, role=Participant.Role.VOLUNTEER, user__is_active=True
    ).exclude(user=actor)
    found = list(seats.select_related("user").order_by("-seen_at", "-pk"))
    rights = Rights.of_many(one.user for one in found)
    there = [Recipient(one) for one in found if rights[one.user_id].can(TALK, conversation)]
    return sorted(there, key=lambda one: one.person.pk != conversation.volunteer_id)


def require_writer(actor, conversation):
    """Returns when `actor` may write feedback about this conversation. Raises NotAllowed, NotFound."""
    require(actor, SUPERVISE, conversation)
    if not conversation.line.has_feedback:
        raise NotAllowed


def write(actor, conversation, seat, words, quotes=(), *, form_id):
    """Tell a volunteer something about a conversation that runs or has ended. Returns the Feedback; the same form twice is one.

    seat: code of the volunteer's Participant. words: {part: text}, parts of Feedback.PARTS. quotes: seqs of the messages that
    are copied into it. form_id: a uuid of the form's own.
    Raises WordsMissing, TooLong, TooMany, TooManyQuotes, NobodyToTell, NotTheirs, Unknown (the conversation is erased),
    NotAllowed, NotFound.
    """
    require_writer(actor, conversation)
    words = {part: _clean(words.get(part, "")) for part in Feedback.PARTS if words.get(part, "").strip()}
    if not words:
        raise WordsMissing
    if len(set(quotes)) > MOST_QUOTES:
        raise TooManyQuotes(most=MOST_QUOTES)
    try:
        with transaction.atomic():
            conversation = rooms.lock_conversation(conversation, Unknown)
            if again := Feedback.objects.filter(form_id=form_id, by=actor).first():
                return again
            if conversation.feedback.count() >= MOST:
                raise TooMany
            to = next((one for one in recipients(actor, conversation) if one.seat.code == seat), None)
            if to is None:
                raise NobodyToTell
            return _write(actor, conversation, to, words, _copied(conversation, to, set(quotes)), form_id)
    except IntegrityError:
        raise Changed from None


def _write(actor, conversation, to, words, quotes, form_id):
    now = timezone.now()
    made = Feedback(
        line=conversation.line,
        conversation=conversation,
        by=actor,
        volunteer=to.person,
        form_id=form_id,
        quoted=len(quotes),
        created_at=now,
        changed_at=now,
    )
    key = made.make_key(now + timedelta(days=settings.FEEDBACK_DAYS))
    made.sealed_words = made.seal("sealed_words", words, key)
    if quotes:
        made.sealed_quotes = made.seal("sealed_quotes", quotes, key)
    made.save()
    record(actor, "feedback.written", made.code, conversation=conversation.code, quotes=len(quotes))
    _ring(made)
    return made


def _copied(conversation, to, wanted):
    if not wanted:
        return []
    found = reading.messages(conversation.room, conversation.history_from, conversation.room.head)
    copied = [
        {"who": str(author.role), "alias": alias_of(author), "at": event["at"], "body": event["body"]}
        for author, event in found
        if event["seq"] in wanted and "body" in event and to.has_read(event)
    ]
    if len(copied) != len(wanted):
        raise NotTheirs
    return copied


def _clean(text):
    text = text.strip()
    if not text:
        raise WordsMissing
    if len(text) > LIMIT:
        raise TooLong(limit=LIMIT)
    return text


def find(person, code):
    """The Feedback with this code that `person` (User) wrote or was given, and may still read. Raises NotFound for
    everybody else, colleagues included: that there is one is theirs alone."""
    found = Feedback.objects.of(person).select_related("line", "by", "volunteer").filter(code=code).first()
    if found is None or not can(person, TALK if found.volunteer_id == person.pk else SUPERVISE, found):
        raise NotFound
    return found


def note_read(person, feedback):
    """`person` has read all that stands in it now."""
    side = _side(person, feedback)
    behind = Feedback.objects.filter(pk=feedback.pk, **{f"{side}__lt": feedback.head})
    with transaction.atomic():
        if behind.update(**{side: feedback.head}):
            record(person, "feedback.read", feedback.code)
            _ring(feedback)


def answer(actor, feedback, body, seen):
    """Say something back, in the feedback that `actor` wrote or was given. Returns the FeedbackAnswer; the same again is one.

    body: str, at most 2,000 characters. seen: number of the last word that they had read (int).
    Raises WordsMissing, TooLong, TooManyAnswers, Changed (something came meanwhile), Gone, NotAllowed, NotFound.
    """
    feedback = find(actor, feedback.code)
    body, from_volunteer = _clean(body), feedback.volunteer_id == actor.pk
    if not feedback.line.has_feedback or feedback.by_id is None:
        raise NotAllowed
    if seen > MOST_ANSWERS:
        raise TooManyAnswers
    try:
        sealed = feedback.seal("sealed_body", body, feedback.open_key())
    except KeyGone:
        raise Gone from None
    now = timezone.now()
    with transaction.atomic():
        as_seen = Feedback.objects.filter(pk=feedback.pk, head=seen)
        if not as_seen.update(head=F("head") + 1, changed_at=now, **{_side(actor, feedback): seen + 1}):
            said = feedback.answers.filter(number=seen + 1, from_volunteer=from_volunteer).first()
            if said is not None and feedback.read("sealed_body", said.sealed_body) == body:
                return said
            raise Changed
        made = FeedbackAnswer.objects.create(
            feedback=feedback, number=seen + 1, from_volunteer=from_volunteer, sealed_body=sealed, at=now
        )
        record(actor, "feedback.answered", feedback.code)
        _ring(feedback)
    return made


def erase_due(now):
    """Delete feedback whose time is up at `now` (aware datetime), with all answers; returns how many."""
    erased = each(Feedback.objects.filter(erase_at__lte=now).order_by("pk")[:BOUND], _erase)
    if erased:
        transaction.on_commit(partial(scrub, *TABLES))
    return erased


def _erase(feedback):
    with transaction.atomic():
        if not Feedback.objects.filter(pk=feedback.pk).delete()[0]:
            return False
        record(None, "feedback.erased", feedback.code)
        _ring(feedback)
    return True


def _side(person, feedback):
    return "read_by_volunteer" if feedback.volunteer_id == person.pk else "read_by_writer"


def _ring(feedback):
    ring(topics.queue(feedback.line_id))
