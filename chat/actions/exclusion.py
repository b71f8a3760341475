"""Keeping an abusive visitor out for a time, without storing who: keyed marks of networks, in the cache alone."""

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from hotline.lib.errors import Refused

# The key behind a network's mark lives as long; afterwards nobody could be recognised anyway.
SECONDS = 3600


class Excluded(Refused):
    code = "closed"
    message = _("This chat is not open for you at the moment.")


def remember(conversation, network):
    """Keep the mark of the network from which this conversation was begun, for an hour."""
    if network and conversation.line.can_exclude:
        cache.set(f"chat:network:{conversation.code}", network, SECONDS)


def exclude(conversation):
    """Keep whoever is behind this conversation out of its lines for an hour; whether anything was known, bool."""
    network = cache.get(f"chat:network:{conversation.code}")
    if network is None or not conversation.line.can_exclude:
        return False
    for line in {conversation.line_id, conversation.entrance_id}:
        cache.set(f"chat:excluded:{line}:{network}", True, SECONDS)
    return True


def refuse(line, network):
    """Raises Excluded when somebody of this network was excluded from the line."""
    if line.can_exclude and network and cache.get(f"chat:excluded:{line.pk}:{network}"):
        raise Excluded
