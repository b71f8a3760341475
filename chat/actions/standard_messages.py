"""Standard messages: written by volunteers for themselves, by supervisors for their lines, by administrators for all."""

import re
import unicodedata

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from chat.models import StandardMessage
from chat.models.event import BODY_LIMIT
from chat.models.standard_message import PLACEHOLDERS, SHORT_CODE_LENGTH
from hotline.lib.errors import Refused
from hotline.lib.languages import LANGUAGES
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.permissions import NotAllowed, NotFound, can, require, require_somewhere

TALK, SUPERVISE, MANAGE = "chat.talk", "chat.supervise_conversations", "chat.manage_lines"
Owner, State = StandardMessage.Owner, StandardMessage.State
# In use, of one owner: beyond these nobody finds anything. Two that are written at the same moment may exceed them by one.
MOST = {Owner.PERSON: 100, Owner.LINE: 150, Owner.HOUSE: 50}

_SHORT_CODE = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_PLACEHOLDER = re.compile("|".join(rf"\{{{name}\}}" for name in PLACEHOLDERS))
_BRACE = re.compile(r"\{[^{}]{0,30}\}?|\}")


class BadShortCode(Refused):
    code = "bad_short_code"
    message = _("A short code has letters, digits and single hyphens between them, at most %(limit)s, as are-you-safe.")


class NoText(Refused):
    code = "no_text"
    message = _("Please write this in one language at least.")


class TextTooLong(Refused):
    code = "too_long"
    message = _("%(language)s: this has %(length)s characters; at most %(limit)s fit.")


class UnknownPlaceholder(Refused):
    code = "unknown_placeholder"
    message = _(
        "%(language)s: “%(found)s” is not filled in. In braces stand {alias}, {line} or {opens}, and nothing else."
    )


class NotReadable(Refused):
    code = "not_readable"
    message = _("%(language)s: there is a sign in it that is no text. Type it again instead of pasting it.")


class CodeTaken(Refused):
    code = "code_taken"
    message = _("Another message here has this short code. Choose a different one.")


class TooMany(Refused):
    code = "too_many_messages"
    message = _("There are %(most)s here already. Remove one that nobody needs.")


class Changed(Refused):
    code = "changed"
    message = _("Somebody else has just changed this. Look at it again.")


# ---- what is written ----


def normal_code(typed):
    """A short code (str) as it is kept: small letters, at most SHORT_CODE_LENGTH. Raises BadShortCode."""
    code = unicodedata.normalize("NFC", typed.strip().removeprefix("/").lower())
    if len(code) > SHORT_CODE_LENGTH or not _SHORT_CODE.fullmatch(code):
        raise BadShortCode(limit=SHORT_CODE_LENGTH)
    return code


def normal_texts(typed):
    """{language: text} as it is kept: without empty ones. Raises NoText, TextTooLong, UnknownPlaceholder, NotReadable."""
    names, texts = dict(LANGUAGES), {}
    for language, words in typed.items():
        text = words.replace("\r\n", "\n").strip()
        about = {"language": names.get(language, language)}
        if len(text) > BODY_LIMIT:
            raise TextTooLong(length=len(text), limit=BODY_LIMIT, **about)
        if "\0" in text:
            raise NotReadable(**about)
        if brace := _BRACE.search(_PLACEHOLDER.sub("", text)):
            raise UnknownPlaceholder(found=brace[0], **about)
        if text:
            texts[language] = text
    if not texts:
        raise NoText
    return texts


def _write(message):
    """Save a new one, or code and texts of one that is there: neither its state nor how often it was used. In the caller's
    transaction. Raises CodeTaken, TooMany and what is wrong with its words."""
    message.short_code, message.texts = normal_code(message.short_code), normal_texts(message.texts)
    if message.state == State.IN_USE:
        find_room(message)
    try:
        with transaction.atomic():
            if message._state.adding:
                message.save()
            elif not StandardMessage.objects.filter(pk=message.pk).update(
                short_code=message.short_code, texts=message.texts
            ):
                raise Changed
    except IntegrityError:
        raise CodeTaken from None


