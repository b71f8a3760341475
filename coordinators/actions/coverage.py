"""A local coordinator gives up a part of what it covers, by its own word."""

from django.db import transaction

from coordinators.models import Coverage
from hotline.staff.actions.audit import record


def ask_once(coverage, now):
    """Note that somebody is asked whether this entry still holds; whether nobody was asked before, bool. Each is asked about
    once. now: aware datetime. Call inside a transaction."""
    return Coverage.objects.filter(pk=coverage.pk, asked_at=None).update(asked_at=now) == 1


def give_up(coverage, *, actor=None, **said):
    """Take an entry out of the coverage, as whoever may speak for its coordinator has said.

    The caller checks that they may. actor: an account, or None for a linked person, whom `said` names for the audit.
    """
    with transaction.atomic():
        record(
            actor,
            "coverage.given_up",
            coverage.local_coordinator.code,
            category=coverage.category.slug,
            place=coverage.place.code,
            **said,
        )
        coverage.delete()
