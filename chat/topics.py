"""Which rings of the doorbell a member of staff hears of the chat."""

from chat.models import Line
from hotline.live import topics
from hotline.staff.permissions import visible


def of_user(user):
    """Topic names (list of str) for the chat desk of `user` (User or Rights): the queues of their lines."""
    lines = visible(user, Line.objects.order_by("pk"), "chat.talk")
    return [topics.queue(pk) for pk in lines.values_list("pk", flat=True)]
