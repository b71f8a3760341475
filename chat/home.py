"""What the chat puts on the first page after log-in."""

from django.db.models import Avg, Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import feedback, topics
from chat.actions import team_rooms
from chat.actions.figures import PASSED_ON
from chat.models import Conversation, ConversationFact, Line
from hotline.staff.permissions import rights_of, visible

MOST_ROWS = 5


def works_at_a_line(rights):
    """Whether there is a line at which the person of these Rights talks, bool."""
    return rights.somewhere("chat.talk") and visible(rights, Line.objects.all(), "chat.talk").exists()


def is_at_the_chat_desk(rights):
    """Whether there is anything for the person of these Rights at the chat desk, bool: a line, or the internal chat."""
    return works_at_a_line(rights) or team_rooms.may_meet(rights)


def cards(request):
    """Cards (list of dicts, see hotline.home.waiting): who waits at this person's lines, what feedback they have not read."""
    rights = rights_of(request)
    heard = topics.queues_of(rights)
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
        },
        *_unread_feedback(request.user, rights, heard),
    ]


def _unread_feedback(person, rights, heard):
    found = feedback.unread(person, rights).select_related("by", "volunteer", "line")
    rows = [
        {
            "text": f"{_other(person, one)}, {one.line.title()}",
            "url": reverse("chat:feedback", args=[one.code]),
            "at": one.changed_at,
        }
        for one in found[:MOST_ROWS]
    ]
    if not rows:
        # Whoever waits for none hears of it all the same when it comes: the card of the conversations rings for it.
        return []
    return [
        {
            "title": _("Feedback"),
            "icon": "mail",
            "count": found.count(),
            "tone": "waiting",
            "text": _("Somebody wrote to you about a conversation."),
            "rows": rows,
            "url": reverse("chat:feedback-own"),
            "action": _("To the feedback"),
            "topics": heard,
        }
    ]


def _other(person, one):
    other = one.by if one.volunteer_id == person.pk else one.volunteer
    return other.alias if other else _("somebody who has left")


def todays_figures(request):
    """Today's figures (list of dicts: label, value) of the lines that this person supervises."""
    rights, right = rights_of(request), "chat.supervise_conversations"
    if not rights.somewhere(right):
        return []
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    # What has ended is counted by its facts: the conversation itself may be erased by now.
    ended = visible(rights, ConversationFact.objects.filter(hour__gte=today), right)
    over = ended.aggregate(
        # One that was passed on ends once more, with whoever took over.
        all=Count("pk", filter=~Q(end=PASSED_ON)),
        given_up=Count("pk", filter=Q(taken=False)),
        wait=Avg("wait_minutes", filter=Q(taken=True)),
    )
    running = visible(rights, Conversation.objects.running().filter(practice=False), right)
    now = running.aggregate(
        all=Count("pk"),
        waiting=Count("pk", filter=Q(state=Conversation.State.WAITING)),
        active=Count("pk", filter=Q(state=Conversation.State.ACTIVE)),
    )
    wait = "–" if over["wait"] is None else _("%(minutes)d min") % {"minutes": round(over["wait"])}
    return [
        {"label": _("Conversations"), "value": over["all"] + now["all"]},
        {"label": _("in conversation now"), "value": now["active"]},
        {"label": _("waiting now"), "value": now["waiting"]},
        {"label": _("Average wait"), "value": wait},
        {"label": _("Gave up waiting"), "value": over["given_up"]},
    ]
