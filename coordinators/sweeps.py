"""What is due in the registry."""

from datetime import timedelta

from django.conf import settings

from coordinators.actions import registrations, tellings, trust, vouching
from coordinators.actions.announcements import send_on
from coordinators.actions.availability import NotPossibleNow, resume
from coordinators.models import Announcement, LinkCode, LocalCoordinator
from hotline.lib.rows import each

# Rows a sweep takes at once; the rest waits for the next round, a few seconds later.
BATCH = 100


def resume_paused(now):
    """End pauses whose time is up; returns how many."""
    due = LocalCoordinator.objects.filter(state=LocalCoordinator.State.PAUSED, paused_until__lte=now)[:BATCH]
    count = 0
    for local_coordinator in due:
        try:
            resume(None, local_coordinator)
            count += 1
        except NotPossibleNow:
            continue
    return count


def erase_registrations(now):
    """Delete registrations whose time is over, and codes to vouch that no longer count; returns how many."""
    return each(registrations.due(now)[:BATCH], registrations.erase) + vouching.drop_old(now)


def remind_of_registrations(now):
    """Ring while registrations wait too long; returns whether it does."""
    return registrations.remind(now)


def raise_levels(now):
    """Give whoever has earned it a higher level of trust; returns how many."""
    return each(trust.may_grow(now)[:BATCH], trust.grow, now)


def remind_of_second_looks(now):
    """Ring for those that are to be looked at a second time; returns how many."""
    return each(trust.to_look_at(now)[:BATCH], trust.remind)


def drop_used_links(now):
    """Delete link codes a day after they were used or ran out; returns how many."""
    return LinkCode.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()[0]


def send_announcements(now):
    """Send on what is announced, by another way where one failed, and forget what was long ago; returns how many."""
    going = Announcement.objects.filter(state=Announcement.State.SENDING).order_by("sent_at")
    old = Announcement.objects.filter(created_at__lte=now - timedelta(days=settings.OUTBOX_DAYS))
    followed = each(tellings.due(now)[:BATCH], tellings.follow, now)
    return each(going, send_on, now) + followed + old.delete()[0]
