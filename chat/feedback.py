"""What the pages of feedback show: one's own, what is unread, and conversations that one may write about. Reads alone."""

from dataclasses import dataclass

from django.utils.dateparse import parse_datetime

from chat.actions.feedback import TALK
from chat.actions.holds import SUPERVISE
from chat.models import Conversation, Feedback
from hotline.staff.permissions import visible

# Of one kind, the newest.
MOST_SHOWN = 100


@dataclass
class Row:
    """One feedback in the list of whoever wrote it or was given it."""

    feedback: Feedback
    other: str
    is_unread: bool


@dataclass
class Word:
    """One answer as it is read."""

    body: str | None
    at: object
    is_mine: bool
    is_read: bool


def given(person, rights):
    """[Row] of what was said to `person` (User, with their Rights), the newest first."""
    rows = visible(rights, Feedback.objects.filter(volunteer=person), TALK).select_related("by", "line")
    shown = rows[:MOST_SHOWN]
    return [Row(one, one.by.alias if one.by else "", one.read_by_volunteer < one.head) for one in shown]


def written(person, rights):
    """[Row] of what `person` (User, with their Rights) wrote, the newest first."""
    rows = visible(rights, Feedback.objects.filter(by=person), SUPERVISE).select_related("volunteer", "line")
    return [Row(one, one.volunteer.alias, one.read_by_writer < one.head) for one in rows[:MOST_SHOWN]]


def unread(person, rights):
    """The Feedback (QuerySet) in which something stands that `person` has not read."""
    mine = Feedback.objects.unread(person)
    to_them = visible(rights, mine.filter(volunteer=person), TALK)
    return to_them | visible(rights, mine.filter(by=person), SUPERVISE)


def open_to(person, rights):
    """Conversations (QuerySet) of colleagues that `person` may write about, the newest first."""
    taken = Conversation.objects.filter(taken_at__isnull=False, line__has_feedback=True).exclude(volunteer=person)
    shown = visible(rights, taken.exclude(volunteer=None), SUPERVISE)
    return shown.select_related("line", "volunteer").defer("sealed_answers").order_by("-taken_at", "-pk")


def thread(person, feedback):
    """What stands in a Feedback for one of the two: {parts: [(title, text)], quotes, answers: [Word], is_gone, is_mine, …}."""
    is_mine, words = feedback.by_id == person.pk, feedback.words
    theirs = feedback.read_by_volunteer if is_mine else feedback.read_by_writer
    quotes = [one | {"at": parse_datetime(one["at"])} for one in feedback.quotes or []]
    return {
        "is_mine": is_mine,
        "is_gone": words is None,
        "parts": [(title, words[part]) for part, title in Feedback.PARTS.items() if part in (words or {})],
        "quotes": quotes,
        "quotes_gone": bool(feedback.quoted) and not quotes and words is not None,
        "is_read": theirs >= 1,
        "answers": [
            Word(
                body=feedback.read("sealed_body", one.sealed_body),
                at=one.at,
                is_mine=one.from_volunteer != is_mine,
                is_read=theirs >= one.number,
            )
            for one in feedback.answers.all()
        ],
    }
