"""Texts that are no command: the free words of a question."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from coordinators.telegram.replies import endpoints_of, person_of
from hotline.dispatch import notices
from hotline.dispatch.actions import questions
from hotline.dispatch.models import Offer, OfferQuestion
from hotline.dispatch.voice import Voice
from hotline.lib.errors import Refused
from hotline.outbox.replies import language_of, reply


def written(update):
    """Take the words as the question that was asked for in this chat last; else say what the bot understands."""
    for endpoint in endpoints_of(update):
        with override(endpoint.language):
            offer = _asked_about(update, endpoint)
            if offer is None:
                continue
            person = person_of(update, endpoint)
            if person is None:
                return
            try:
                with transaction.atomic():
                    questions.ask(
                        Voice(Offer.Way.TELEGRAM, endpoint=person),
                        offer,
                        OfferQuestion.Ready.OTHER,
                        update.message.text,
                    )
                    reply(update, _("Asked. The answer comes here."))
            except Refused as refused:
                reply(update, str(refused))
            return
    if update.effective_chat.type == "private":
        found = endpoints_of(update)
        with override(found[0].language if found else language_of(update)):
            reply(update, _("I do not know this. /help tells what I understand."))


def _asked_about(update, endpoint):
    """The offer whose question was asked for in this chat, or None. In a group only an answer to that message counts."""
    answered = update.message.reply_to_message
    if endpoint.is_group and answered is None:
        return None
    prompt = notices.prompt_for_words(endpoint, str(answered.message_id) if answered else "")
    if prompt is None:
        return None
    return (
        Offer.objects.filter(
            reference=prompt.subject, local_coordinator=endpoint.local_coordinator_id, state=Offer.State.OFFERED
        )
        .select_related("help_request", "local_coordinator")
        .first()
    )
