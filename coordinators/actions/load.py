"""How much a local coordinator carries, and how quickly it answers: what the ranking asks."""

from django.db.models import Case, F, FloatField, Value, When

from coordinators.models import LocalCoordinator
from coordinators.models.trust import hands

# Weight of the newest answer in the running average; about the last seven answers count.
NEWEST = 0.25


def take_place(local_coordinator_id):
    """Count one more open request, unless its limit of open contacts, or that of its trust, is reached; whether it did, bool.

    One conditional UPDATE, so that two acceptances in one instant cannot both pass the limit. Call inside a transaction.
    """
    return bool(
        LocalCoordinator.objects.filter(
            pk=local_coordinator_id, state__in=["active", "paused"], open_requests__lt=hands()
        ).update(open_requests=F("open_requests") + 1)
    )


def free_place(local_coordinator_id):
    """Count one open request less. Call inside a transaction."""
    LocalCoordinator.objects.filter(pk=local_coordinator_id, open_requests__gt=0).update(
        open_requests=F("open_requests") - 1
    )


def note_answer(local_coordinator_id, seconds):
    """Let one answer (or a silence, by its length) of `seconds` flow into the usual time to answer.

    Accepting and declining count alike: an answer is an answer.
    """
    LocalCoordinator.objects.filter(pk=local_coordinator_id).update(
        answer_seconds=Case(
            When(answer_seconds=None, then=Value(float(seconds))),
            default=F("answer_seconds") * (1 - NEWEST) + Value(seconds * NEWEST),
            output_field=FloatField(),
        )
    )
