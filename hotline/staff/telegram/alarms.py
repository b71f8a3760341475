"""The button under an alarm."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from hotline.lib.errors import Refused
from hotline.outbox.replies import language_of
from hotline.staff.actions.alarms import acknowledge
from hotline.staff.actions.chats import person_at
from hotline.staff.models import AlarmCall


def see_to(update):
    """The alarm is quiet, if this is the chat of whoever was rung; the words that appear over it."""
    query = update.callback_query
    person = person_at(query.message.chat.id)
    token = query.data.partition(".")[2]
    ringing = AlarmCall.by_token(token).filter(person=person).select_related("alarm__team").first() if person else None
    with override(person.language if person else language_of(update)):
        if ringing is None:
            return _("This button is not valid here.")
        try:
            acknowledge(person, ringing.alarm)
        except Refused as refused:
            return str(refused)
        return _("Thank you. It is quiet now.")
