"""Why dispatch refuses, in words."""

from django.utils.translation import gettext_lazy as _

from hotline.lib.errors import Refused
from hotline.lib.keyring import KeyAltered


class AlreadyTaken(Refused):
    code = "already_taken"
    message = _("This request is already being handled by somebody else. Thank you.")


class AlreadyYours(Refused):
    code = "already_yours"
    message = _("You have this request already.")


class NoLongerOffered(Refused):
    code = "no_longer_offered"
    message = _("This request is no longer offered. Nothing to do for you.")


class TooManyOpen(Refused):
    code = "too_many_open"
    message = _("You hold as many open requests as you may. Finish or hand back one of them first.")


class NotYours(Refused):
    code = "not_yours"
    message = _("This can only be done by whoever accepted the request.")


class StateChanged(Refused):
    code = "state_changed"
    message = _("Somebody else has changed this request meanwhile. Here is how it stands now.")


class AnsweredAlready(Refused):
    code = "answered_already"
    message = _("This was answered already.")


class ContactClosed(Refused):
    code = "contact_closed"
    message = _("The contact cannot be opened any more.")


class WrongDevice(Refused):
    code = "wrong_device"
    message = _("This link belongs to the device it was first opened on. Ask for a new link here.")


class LinkUnknown(Refused):
    code = "link_unknown"
    message = _("This link is not valid, or has run out.")


class ReasonMissing(Refused):
    code = "reason_missing"
    message = _("Say why in a few words; it is written down.")


class NotSpokenTo(Refused):
    code = "not_spoken_to"
    message = _("This kind of help goes out only when somebody has spoken to the person: ring back first.")


class TakesCallsOnly(Refused):
    code = "takes_calls_only"
    message = _("%(team)s takes calls, and nothing that was found in writing. Choose a team that reads other channels.")


class OwnEyes(Refused):
    code = "own_eyes"
    message = _("You took it yourself: somebody else of the team looks at it, or you ring back.")


class OwnCorrection(Refused):
    code = "own_correction"
    message = _("You corrected it yourself since: somebody else of the team looks at it, or you ring back.")


class BeingLookedAt(Refused):
    code = "being_looked_at"
    message = _("This request was changed and is being checked before anybody goes on with it. Try again in a while.")


class NotLookedAt(Refused):
    code = "not_looked_at"
    message = _("Open it and read it first.")


class LooksKnown(Refused):
    """Parameter: found, {position of the need: open requests that it may be one of}."""

    code = "looks_known"
    message = _("Something like this is open already. Say below whether it is the same; nothing was lost.")


class NoWayLeft(Refused):
    code = "no_way_left"
    message = _("Say how the person can be reached: a number, another way or an address.")


class TextErased(Refused):
    code = "text_erased"
    message = _("Contact and text of this request have been erased.")


class TextAltered(TextErased):
    code = "text_altered"
    message = _(
        "Contact and text of this request do not open, though they are not erased yet. Please tell whoever runs this house; "
        "if the person can be reached otherwise, take it anew."
    )


def unread(gone):
    """The error (TextErased) to say for a KeyGone, which may have been altered instead of erased."""
    return TextAltered() if isinstance(gone, KeyAltered) else TextErased()


class LongestKept(Refused):
    code = "longest_kept"
    message = _("It cannot be kept any longer. If it is still needed, take it anew.")


class TooManyQuestions(Refused):
    code = "too_many_questions"
    message = _("Wait for the answer to your last question first.")


class TextTooLong(Refused):
    code = "text_too_long"
    message = _("At most %(limit)s characters, please.")


class NumberAlone(Refused):
    code = "number_alone"
    message = _("Write the number alone, in digits. They are told about how many, and nothing of who.")


class WordsUnknown(Refused):
    code = "words_unknown"
    message = _(
        "No request has these words. Look whether each is written as you heard it, and in the same order. What is over is "
        "forgotten after a while, and its words with it."
    )
