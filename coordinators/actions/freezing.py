"""What the registry does when the house is frozen: it is locked by the rights alone; what could link a chat is dead."""

from coordinators.models import LinkCode, VouchCode


def freeze(frozen, now):
    """One round: codes that were given out link nobody and vouch for nobody any more. How many, int. now: aware datetime."""
    links = LinkCode.objects.filter(used_at=None, expires_at__gt=now).delete()[0]
    return links + VouchCode.objects.filter(used_at=None, expires_at__gt=now).delete()[0]
