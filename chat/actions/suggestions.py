"""Suggestions: a volunteer lays a message of their own before those who supervise a line, and they answer."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from chat.actions.standard_messages import TALK, Owner, State, move, require_keeper, require_own
from chat.models import StandardMessage
from hotline.lib.errors import Refused
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.permissions import NotAllowed, require

# Of one volunteer for one line, that nobody has answered yet.
MOST_SUGGESTED = 10


class TooManySuggested(Refused):
    code = "too_many_suggested"
    message = _("%(most)s of your suggestions wait for an answer. Wait until somebody has looked at them.")


class AlreadySuggested(Refused):
    code = "already_suggested"
    message = _("You have suggested this already; it waits for an answer.")


class WordsMissing(Refused):
    code = "words_missing"
    message = _("Say in a few kind words why; whoever suggested it reads them.")


def suggest(actor, message, line):
    """Lay a copy of one's own message before those who supervise `line` (Line). Returns the suggestion.

    Raises AlreadySuggested, TooManySuggested, NotAllowed (also where the line has no standard messages), NotFound.
    """
    require_own(actor, message)
    require(actor, TALK, line)
    if not line.has_standard_messages:
        raise NotAllowed
    made = StandardMessage(
        owner=Owner.LINE,
        line=line,
        short_code=message.short_code,
        texts=message.texts,
        state=State.SUGGESTED,
        suggested_by=actor,
    )
    try:
        with transaction.atomic():
            open_ones = StandardMessage.objects.filter(line=line, suggested_by=actor, state=State.SUGGESTED)
            if open_ones.count() >= MOST_SUGGESTED:
                raise TooManySuggested(most=MOST_SUGGESTED)
            made.save()
            record(actor, "standard_message.suggested", made.code, line=line.slug)
            ring(topics.queue(line.pk))
    except IntegrityError:
        raise AlreadySuggested from None
    return made


def accept(actor, message, words=""):
    """Take a suggestion into use; words (str, at most 300 characters) are read by whoever suggested it.

    Raises CodeTaken, TooMany, Changed (somebody was quicker), NotAllowed, NotFound.
    """
    require_keeper(actor, message)
    with transaction.atomic():
        move(message, State.SUGGESTED, State.IN_USE, answer=words.strip())
        record(actor, "standard_message.accepted", message.code, line=message.line.slug)
        ring(topics.queue(message.line_id))


def set_aside(actor, message, words):
    """Decline a suggestion, with words (str, at most 300 characters) for whoever made it.

    Raises WordsMissing, Changed (somebody was quicker), NotAllowed, NotFound.
    """
    require_keeper(actor, message)
    if not words.strip():
        raise WordsMissing
    with transaction.atomic():
        move(message, State.SUGGESTED, State.PUT_ASIDE, answer=words.strip())
        record(actor, "standard_message.set_aside", message.code, line=message.line.slug)
        ring(topics.queue(message.line_id))
