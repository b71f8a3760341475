"""Short letters about an account to its owner: that something changed, so that a stranger's hand is noticed."""

import uuid
from dataclasses import dataclass
from enum import Enum

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from hotline.lib.crypto import Unreadable
from hotline.outbox.actions.messages import enqueue

PURPOSE = "account"


@dataclass(frozen=True)
class Words:
    """English sources of a letter: its subject and what happened."""

    subject: str
    text: str


class Notice(Enum):
    APP_ADDED = Words(
        gettext_noop("An authenticator app was added to your account"),
        gettext_noop("From now on the log-in asks for its code."),
    )
    PASSKEY_ADDED = Words(
        gettext_noop("A passkey was added to your account"),
        gettext_noop("From now on you can log in with it."),
    )
    FACTOR_REMOVED = Words(
        gettext_noop("A way to log in was removed from your account"),
        gettext_noop("An authenticator app or a passkey does not open your account any more."),
    )
    RECOVERY_CODE_USED = Words(
        gettext_noop("A recovery code was used for your account"),
        gettext_noop("It opens nothing any more. You can make new ones in your account."),
    )
    PASSWORD_CHANGED = Words(
        gettext_noop("Your password was changed"),
        gettext_noop("All other devices are logged out."),
    )
    GUESSED = Words(
        gettext_noop("Somebody tries to get into your account"),
        gettext_noop(
            "They know your password, and typed many wrong codes for the second step of the log-in. Choose a new password "
            "now: they are then before a closed door. Your passkey and your recovery codes still open the account."
        ),
    )
    HELPED = Words(
        gettext_noop("Somebody helped with the log-in to your account"),
        gettext_noop("They made a one-time code that takes the place of your second factor once, after your password."),
    )


ENDING = gettext_noop("If that was not you, tell an administrator of your house at once, by telephone.")


def notify(person, notice):
    """Tell `person` (User) by e-mail, in the caller's transaction; whoever has no address is not told."""
    words = notice.value
    with translation.override(person.language):
        paragraphs = [gettext("Hello %(alias)s,") % {"alias": person.alias}, gettext(words.text), gettext(ENDING)]
        send(person, gettext(words.subject), paragraphs)


def address_of(person):
    """The e-mail address of `person` (User), "" when there is none, or when its row is damaged and it cannot be read."""
    try:
        return person.email
    except Unreadable:
        return ""


def send(person, subject, paragraphs, *, keep=None):
    """An e-mail to `person` from their house, in the caller's transaction. Whether there is an address, bool.

    subject: str; paragraphs: list of str, in their language. keep: timedelta after which it is not sent any more.
    """
    address = address_of(person)
    if not address:
        return False
    enqueue(
        channel="email",
        recipient=address,
        content={
            "subject": f"{settings.HOTLINE_NAME}: {subject}",
            "text": "\n\n".join(paragraphs),
        },
        key=f"account:{uuid.uuid4()}",
        purpose=PURPOSE,
        subject=person.alias,
        **({"keep": keep} if keep else {}),
    )
    return True
