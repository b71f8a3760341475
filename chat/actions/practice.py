"""Practice: a conversation in which a volunteer plays the visitor too. It is in no queue and in no figure."""

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.actions import conversations, duties, rooms, tokens
from chat.models import Conversation, Participant
from hotline.lib.errors import Refused
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.permissions import require


class NoPractice(Refused):
    code = "no_practice"
    message = _("This line has no code to come back with, and practice needs it.")


def begin(actor, line):
    """Give the volunteer a practice visitor of `line`, open or not. Returns Started: whoever enters its resume code on
    the visitor's page is that visitor.

    Raises NoPractice, duties.Away, duties.AtCapacity, NotAllowed, NotFound.
    """
    require(actor, "chat.talk", line)
    if not line.can_resume:
        raise NoPractice
    now, secret = timezone.now(), secrets.token_bytes(tokens.SECRET_BYTES)
    with transaction.atomic():
        duties.claim(actor, line)
        conversation = Conversation(
            line=line,
            language=actor.language,
            practice=True,
            state=Conversation.State.ACTIVE,
            volunteer=actor,
            taken_at=now,
            turn_at=now,
            created_at=now,
        )
        started = conversations.admit(conversation, secret, tokens.new_visitor_token(), "", {})
        rooms.enter(conversation.room, actor, Participant.Role.VOLUNTEER, now)
        record(actor, "conversation.practice", conversation.code)
        ring(topics.queue(line.pk))
    return started
