"""After the end: visitor and volunteer answer what the line asks them, or not, each once."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.actions import care, figures
from chat.models import Conversation, GivenAnswers
from hotline.lib.errors import Refused
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.permissions import require


class NotOnYourDesk(Refused):
    code = "not_on_your_desk"
    message = _("This conversation is no longer on your desk.")


def put_away(actor, conversation, answers, *, hard=False):
    """Take an ended conversation off its volunteer's desk and keep what they answered about it.

    answers: {key: value} that the form of the line's wrap-up has checked; empty when they skip it. hard: that it was a
    hard one for them, which is noted nowhere; see `care`.
    Raises NotOnYourDesk when it is not theirs, still runs, or was put away before; NotAllowed, NotFound.
    """
    require(actor, "chat.talk", conversation)
    with transaction.atomic():
        mine = Conversation.objects.filter(
            pk=conversation.pk, volunteer=actor, state=Conversation.State.ENDED, put_away=False
        )
        if not mine.update(put_away=True):
            raise NotOnYourDesk
        figures.keep_answers(conversation, GivenAnswers.Asked.VOLUNTEER, answers)
        if hard and not conversation.practice:
            care.look_after(conversation, actor.pk, timezone.now())
        ring(topics.queue(conversation.line_id))


def answer_survey(conversation, answers):
    """Keep what the visitor answered about an ended conversation; whether these were the first, bool.

    answers: {key: value} that the form of the line's survey has checked.
    """
    with transaction.atomic():
        first = Conversation.objects.filter(
            pk=conversation.pk, state=Conversation.State.ENDED, survey_given=False
        ).update(survey_given=True)
        if first:
            figures.keep_answers(conversation, GivenAnswers.Asked.VISITOR, answers)
    return bool(first)
