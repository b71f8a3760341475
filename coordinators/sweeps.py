"""What is due in the registry."""

from datetime import timedelta

from coordinators.actions.availability import NotPossibleNow, resume
from coordinators.models import LinkCode, LocalCoordinator


def resume_paused(now):
    """End pauses whose time is up; returns how many."""
    due = LocalCoordinator.objects.filter(state=LocalCoordinator.State.PAUSED, paused_until__lte=now)[:100]
    count = 0
    for local_coordinator in due:
        try:
            resume(None, local_coordinator)
            count += 1
        except NotPossibleNow:
            continue
    return count


def drop_used_links(now):
    """Delete link codes a day after they were used or ran out; returns how many."""
    return LinkCode.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()[0]