def find_room(message):
    """Returns when there is room for `message` among its owner's as they stand now, or for its being used again.

    Raises CodeTaken, TooMany. Who was quicker is told by the constraints.
    """
    owned = {"owner": message.owner, "person": message.person_id, "line": message.line_id}
    beside = StandardMessage.objects.filter(**owned, state=State.IN_USE).exclude(pk=message.pk)
    if beside.filter(short_code=message.short_code).exists():
        raise CodeTaken
    if beside.count() >= MOST[message.owner]:
        raise TooMany(most=MOST[message.owner])


# ---- one's own ----


def require_own(actor, message):
    """Returns when the message is `actor`'s own. Raises NotAllowed, NotFound."""
    require_somewhere(actor, TALK)
    if message.owner != Owner.PERSON or message.person_id != actor.pk:
        raise NotFound


def save_own(actor, message):
    """Write a new message of `actor`'s own (StandardMessage with owner and person set), or what they changed in one.

    Raises CodeTaken, TooMany, what is wrong with its words, Changed (it is gone), NotAllowed, NotFound (somebody else's).
    """
    require_own(actor, message)
    with transaction.atomic():
        _write(message)


def remove_own(actor, message):
    """Remove one's own message; a second time changes nothing. Raises NotAllowed, NotFound (somebody else's)."""
    require_own(actor, message)
    StandardMessage.objects.own(actor).filter(pk=message.pk).delete()


# ---- a line's, the house's ----


def require_keeper(actor, message):
    """Returns when `actor` keeps it: administrators all of the lines and of the house, supervisors those of their lines, and
    nobody what is somebody's own. Raises NotAllowed, NotFound."""
    if message.owner == Owner.PERSON:
        raise NotFound
    if not can(actor, MANAGE):
        require(actor, SUPERVISE, message)


def where(message):
    """The short name of its line for the audit, str; empty for the house."""
    return message.line.slug if message.line_id else ""


def save_kept(actor, message):
    """Write a new message of a line or of the house, or what was changed in one.

    Raises CodeTaken, TooMany, what is wrong with its words, Changed (it is gone), NotAllowed, NotFound.
    """
    require_keeper(actor, message)
    adding = message._state.adding
    with transaction.atomic():
        _write(message)
        record(
            actor,
            "standard_message.created" if adding else "standard_message.changed",
            message.code,
            line=where(message),
        )


def put_aside(actor, message):
    """Nobody finds it any more; it can be used again. Raises Changed, NotAllowed, NotFound."""
    require_keeper(actor, message)
    with transaction.atomic():
        move(message, State.IN_USE, State.PUT_ASIDE)
        record(actor, "standard_message.put_aside", message.code, line=where(message))


def use_again(actor, message):
    """Let it be found again. Raises CodeTaken, TooMany, Changed, NotAllowed, NotFound."""
    require_keeper(actor, message)
    with transaction.atomic():
        move(message, State.PUT_ASIDE, State.IN_USE)
        record(actor, "standard_message.used_again", message.code, line=where(message))


def remove_kept(actor, message):
    """Remove a message of a line or of the house for good. Raises NotAllowed, NotFound."""
    require_keeper(actor, message)
    with transaction.atomic():
        record(actor, "standard_message.removed", message.code, line=where(message))
        StandardMessage.objects.filter(pk=message.pk).delete()
        if message.line_id:
            ring(topics.queue(message.line_id))


def move(message, before, after, **more):
    """From one state to another (State), with more fields, in the caller's transaction. Raises CodeTaken, TooMany, Changed."""
    if after == State.IN_USE:
        find_room(message)
    try:
        with transaction.atomic():
            moved = StandardMessage.objects.filter(pk=message.pk, state=before).update(state=after, **more)
    except IntegrityError:
        raise CodeTaken from None
    if not moved:
        raise Changed


# ---- in a conversation ----


def count_use(actor, line, code):
    """One more use of the message with this code (str) at `line` (Line): the number alone, not by whom, when or to whom.

    Raises NotAllowed (also where the line has no standard messages), NotFound.
    """
    require(actor, TALK, line)
    if not line.has_standard_messages:
        raise NotAllowed
    if not StandardMessage.objects.offered(actor, line).filter(code=code).update(used=F("used") + 1):
        raise NotFound
