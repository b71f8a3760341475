"""Talking about a hard conversation: offered to its volunteer, asked for or not, answered by somebody who guides the line."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.actions.holds import SUPERVISE
from chat.models import Debrief
from hotline.lib.errors import Refused
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.actions.notices import send
from hotline.staff.permissions import NotAllowed, NotFound, holders, require

State = Debrief.State
# Offers that a desk shows; who has more of them needs a longer talk.
BOUND = 5
# After so long the letter is not sent any more: it would come too late.
LETTER = timedelta(hours=12)


class NoLongerAsked(Refused):
    code = "no_longer_asked"
    message = _("That has settled itself: somebody answered already, or it was taken back.")


def of_volunteer(user):
    """[Debrief] that concern `user`: what is offered to them, what they asked for, and the answers. The newest first."""
    return list(Debrief.objects.filter(by=user).select_related("carer", "line")[:BOUND])


def find(user, code):
    """The Debrief with this code that is offered to `user`. Raises NotFound for everybody else."""
    debrief = Debrief.objects.filter(code=code, by=user).select_related("line").first()
    if debrief is None:
        raise NotFound
    return debrief


def ask(actor, debrief):
    """They want to talk; those who guide the line are told, by whom only there. Raises NoLongerAsked, NotFound."""
    if debrief.by_id != actor.pk:
        raise NotFound
    with transaction.atomic():
        if not Debrief.objects.filter(pk=debrief.pk, state=State.OFFERED).update(state=State.ASKED, at=timezone.now()):
            raise NoLongerAsked
        record(None, "debrief.asked", debrief.code)
        for person in holders(SUPERVISE, debrief.line):
            if person.pk != actor.pk:
                _tell(person, debrief)
        ring(topics.queue(debrief.line_id))


def _tell(person, debrief):
    with translation.override(person.language):
        page = settings.BASE_URL + reverse("admin:chat_debrief_changelist")
        words = gettext("A volunteer of “%(line)s” would like to talk about a conversation.") % {"line": debrief.line}
        ask = gettext("Say there when you have time for them. Nobody else sees it.")
        send(person, gettext("Somebody would like to talk"), [words, ask, page], keep=LETTER)


def decline(actor, debrief):
    """They do not want to, or it is over: nothing of it stays. Raises NotFound."""
    if debrief.by_id != actor.pk:
        raise NotFound
    with transaction.atomic():
        Debrief.objects.filter(pk=debrief.pk).delete()
        ring(topics.queue(debrief.line_id))


def answer(actor, debrief, when):
    """Somebody who guides the line talks with them, and says when (Debrief.When). Raises NoLongerAsked; NotAllowed, also
    for whoever asked; NotFound."""
    require(actor, SUPERVISE, debrief)
    if debrief.by_id == actor.pk:
        raise NotAllowed
    with transaction.atomic():
        asked = Debrief.objects.asked().filter(pk=debrief.pk)
        if not asked.update(state=State.ANSWERED, carer=actor, when=Debrief.When(when), at=timezone.now()):
            raise NoLongerAsked
        record(actor, "debrief.answered", debrief.code)
        ring(topics.queue(debrief.line_id))


def drop_old(now):
    """Delete those whose last move lies too far back at `now` (aware datetime); returns how many."""
    return Debrief.objects.filter(at__lt=now - timedelta(days=settings.DEBRIEF_DAYS)).delete()[0]
