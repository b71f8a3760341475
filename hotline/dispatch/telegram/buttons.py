"""Buttons under offers. Their data are `action[argument].token`; the token is bound to the offer and the chat."""

import re

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from coordinators.models import Endpoint
from coordinators.telegram.replies import person_of
from hotline.dispatch import notices, wording
from hotline.dispatch.actions import coverage, links, offers, questions, work
from hotline.dispatch.actions.locking import lock
from hotline.dispatch.models import HelpRequest, Offer, OfferQuestion
from hotline.dispatch.voice import NotLinked, Voice
from hotline.lib.errors import Refused
from hotline.outbox.actions import messages
from hotline.outbox.models import Priority
from hotline.outbox.replies import language_of

PATTERN = r"^[acdqrwfobyks]\d?\."
_DATA = re.compile(r"^([acdqrwfobyks])(\d?)\.(.*)$", re.DOTALL)


class Press:
    """One pressed button: who, where, about which offer."""

    def __init__(self, update, offer, endpoint, voice, argument):
        self.update, self.offer, self.endpoint, self.voice = update, offer, endpoint, voice
        self.argument = int(argument) if argument else 0
        self.key = f"press-{update.update_id}"

    def choose(self, choices):
        """The member of `choices` (an enumeration) that the button's digit names. Raises NotLinked for a made-up one."""
        members = list(choices)
        if self.argument >= len(members):
            raise NotLinked
        return members[self.argument]

    def show(self, content_for, *states):
        """Change the message whose button was pressed, if the offer is still in one of `states`; else say how it stands.

        content_for: function of the offer as it is now → content. Asked under a lock, so that no "taken" is overwritten.
        """
        with transaction.atomic():
            self.voice.check(self.offer.local_coordinator)
            self.offer = lock(self.offer)
            if self.offer.state not in states:
                raise offers.why_not(self.offer)
            content = content_for(self.offer)
            notices.update_offer(
                self.offer,
                self.key,
                lambda endpoint: content if endpoint.pk == self.endpoint.pk else None,
                priority=Priority.ANSWER,
            )


def pressed(update):
    """Find the offer, do what the button says, and return the words that appear over the chat."""
    query = update.callback_query
    action, argument, token = _DATA.match(query.data).groups()
    chat = query.message.chat.id
    with override(language_of(update)):
        offer = Offer.objects.by_button(token, chat)
        endpoint = offer and (
            Endpoint.objects.at(Endpoint.Channel.TELEGRAM, chat)
            .filter(local_coordinator=offer.local_coordinator_id, state=Endpoint.State.ACTIVE)
            .select_related("local_coordinator")
            .first()
        )
        if endpoint is None:
            return _("This button is not valid here.")
    with override(endpoint.language):
        person = person_of(update, endpoint)
        if person is None:
            return str(NotLinked())
        press = Press(update, offer, endpoint, Voice(Offer.Way.TELEGRAM, endpoint=person), argument)
        known = recognise(press, str(query.message.message_id))
        try:
            words = ACTIONS[action](press)
        except Refused as refused:
            words = str(refused)
        if not known:
            refresh(press)
        return words


def recognise(press, message_id):
    """Whether this message of the bot is known; a copy that an uncertain attempt left behind is known from now on."""
    chat = str(press.update.callback_query.message.chat.id)
    own = [message for message in notices.all_messages(press.offer) if message.address() == chat]
    if any(message_id in (message.external_id, *message.twin_ids) for message in own):
        return True
    doubtful = next((message for message in own if message.uncertain or message.state == "leased"), None)
    return doubtful is None or not messages.recognise_twin(doubtful, message_id)


def refresh(press):
    """Make all copies of the offer's message say how it stands now."""
    press.key = f"refresh-{press.update.update_id}"
    with transaction.atomic():
        offer = press.offer = lock(press.offer)
        if offer.state == Offer.State.ACCEPTED:
            return _yours_again(press)
        content = {Offer.State.OFFERED: notices.offered, Offer.State.DECLINED: wording.declined}.get(
            offer.state, wording.closed
        )
        notices.update_offer(
            offer,
            press.key,
            lambda endpoint: content(offer, endpoint) if endpoint.channel == Endpoint.Channel.TELEGRAM else None,
        )


def _accept(press):
    offers.accept(press.voice, press.offer)
    return _("Yours. Thank you!")


def _decline(press):
    offers.decline(press.voice, press.offer)
    return _("Declined. That never counts against you.")


def _decline_because(press):
    offers.decline(press.voice, press.offer, press.choose(Offer.DeclineReason))
    return _("Thank you for the word.")


def _answer_about_coverage(press):
    coverage.answer(press.voice, press.offer, gives_up=press.argument == 1)
    if press.argument == 1:
        return _("Done. You are no longer asked for it.")
    return _("Good. It stays as it is.")


def _ask(press):
    press.show(lambda offer: wording.ready_questions(offer, press.endpoint), Offer.State.OFFERED)


def _offer_again(press):
    press.show(lambda offer: notices.offered(offer, press.endpoint), Offer.State.OFFERED)


def _ask_this(press):
    ready = press.choose(OfferQuestion.Ready)
    with transaction.atomic():
        _offer_again(press)
        if ready == OfferQuestion.Ready.OTHER:
            notices.ask_for_words(press.offer, press.endpoint, press.update.update_id)
            return None
        questions.ask(press.voice, press.offer, ready)
    return _("Asked. The answer comes here.")


def _how_did_it_go(press):
    press.show(lambda offer: wording.outcomes(offer, press.endpoint), Offer.State.ACCEPTED)


def _finish(press):
    work.finish(press.voice, press.offer, press.choose(HelpRequest.Outcome))
    return _("Thank you!")


def _hand_back(press):
    work.hand_back(press.voice, press.offer)
    return _("Handed back. Others are asked now.")


def _yours_again(press):
    def content(offer):
        mine = press.voice.is_who_accepted(offer) and not press.endpoint.is_group
        return wording.yours(offer, press.endpoint, links.issue(offer, press.voice) if mine else None)

    press.show(content, Offer.State.ACCEPTED)


def _sign(press):
    work.sign(press.voice, press.offer)
    return _("Good. Thank you for saying so.")


ACTIONS = {
    "a": _accept,
    "c": _answer_about_coverage,
    "d": _decline,
    "r": _decline_because,
    "q": _ask,
    "w": _ask_this,
    "k": _offer_again,
    "f": _how_did_it_go,
    "o": _finish,
    "b": _hand_back,
    "y": _yours_again,
    "s": _sign,
}
