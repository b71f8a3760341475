"""What the registry does when the house is frozen: it is locked by the rights alone; codes are dead, announcements stop."""

from coordinators.actions.announcements import stop_all
from coordinators.models import LinkCode, VouchCode


def freeze(frozen, now):
    """One round: codes that were given out link nobody and vouch for nobody any more, announcements go no further.

    How many, int. now: aware datetime.
    """
    links = LinkCode.objects.filter(used_at=None, expires_at__gt=now).delete()[0]
    return links + VouchCode.objects.filter(used_at=None, expires_at__gt=now).delete()[0] + stop_all()
