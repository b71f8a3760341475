"""A volunteer who takes it easy after a hard conversation: somebody who guides the line may say that it is enough."""

from django.db import transaction
from django.utils import timezone

from chat.actions.holds import SUPERVISE, Changed
from chat.models import Duty
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.permissions import require


def lift(actor, duty):
    """Somebody who supervises the line lets a volunteer take as many as they set again. Raises Changed, NotAllowed,
    NotFound."""
    require(actor, SUPERVISE, duty)
    with transaction.atomic():
        if not Duty.objects.filter(pk=duty.pk, rest_until__gt=timezone.now()).update(rest_until=None):
            raise Changed
        record(actor, "duty.rest_lifted", duty.user.alias, line=duty.line.slug)
        ring(topics.queue(duty.line_id))
