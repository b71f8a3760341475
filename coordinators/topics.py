"""Topics of the doorbell that somebody may hear who keeps the registry."""

from coordinators.actions.trust import MANAGE
from hotline.live import topics
from hotline.staff.permissions import Rights


def of_user(user):
    """Topic names (list of str) for `user` (User or Rights)."""
    return [topics.registrations()] if Rights.of(user).can(MANAGE) else []
