"""Linking a person's own chat."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from hotline.lib.errors import Refused
from hotline.outbox.replies import language_of, reply
from hotline.staff.actions import chats


def start(update):
    """`/start staff_<code>` links the chat to the account that made the code; in private chats only."""
    code = (update.message.text or "").partition(" ")[2].strip()
    with override(language_of(update)):
        if update.effective_chat.type != "private":
            reply(update, _("This works in a private chat with me only."))
            return
        try:
            with transaction.atomic():
                person = chats.link(code, update.effective_chat.id)
                with override(person.language):
                    words = _("Linked, %(alias)s. Alarms that are yours to see to ring here. /unlink ends it.")
                    reply(update, words % {"alias": person.alias})
        except Refused as refused:
            reply(update, str(refused))


def unlink(update):
    """`/unlink`"""
    person = chats.person_at(update.effective_chat.id)
    with override(person.language if person else language_of(update)):
        if person is None:
            if update.effective_chat.type != "private":
                return
            reply(update, _("I do not know this. /help tells what I understand."))
            return
        with transaction.atomic():
            chats.unlink(person)
            reply(update, _("Unlinked. No alarm rings here any more."))
