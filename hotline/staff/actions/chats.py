"""A person's own Telegram chat: linked by a code, tried, unlinked."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.lib.codes import hash_token, token
from hotline.lib.errors import Refused
from hotline.lib.throttle import allow
from hotline.staff.actions import calls
from hotline.staff.actions.audit import record
from hotline.staff.models import ChatCode, LinkedChat, User
from hotline.staff.permissions import NotFound, Rights

# Codes of the staff begin so, which tells them from those of local coordinators.
PREFIX = "staff_"
CODE_MINUTES = 30


class CodeNotValid(Refused):
    code = "code_not_valid"
    message = _("This code has been used or has run out. Make a new one on the page where you are reached.")


class ChatTaken(Refused):
    code = "chat_taken"
    message = _("This chat belongs to another account already. Unlink it there first.")


class NoWay(Refused):
    code = "no_way"
    message = _("There is no way to reach you yet: link your Telegram, or ask an administrator to note your e-mail.")


def _require_staff(actor):
    if not Rights.of(actor).is_staff:
        raise NotFound


def issue_code(actor):
    """A code (str) that links one Telegram chat to `actor` by `/start <code>`, once, within half an hour.

    An earlier one opens nothing any more. Raises NotFound for an account without a role.
    """
    _require_staff(actor)
    code = PREFIX + token()
    with transaction.atomic():
        ChatCode.objects.update_or_create(
            user=actor,
            defaults={
                "token_hash": hash_token(code, "staff-chat"),
                "expires_at": timezone.now() + timedelta(minutes=CODE_MINUTES),
            },
        )
        record(actor, "chat.code_issued", actor.alias)
    return code


def link(code, chat):
    """Use a code (str) in the private Telegram chat `chat` (its id). Returns the User it belongs to now.

    Raises CodeNotValid, ChatTaken.
    """
    with transaction.atomic():
        found = ChatCode.objects.select_for_update().filter(
            token_hash=hash_token(code, "staff-chat"), expires_at__gt=timezone.now(), user__is_active=True
        )
        issued = found.select_related("user").first()
        if issued is None or not ChatCode.objects.filter(pk=issued.pk).delete()[0]:
            raise CodeNotValid
        person = issued.user
        if LinkedChat.objects.at(chat).exclude(user=person).exists():
            raise ChatTaken
        before = LinkedChat.objects.filter(user=person).first()
        rings_first = before.rings_first if before else True
        LinkedChat.objects.filter(user=person).delete()
        try:
            with transaction.atomic():
                LinkedChat.objects.create(user=person, address=str(chat), rings_first=rings_first)
        except IntegrityError:  # two accounts link the same phone in the same instant
            raise ChatTaken from None
        record(person, "chat.linked", person.alias)
    return person


def unlink(actor):
    """Nothing is sent to the person's Telegram any more, nor listened to. Unlinking twice changes nothing."""
    with transaction.atomic():
        ChatCode.objects.filter(user=actor).delete()
        if LinkedChat.objects.filter(user=actor).delete()[0]:
            record(actor, "chat.unlinked", actor.alias)


def ring_first_by(actor, *, telegram):
    """Which way rings first for `actor`: their Telegram, else their e-mail. telegram: bool."""
    LinkedChat.objects.filter(user=actor).update(rings_first=telegram)


def lose(chat):
    """Telegram says that nothing can be sent to this chat (id): its person is rung the other way until they link again."""
    lost = LinkedChat.objects.at(chat).filter(is_reachable=True).select_related("user").first()
    if lost and LinkedChat.objects.filter(pk=lost.pk, is_reachable=True).update(is_reachable=False):
        record(None, "chat.lost", lost.user.alias)


def person_at(chat):
    """The active User whose linked private chat this is (id), or None."""
    return User.objects.active().filter(linked_chat__in=LinkedChat.objects.at(chat)).first()


def try_out(actor):
    """Ring `actor` now, by every way there is. Raises NotFound without a role, NoWay, TooOften."""
    _require_staff(actor)
    allow("alarm-trial", str(actor.pk))
    with transaction.atomic():
        if not calls.ring_for_trial(actor):
            raise NoWay
        record(actor, "chat.tried", actor.alias)


def drop_old_codes(now):
    """Delete codes whose time is up at `now` (aware datetime). How many, int."""
    return ChatCode.objects.filter(expires_at__lte=now).delete()[0]
