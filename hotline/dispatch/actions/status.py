"""What became of a request, for whoever has its spoken code; and guesses at such codes, which ring an alarm."""

from django.utils import timezone
from django.utils.translation import gettext_noop

from hotline.dispatch.actions.requests import not_needed
from hotline.dispatch.errors import WordsUnknown
from hotline.dispatch.models import HelpRequest
from hotline.dispatch.standing import standing_of
from hotline.lib.throttle import wait_for
from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.actions.audit import record
from hotline.staff.actions.freeze import refuse_when_frozen
from hotline.staff.permissions import require_somewhere

TAKE = "dispatch.take_request"
EVERYBODY = "everybody"


def look(words, *, actor=None):
    """The Standing of the request with these words (str, as somebody typed them).

    actor: an operator to whom they were said, whatever their team, which is audited; None for the caller's own page.
    Raises WordsUnknown, the same for wrong words and for those of a request that is forgotten; Frozen, NotAllowed, NotFound.
    """
    return standing_of(_found(words, actor, "help_request.asked_after"), timezone.now())


def withdraw(words, *, actor=None):
    """Say for the caller that it is no longer needed; the Standing afterwards. Raises as `look`, and StateChanged."""
    help_request = _found(words, actor)
    not_needed(help_request, actor=actor)
    help_request.refresh_from_db()
    return standing_of(help_request, timezone.now())


def _found(words, actor, action=None):
    refuse_when_frozen()
    if actor is not None:
        require_somewhere(actor, TAKE)
    help_request = HelpRequest.objects.by_spoken_code(words).first()
    if help_request is None:
        note_wrong()
        raise WordsUnknown
    if actor is not None and action:
        record(actor, action, help_request.code)
    return help_request


def note_wrong():
    """Count words that belong to nothing, whoever typed them; unusually many ring an alarm, once an hour."""
    if wait_for("status-wrong", EVERYBODY) and not wait_for("status-alarm", EVERYBODY):
        raise_alarm(
            None,
            "code_guessing",
            text=gettext_noop(
                "Unusually many wrong words are tried where one asks what became of a request. Somebody may be guessing."
            ),
        )
