"""What the pages of the history show: conversations that have ended at lines that somebody supervises. Reads alone."""

from chat.actions.holds import SUPERVISE
from chat.models import Conversation, Line
from hotline.staff.models import User
from hotline.staff.permissions import visible

# Volunteers to choose among; no house has as many at its lines.
MOST_PEOPLE = 500


def lines(rights):
    """Lines (list) whose history the person of these Rights may look through."""
    return list(visible(rights, Line.objects.filter(has_history=True).order_by("slug"), SUPERVISE))


def past(among):
    """Conversations (QuerySet) that have ended at these Lines, the latest first; without practice."""
    ended = Conversation.objects.filter(state=Conversation.State.ENDED, practice=False, line__in=among)
    return ended.select_related("line", "volunteer").defer("sealed_answers").order_by("-ended_at", "-pk")


def people(among):
    """[alias] of those who had conversations that have ended at these Lines."""
    had = past(among).order_by().values("volunteer")
    return list(User.objects.filter(pk__in=had).order_by("alias").values_list("alias", flat=True)[:MOST_PEOPLE])
