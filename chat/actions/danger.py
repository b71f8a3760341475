"""Imminent danger: one press calls whoever guides the line before all else; what is done is kept with its time; asking where
somebody is waits for nobody, a second person is told, and the audit keeps both."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from chat.actions import beside, guidance, rooms
from chat.actions.conversations import Unknown
from chat.actions.live_view import GRACE, NobodyYet
from chat.actions.messages import Ended
from chat.models import Conversation, Danger, DangerStep, Participant
from hotline.lib.errors import Refused
from hotline.lib.languages import localized
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.actions.audit import record
from hotline.staff.permissions import NotAllowed, can, require

Kind = DangerStep.Kind
# Of a checklist, and of the numbers beside it.
MOST = 20
# For a line whose administrators have not written their own.
STEPS = (
    _("Stay in the chat: short, calm sentences, one question at a time."),
    _("Ask what is happening right now, and whether somebody is with them."),
    _("Ask where they are, so that help can come."),
    _("Ring the emergency number with what you know, or have the one who guides you do it."),
    _("Tell the visitor what happens next, and stay until help is there."),
)


class NotInDanger(Refused):
    code = "not_in_danger"
    message = _("No danger is declared here, or it is over.")


class OtherSteps(Refused):
    code = "changed"
    message = _("The checklist was changed meanwhile. Look at it again.")


@dataclass
class Shown:
    """What the desk shows of a danger. steps: [(words, DangerStep or None)]; place, told: DangerStep or None."""

    danger: Danger
    steps: list
    numbers: list
    place: DangerStep | None
    told: DangerStep | None


def checklist(line):
    """Steps (list of str) of a line, in the reader's language."""
    own = [step.strip()[:300] for step in (localized(line.danger_steps) or "").splitlines() if step.strip()]
    return own[:MOST] or [str(step) for step in STEPS]


def numbers(line):
    """Emergency numbers (list of str) of a line, in the reader's language; without any the other numbers that it names."""
    own = [number.strip() for number in (localized(line.danger_numbers) or "").splitlines() if number.strip()]
    return own[:MOST] or [f"{entry['name']}: {entry['address']}" for entry in line.alternatives][:MOST]


def shown(conversation):
    """The Shown of its open danger, None without one. Three queries."""
    danger = conversation.dangers.open().prefetch_related("steps__by").first()
    if danger is None:
        return None
    done = list(danger.steps.all())
    words = {one.text: one for one in done if one.kind == Kind.STEP}
    listed = checklist(conversation.line)
    # What was done stays, whatever the list says by now, or in whatever language it was done.
    steps = [(text, words.get(text)) for text in dict.fromkeys([*listed, *words])]
    other = {one.kind: one for one in done if one.kind != Kind.STEP}
    return Shown(danger, steps, numbers(conversation.line), other.get(Kind.PLACE), other.get(Kind.TOLD))


def declare(actor, conversation):
    """Its volunteer says that there is imminent danger: whoever guides the line is called before all else. Returns the Danger;
    twice is once.

    Raises NotYours, NobodyYet, Ended, Unknown (it is erased), NotAllowed, NotFound.
    """
    require(actor, guidance.TALK, conversation)
    with transaction.atomic():
        conversation = _locked(conversation)
        if conversation.volunteer_id != actor.pk:
            raise guidance.NotYours
        if conversation.practice or not conversation.line.has_danger:
            raise NotAllowed
        danger = conversation.dangers.open().first()
        if danger is None:
            danger = Danger.objects.create(conversation=conversation, by=actor, declared_at=timezone.now())
            record(actor, "conversation.danger_declared", conversation.code)
            guidance.make_ring(actor, conversation)
            raise_alarm(
                conversation.line.team,
                beside.DANGER,
                conversation.code,
                text=gettext_noop("Imminent danger in the conversation %(subject)s. Answer at the chat at once."),
            )
    return danger


def _locked(conversation):
    conversation = rooms.lock_conversation(conversation, Unknown)
    if conversation.state == Conversation.State.ENDED:
        raise Ended
    # An account may be gone a moment before its visitor stands in the queue again.
    if conversation.state == Conversation.State.WAITING or conversation.volunteer_id is None:
        raise NobodyYet
    return conversation


def _open(actor, conversation):
    """(conversation, danger), locked, for its volunteer and whoever supervises its line."""
    require(actor, guidance.TALK, conversation)
    conversation = _locked(conversation)
    if conversation.volunteer_id != actor.pk and not can(actor, guidance.SUPERVISE, conversation):
        raise guidance.NotYours
    danger = conversation.dangers.open().first()
    if danger is None:
        raise NotInDanger
    return conversation, danger


def did(actor, conversation, text):
    """A step of the checklist (its words) is done; the first time counts. Raises NotInDanger, OtherSteps, and as `declare`."""
    with transaction.atomic():
        conversation, danger = _open(actor, conversation)
        if text not in checklist(conversation.line):
            raise OtherSteps
        beside.write_down(danger, Kind.STEP, actor, text)
        ring(topics.queue(conversation.line_id))


def ask_place(actor, conversation):
    """Its volunteer asks the visitor where they are. Nothing holds that up: whoever guides them is told, now or as soon as
    they come. Raises NotInDanger, and as `declare`."""
    with transaction.atomic():
        conversation, danger = _open(actor, conversation)
        if beside.write_down(danger, Kind.PLACE, actor):
            record(actor, "conversation.place_asked", conversation.code)
        second = _beside(actor, conversation)
        if second is not None:
            beside.inform(second, conversation)
        elif not danger.steps.filter(kind=Kind.TOLD).exists():
            guidance.make_ring(actor, conversation)
        ring(topics.queue(conversation.line_id))


def _beside(actor, conversation):
    """Somebody else (User) who guides here and whose page is open now, or None: whoever once came may long be at home."""
    heard = Participant.objects.present().filter(
        room__guidance__conversation=conversation,
        role=Participant.Role.COORDINATOR,
        user__is_active=True,
        seen_at__gt=timezone.now() - GRACE,
    )
    there = [one.user for one in heard.exclude(user=actor).select_related("user")[: guidance.MOST]]
    return next((user for user in there if can(user, guidance.SUPERVISE, conversation)), None)


def is_over(actor, conversation):
    """There is no danger any more, or never was. Raises NotInDanger, and as `declare`."""
    with transaction.atomic():
        conversation, _danger = _open(actor, conversation)
        beside.calm(conversation)
        record(actor, "conversation.danger_over", conversation.code)
        ring(topics.queue(conversation.line_id))
