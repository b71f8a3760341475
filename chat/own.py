"""What hangs on an account here: lines worked at, conversations taken, own words in the internal chat. What was said to a
visitor belongs to the conversation."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.actions import log
from chat.models import (
    Conversation,
    Danger,
    Debrief,
    Duty,
    Event,
    Feedback,
    Flag,
    Group,
    GroupMember,
    Guidance,
    HelpCall,
    Participant,
    Room,
    StandardMessage,
    Transfer,
)
from hotline.lib.own import Part

# Messages that one person may have in the internal chat; its time bounds them long before.
MOST_SAID = 5000


def _duties(person):
    return Duty.objects.filter(user=person).values_list(
        "line__slug", "maximum", "away", "away_word", "rest_until", "seen_at"
    )


def _debriefs(person):
    rows = (Debrief.objects.filter(by=person) | Debrief.objects.filter(carer=person)).order_by("-at")
    return rows.values_list("line__slug", "state", "when", "at")


def _conversations(person):
    taken = Conversation.objects.filter(volunteer=person).order_by("-taken_at")
    return taken.values_list("code", "taken_at", "ended_at")


def _transfers(person):
    rows = (Transfer.objects.filter(by=person) | Transfer.objects.filter(to_user=person)).order_by("-offered_at")
    return rows.values_list("conversation__code", "offered_at", "state")


def _flags(person):
    rows = (Flag.objects.filter(by=person) | Flag.objects.filter(carer=person)).order_by("-created_at")
    return rows.values_list("conversation__code", "created_at", "state")


def _groups(person):
    named = Group.objects.filter(moderators=person).order_by("-pk")
    asked = GroupMember.objects.filter(asked_by=person).order_by("-pk")
    return [*named.values_list("code", "state"), *asked.values_list("group__code", "group__state")]


def _guidance(person):
    rows = Guidance.objects.filter(volunteer=person).order_by("-begun_at")
    return rows.values_list("conversation__code", "begun_at")


def _calls(person):
    rows = (HelpCall.objects.filter(by=person) | HelpCall.objects.filter(answerer=person)).order_by("-called_at")
    return rows.values_list("conversation__code", "called_at", "state")


def _feedback_given(person):
    # What was said to them, and what they answered; never the messages that it quotes, which are a visitor's.
    rows = Feedback.objects.filter(volunteer=person).select_related("line").prefetch_related("answers")
    return [
        (
            one.line.slug,
            one.created_at,
            list((one.words or {}).values()),
            [one.read("sealed_body", said.sealed_body) for said in one.answers.all() if said.from_volunteer],
        )
        for one in rows.order_by("-pk")
    ]


def _feedback_written(person):
    # What they wrote is about somebody else.
    return Feedback.objects.filter(by=person).order_by("-pk").values_list("code", "line__slug", "created_at")


def _dangers(person):
    rows = Danger.objects.filter(by=person) | Danger.objects.filter(steps__by=person)
    return rows.distinct().order_by("-declared_at").values_list("conversation__code", "declared_at")


def _rooms(person):
    stood = Participant.objects.filter(user=person).order_by("-seen_at")
    return stood.values_list("room__code", "seen_at", "left_at")


def _standard_messages(person):
    rows = StandardMessage.objects.own(person).order_by("-pk")
    return [(one.short_code, list(one.texts.values()), one.used) for one in rows]


def _suggestions(person):
    rows = StandardMessage.objects.filter(suggested_by=person).select_related("line").order_by("-pk")
    return [(one.short_code, one.line.slug, one.state, one.answer) for one in rows]


def _team_messages(person):
    said = Event.objects.filter(room__kind=Room.Kind.TEAM, author__user=person, sealed_body__isnull=False)
    rows = said.select_related("room", "author", "key").order_by("-at", "-pk")[:MOST_SAID]
    return [(one.room.code, one.at, log.said(one.room, one)) for one in rows]


PARTS = [
    Part(
        "lines",
        _("Lines where you work"),
        ("chat.Duty: user",),
        {
            "line": _("line"),
            "at_once": _("conversations at once"),
            "away": _("away"),
            "why": _("why away"),
            "easy_until": _("takes it easy until"),
            "last_there": _("last there"),
        },
        _duties,
        {"why": lambda word: Duty.Word(word).label if word else ""},
    ),
    Part(
        "debriefs",
        _("Talks after hard conversations that you were offered or promised"),
        ("chat.Debrief: by", "chat.Debrief: carer"),
        {"line": _("line"), "state": _("state"), "when": _("when"), "since": _("since")},
        _debriefs,
        {
            "state": lambda state: Debrief.State(state).label,
            "when": lambda when: Debrief.When(when).label if when else "",
        },
    ),
    Part(
        "conversations",
        _("Conversations that are yours"),
        ("chat.Conversation: volunteer",),
        {"code": _("code"), "taken": _("taken"), "ended": _("ended at")},
        _conversations,
    ),
    Part(
        "transfers",
        _("Conversations that you passed on, or that were held out to you"),
        ("chat.Transfer: by", "chat.Transfer: to_user"),
        {"code": _("code"), "offered": _("offered"), "state": _("state")},
        _transfers,
    ),
    Part(
        "flags",
        _("Flags that you set or take care of"),
        ("chat.Flag: by", "chat.Flag: carer"),
        {"code": _("code"), "set": _("set at"), "state": _("state")},
        _flags,
    ),
    Part(
        "groups",
        _("Groups that you moderate, or where you ask somebody into a conversation"),
        ("chat.Group_moderators: user", "chat.GroupMember: asked_by"),
        {"code": _("code"), "state": _("state")},
        _groups,
        {"state": lambda state: Group.State(state).label},
    ),
    Part(
        "guidance",
        _("Conversations beside which you were guided"),
        ("chat.Guidance: volunteer",),
        {"code": _("code"), "begun": _("begun at")},
        _guidance,
    ),
    Part(
        "calls_for_help",
        _("Calls for help that you made or answered"),
        ("chat.HelpCall: by", "chat.HelpCall: answerer"),
        {"code": _("code"), "called": _("called at"), "state": _("state")},
        _calls,
    ),
    Part(
        "feedback",
        _("Feedback that you were given"),
        ("chat.Feedback: volunteer",),
        {"line": _("line"), "written": _("written"), "texts": _("text"), "answers": _("your answers")},
        _feedback_given,
    ),
    Part(
        "feedback_written",
        _("Feedback that you wrote"),
        ("chat.Feedback: by",),
        {"code": _("code"), "line": _("line"), "written": _("written")},
        _feedback_written,
    ),
    Part(
        "dangers",
        _("Imminent dangers that you declared, or in which you did something"),
        ("chat.Danger: by", "chat.DangerStep: by"),
        {"code": _("code"), "declared": _("declared at")},
        _dangers,
    ),
    Part(
        "rooms",
        _("Rooms where you wrote or could have written"),
        ("chat.Participant: user",),
        {"code": _("code"), "last_there": _("last there"), "left": pgettext_lazy("when somebody went", "left")},
        _rooms,
    ),
    Part(
        "team_messages",
        _("What you wrote in the internal chat"),
        (),
        {"code": _("code"), "at": pgettext_lazy("when something was written", "at"), "text": _("text")},
        _team_messages,
    ),
    Part(
        "standard_messages",
        _("Your own standard messages"),
        ("chat.StandardMessage: person",),
        {"short_code": _("short code"), "texts": _("text"), "used": _("how often used")},
        _standard_messages,
    ),
    Part(
        "suggested_messages",
        _("Standard messages that you suggested"),
        ("chat.StandardMessage: suggested_by",),
        {"short_code": _("short code"), "line": _("line"), "state": _("state"), "answer": _("what was said to it")},
        _suggestions,
        {"state": lambda state: StandardMessage.State(state).label},
    ),
]
