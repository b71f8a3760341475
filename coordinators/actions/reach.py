"""By which way a local coordinator is reached now."""

from django.utils import timezone

from coordinators.models import Endpoint
from hotline.lib.fields import readable
from hotline.staff.actions import channels

# More ways nobody has.
MOST = 20


def first_way(local_coordinator_id, tried=()):
    """The first endpoint in the coordinator's order that messages may go to, or None. One that fails, or whose whole channel
    is away, is taken only where there is no other.

    tried: addresses (list of str) at which it failed already.
    """
    ready = Endpoint.objects.ready().filter(local_coordinator=local_coordinator_id)[:MOST]
    left = [one for one in ready if readable(one, "address") and one.address not in tried]
    if len(left) < 2:
        return next(iter(left), None)
    now, away = timezone.now(), channels.away()
    return min(left, key=lambda endpoint: endpoint.fails(now) or endpoint.channel in away)
