"""Count calls that turned out to be no help request: by kind and hour, nothing else."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from hotline.dispatch.models import Tally
from hotline.staff.permissions import require


def count(actor, team, kind):
    """Count one call of `kind` (Tally.Kind) for `team`. Raises NotAllowed, NotFound, ValueError for an unknown kind."""
    require(actor, "dispatch.take_request", team)
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    with transaction.atomic():
        Tally.objects.get_or_create(team=team, kind=Tally.Kind(kind), hour=hour)
        Tally.objects.filter(team=team, kind=kind, hour=hour).update(count=F("count") + 1)
