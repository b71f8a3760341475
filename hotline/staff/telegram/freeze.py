"""Stopping the house from a phone, and what the bot says while it stands still."""

from base64 import urlsafe_b64encode

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import override

from hotline.lib.crypto import keyed_hash
from hotline.lib.errors import Refused
from hotline.lib.keyring import keyring
from hotline.outbox.replies import language_of, reply
from hotline.staff.actions.chats import PREFIX, person_at
from hotline.staff.actions.destruction import destroy_by_passphrase
from hotline.staff.actions.freeze import FREEZE, freeze, is_frozen
from hotline.staff.models import Freeze
from hotline.staff.permissions import can

# Seconds for which the button under the question stops the house: a phone that is taken later finds a dead one.
ASKED = 600
# What people of the staff may still say while the house is frozen.
HEARD = ("/freeze", "/destroy", "/unlink", f"/start {PREFIX}")
PRESSED = ("alarm.", "freeze.")
EVERYTHING = "everything"


def hold_back(update):
    """While the house is frozen the bot listens to its own people alone: words for everybody else, None to go on."""
    # That somebody left or blocked the bot is true all the same.
    if update.my_chat_member or not is_frozen() or _is_of_the_staff(update):
        return None
    with override(language_of(update)):
        words = _("We are closed for now. Nothing to do for you.")
        if update.message and update.effective_chat.type == "private":
            reply(update, words)
        return words


def _is_of_the_staff(update):
    if update.callback_query:
        said, known = update.callback_query.data or "", PRESSED
    else:
        said, known = (update.message.text or "") if update.message else "", HEARD
    return (
        said.startswith(known) and update.effective_chat is not None and person_at(update.effective_chat.id) is not None
    )


def _administrator(update):
    """Who speaks, if they may stop the house; else the answer that any unknown command gets, and None."""
    person = person_at(update.effective_chat.id)
    if person is not None and can(person, FREEZE):
        return person
    if update.effective_chat.type == "private":
        with override(person.language if person else language_of(update)):
            reply(update, _("I do not know this. /help tells what I understand."))
    return None


def ask(update):
    """`/freeze`: asks once more, since a mistyped word must not stop a house."""
    person = _administrator(update)
    if person is None:
        return
    with override(person.language):
        if is_frozen():
            reply(update, _already())
            return
        stamp = str(int(timezone.now().timestamp()))
        words = _(
            "Stop the whole house? Offers are withdrawn and emptied, conversations end, everybody but administrators is "
            "logged out. Nothing is deleted."
        )
        data = f"freeze.{stamp}.{_seal(update.effective_chat.id, stamp)}"
        buttons = [[{"text": _("Stop everything"), "data": data}], [{"text": _("No, go on"), "data": "freeze.no"}]]
        reply(update, words, buttons=buttons)


def _already():
    return _("The house is frozen. It goes on by an administrator on the page for emergencies, or by the command thaw.")


def _seal(chat, stamp):
    seal = keyed_hash(keyring().subkey("freeze-button"), str(chat), stamp)[:16]
    return urlsafe_b64encode(seal).decode().rstrip("=")


def pressed(update):
    """The button under the question: the house stops. The words over the chat."""
    query, chat = update.callback_query, update.callback_query.message.chat.id
    _name, stamp, seal = (query.data + "..").split(".")[:3]
    person = person_at(chat)
    with override(person.language if person else language_of(update)):
        if stamp == "no":
            return _("Good. Nothing was changed.")
        is_own = stamp.isdecimal() and constant_time_compare(seal, _seal(chat, stamp))
        if person is None or not is_own or abs(timezone.now().timestamp() - int(stamp)) > ASKED:
            return _("This button is not valid here, or too old. Write /freeze anew.")
        try:
            with transaction.atomic():
                freeze(person, "", Freeze.Way.TELEGRAM)
                reply(
                    update,
                    _("Frozen. To destroy the keys as well, which cannot be undone: /destroy and the passphrase; "
                      "/destroy everything and the passphrase takes registry and accounts too."),
                )  # fmt: skip
        except Refused as refused:
            return str(refused)
        return _("The house is frozen.")


def destroy(update):
    """`/destroy [everything] <passphrase>`: freezes the house and destroys its keys."""
    person = _administrator(update)
    if person is None:
        return
    words = (update.message.text or "").split()[1:]
    with_site_key = words[:1] == [EVERYTHING]
    passphrase = " ".join(words[1:] if with_site_key else words)
    with override(person.language):
        try:
            destroy_by_passphrase(person, passphrase, with_site_key=with_site_key, way=Freeze.Way.TELEGRAM)
        except Refused as refused:
            reply(update, str(refused))
            return
        if not with_site_key:  # without it the bot has no address left to answer to
            reply(update, _("The keys are destroyed. What people told us until now opens nowhere any more."))
