"""Keeping an abusive visitor out for a time, without storing who: keyed marks of networks, in the cache alone."""

from contextlib import suppress

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from hotline.lib.errors import Refused

# The key behind a network's mark lives as long; afterwards nobody could be recognised anyway.
SECONDS = 3600


class Excluded(Refused):
    code = "closed"
    message = _("This chat is not open for you at the moment.")


def remember(conversation, network):
    """Keep the mark of the network from which this conversation was begun, for an hour."""
    _remember(conversation.line, conversation.code, network)


def exclude(conversation):
    """Keep whoever is behind this conversation out of its lines for an hour; whether anything was known, bool."""
    lines = {conversation.line_id, conversation.entrance_id}
    return _exclude(conversation.line, conversation.code, lines)


def refuse(line, network):
    """Raises Excluded when somebody of this network was excluded from the line."""
    _refuse(line, line.pk, network)


def remember_member(group, participant, network):
    """As `remember`, for a visitor's Participant in a Group; again whenever they ask how it stands, since groups last and
    whoever carries a phone about changes networks."""
    _remember(group.line, participant.code, network)


def exclude_member(group, participant):
    """Keep whoever is behind this Participant out of the Group for an hour; whether anything was known, bool."""
    return _exclude(group.line, participant.code, {f"group:{group.pk}"})


def refuse_member(group, network):
    """Raises Excluded when somebody of this network was removed from the Group."""
    _refuse(group.line, f"group:{group.pk}", network)


def _remember(line, code, network):
    if network and line.can_exclude:
        with suppress(RedisError):  # while the cache is away nobody is turned away for it
            cache.set(f"chat:network:{code}", network, SECONDS)


def _exclude(line, code, places):
    network = cache.get(f"chat:network:{code}")
    if network is None or not line.can_exclude:
        return False
    for place in places:
        cache.set(f"chat:excluded:{place}:{network}", True, SECONDS)
    return True


def _refuse(line, place, network):
    if line.can_exclude and network and cache.get(f"chat:excluded:{place}:{network}"):
        raise Excluded
