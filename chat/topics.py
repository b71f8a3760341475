"""Which rings of the doorbell a member of staff hears of the chat."""

from chat.models import Line
from hotline.live import topics
from hotline.staff.permissions import Rights, visible

TALK, SUPERVISE = "chat.talk", "chat.supervise_conversations"


def queues_of(user):
    """Topic names (list of str) of the queues at whose lines `user` (User or Rights) works."""
    lines = visible(user, Line.objects.order_by("pk"), TALK)
    return [topics.queue(pk) for pk in lines.values_list("pk", flat=True)]


def of_user(user):
    """Topic names (list of str) for the chat desk of `user` (User or Rights): their queues, and the internal chat."""
    rights = Rights.of(user)
    if not rights.somewhere(TALK):
        return []
    seen = [topics.sightings()] if rights.somewhere(SUPERVISE) else []
    return [*queues_of(rights), topics.team_rooms(), *seen]


def supervised_queues(user):
    """Topic names (list of str) of the queues of the lines that `user` (User or Rights) supervises."""
    lines = visible(user, Line.objects.order_by("pk"), SUPERVISE)
    return [topics.queue(pk) for pk in lines.values_list("pk", flat=True)]


def of_groups(user):
    """Topic names (list of str) for the pages of groups of `user` (User or Rights)."""
    lines = visible(user, Line.objects.order_by("pk"), TALK)
    return [topics.groups(pk) for pk in lines.values_list("pk", flat=True)]
