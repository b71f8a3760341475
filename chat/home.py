"""What the chat puts on the first page after log-in."""

from django.urls import reverse
from django.utils.translation import gettext as _

from chat import topics
from chat.models import Conversation, Line
from hotline.staff.permissions import rights_of, visible

MOST_ROWS = 5


def works_at_a_line(rights):
    """Whether there is a line at which the person of these Rights talks, bool."""
    return rights.somewhere("chat.talk") and visible(rights, Line.objects.all(), "chat.talk").exists()


def cards(request):
    """Cards (list of dicts, see hotline.home.waiting): who waits at the lines of this person."""
    rights = rights_of(request)
    heard = topics.of_user(rights)
    if not heard:
        return []
    waiting = visible(rights, Conversation.objects.waiting().filter(practice=False), "chat.talk").select_related("line")
    number = waiting.count()
    rows = [{"text": one.line.title(), "at": one.created_at} for one in waiting[:MOST_ROWS]]
    return [
        {
            "title": _("Conversations"),
            "icon": "chat",
            "count": number or None,
            "tone": "waiting" if number else "",
            "text": _("Visitors wait for somebody to talk with.") if number else _("Nobody waits at the moment."),
            "rows": rows,
            "url": reverse("chat:desk"),
            "action": _("To the conversations"),
            "topics": heard,
        }
    ]
