"""What hangs on an account here: lines worked at, conversations taken. What was said belongs to the conversation."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models import Conversation, Duty, Participant
from hotline.lib.own import Part


def _duties(person):
    return Duty.objects.filter(user=person).values_list("line__slug", "maximum", "away", "seen_at")


def _conversations(person):
    taken = Conversation.objects.filter(volunteer=person).order_by("-taken_at")
    return taken.values_list("code", "taken_at", "ended_at")


def _rooms(person):
    stood = Participant.objects.filter(user=person).order_by("-seen_at")
    return stood.values_list("room__code", "seen_at", "left_at")


PARTS = [
    Part(
        "lines",
        _("Lines where you work"),
        ("chat.Duty: user",),
        {"line": _("line"), "at_once": _("conversations at once"), "away": _("away"), "last_there": _("last there")},
        _duties,
    ),
    Part(
        "conversations",
        _("Conversations that are yours"),
        ("chat.Conversation: volunteer",),
        {"code": _("code"), "taken": _("taken"), "ended": _("ended at")},
        _conversations,
    ),
    Part(
        "rooms",
        _("Rooms where you wrote or could have written"),
        ("chat.Participant: user",),
        {"code": _("code"), "last_there": _("last there"), "left": pgettext_lazy("when somebody went", "left")},
        _rooms,
    ),
]
