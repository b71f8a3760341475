"""Ways to reach a local coordinator beside Telegram: a mailbox or a system of its own, used once whoever reads there agrees."""

import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from coordinators.actions.endpoints import (
    LINK_DAYS,
    REGISTRY,
    SWITCHED_OFF,
    LinkNotValid,
    lock_linkable,
    may_manage,
    refuse_if_suspended,
)
from coordinators.models import Endpoint, LinkCode
from hotline.lib import outward, webhooks
from hotline.lib.codes import hash_token, token
from hotline.lib.crypto import keyed_hash
from hotline.lib.errors import Refused
from hotline.lib.keyring import keyring
from hotline.lib.throttle import allow
from hotline.outbox import content
from hotline.outbox.actions.messages import enqueue
from hotline.outbox.models import Priority
from hotline.staff.actions.audit import record
from hotline.staff.actions.freeze import refuse_when_frozen
from hotline.staff.permissions import can

Channel, State = Endpoint.Channel, Endpoint.State
# Of the messages that ask whether this way is theirs.
CHECK = "endpoint_check"
MOST_WAYS = 10


class BadMailbox(Refused):
    code = "bad_mailbox"
    message = gettext_lazy("This is no e-mail address.")


class BadUrl(Refused):
    code = "bad_url"
    message = gettext_lazy("This is no address that can be called: it begins with https:// and names a host.")


class AddressInside(Refused):
    code = "address_inside"
    message = gettext_lazy("This address leads into a private network. Only addresses of the open internet are called.")


class NoSuchHost(Refused):
    code = "no_such_host"
    message = gettext_lazy("No machine was found under this name. Look whether it is written rightly.")


class KnownAlready(Refused):
    code = "known_already"
    message = gettext_lazy("This address is there already.")


class TooManyWays(Refused):
    code = "too_many_ways"
    message = gettext_lazy("At most %(most)s ways fit. Remove one that is not used.")


class NotOfThisKind(Refused):
    code = "not_of_this_kind"
    message = gettext_lazy("This is not possible for this way.")


class StillEmptied(Refused):
    code = "still_emptied"
    message = gettext_lazy("What was sent there is still being emptied. Try again in a minute.")


def add_mailbox(actor, local_coordinator, address, *, language="en"):
    """Note a mailbox and write to it; it is used once the button behind that letter's link was pressed. Returns Endpoint.

    Raises NotAllowed, NotFound, SwitchedOff, BadMailbox, KnownAlready, TooManyWays, TooOften.
    """
    may_manage(actor, local_coordinator)
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise BadMailbox from None
    with transaction.atomic():
        endpoint = _add(actor, local_coordinator, Channel.EMAIL, address, language)
        _ask(actor, endpoint)
    return endpoint


def add_webhook(actor, local_coordinator, url, *, language="en"):
    """Note a system and call it; it is used once it has answered. (Endpoint, its secret, which nobody sees again).

    Raises NotAllowed, NotFound, SwitchedOff, BadUrl, AddressInside, NoSuchHost, KnownAlready, TooManyWays, TooOften. Looks the
    host up: not in a transaction.
    """
    may_manage(actor, local_coordinator)
    url = url.strip()
    _check_url(actor, url)
    secret = webhooks.new_secret()
    with transaction.atomic():
        endpoint = _add(actor, local_coordinator, Channel.WEBHOOK, url, language, secrets=secret)
        _ask(actor, endpoint)
    return endpoint, secret


def ask_again(actor, endpoint):
    """Write or call once more, so that a way that is to be confirmed, or was switched off, is used.

    Raises NotAllowed, NotFound, SwitchedOff, NotOfThisKind (a chat is linked anew instead, and what is active needs nothing),
    TooOften.
    """
    may_manage(actor, endpoint.local_coordinator)
    with transaction.atomic():
        lock_linkable(endpoint.local_coordinator)
        if endpoint.channel == Channel.TELEGRAM:
            raise NotOfThisKind
        states = [State.UNCONFIRMED, State.OFF]
        asked = Endpoint.objects.filter(pk=endpoint.pk, state__in=states).update(state=State.UNCONFIRMED, off_reason="")
        if not asked:
            raise NotOfThisKind
        # Who vouches for it is who asks now.
        Endpoint.objects.filter(pk=endpoint.pk).update(vouched_by=_vouching(actor))
        endpoint.refresh_from_db()
        _ask(actor, endpoint)


def remove(actor, endpoint):
    """Delete a way that is not used. Raises NotAllowed, NotFound, NotOfThisKind (it is active), StillEmptied."""
    may_manage(actor, endpoint.local_coordinator)
    with transaction.atomic():
        locked = Endpoint.objects.select_for_update().filter(pk=endpoint.pk).exclude(state=State.ACTIVE).first()
        if locked is None:
            raise NotOfThisKind
        if locked.emptying_since is not None:
            raise StillEmptied
        code = endpoint.local_coordinator.code
        record(actor, "endpoint.removed", code, channel=locked.channel, person=locked.pk)
        locked.delete()


def find_code(text):
    """The LinkCode of a mailbox's letter that may still be used. Raises LinkNotValid, SwitchedOff."""
    found = LinkCode.objects.filter(
        token_hash=hash_token(text, "mailbox"), used_at=None, expires_at__gt=timezone.now(), endpoint__isnull=False
    )
    found = found.exclude(local_coordinator__in=SWITCHED_OFF)
    code = found.select_related("endpoint__local_coordinator").first()
    if code is None:
        refuse_if_suspended(hash_token(text, "mailbox"))
        raise LinkNotValid
    return code


def confirm_mailbox(text):
    """Somebody who reads there pressed the button: the mailbox is used from now on. Returns the Endpoint.

    text: the one-time code in the letter. Raises LinkNotValid, SwitchedOff, Frozen.
    """
    refuse_when_frozen()
    with transaction.atomic():
        code = find_code(text)
        if not LinkCode.objects.filter(pk=code.pk, used_at=None).update(used_at=timezone.now()):
            raise LinkNotValid
        if not _confirm(code.endpoint):
            raise LinkNotValid
    return code.endpoint


def confirm_webhook(endpoint, answer):
    """A system answered to the call that asked for it: with the right challenge it is used from now on, but not while its
    coordinator is suspended. bool.

    answer: {name: text}. Call inside a transaction.
    """
    right = hmac.compare_digest(answer.get("challenge", "").encode(errors="replace"), _challenge(endpoint).encode())
    return right and _confirm(endpoint)


def _check_url(actor, url):
    try:
        host, port = outward.check_url(url)
        # Each name that hangs holds a thread for a while.
        allow("way-looked-up", str(actor.pk))
        async_to_sync(outward.look_up)(host, port, typed=True)
    except outward.Forbidden as error:
        raise (AddressInside if str(error) == "inside" else BadUrl) from None
    except (OSError, UnicodeError):
        raise NoSuchHost from None


def _vouching(actor):
    return None if can(actor, REGISTRY) else actor


def _add(actor, local_coordinator, channel, address, language, **fields):
    # Of two who add at once the second sees what the first did.
    lock_linkable(local_coordinator)
    own = Endpoint.objects.filter(local_coordinator=local_coordinator)
    if own.at(channel, address).exists():
        raise KnownAlready
    if own.count() >= MOST_WAYS:
        raise TooManyWays(most=MOST_WAYS)
    last = own.order_by("-position").values_list("position", flat=True).first()
    endpoint = Endpoint.objects.create(
        local_coordinator=local_coordinator,
        channel=channel,
        address=address,
        language=language,
        position=0 if last is None else last + 1,
        state=State.UNCONFIRMED,
        verified_at=None,
        vouched_by=_vouching(actor),
        **fields,
    )
    record(actor, "endpoint.added", local_coordinator.code, channel=channel, person=endpoint.pk)
    return endpoint


def _confirm(endpoint):
    asked = Endpoint.objects.filter(pk=endpoint.pk, state=State.UNCONFIRMED)
    confirmed = asked.exclude(local_coordinator__in=SWITCHED_OFF).update(
        state=State.ACTIVE, off_reason="", failed_at=None, emptying_since=None, verified_at=timezone.now()
    )
    if confirmed:
        code = endpoint.local_coordinator.code
        record(None, "endpoint.confirmed", code, channel=endpoint.channel, person=endpoint.pk)
        endpoint.refresh_from_db()
    return bool(confirmed)


def _ask(actor, endpoint):
    # Whoever adds, removes and adds again fills nobody's mailbox.
    allow("way-asked", f"{endpoint.channel}:{endpoint.address.casefold()}")
    words = _letter(actor, endpoint) if endpoint.channel == Channel.EMAIL else _call(endpoint)
    enqueue(
        channel=endpoint.channel,
        recipient=endpoint.address,
        content=words,
        key=f"endpoint:{endpoint.pk}:{timezone.now().timestamp()}",
        purpose=CHECK,
        subject=endpoint.local_coordinator.code,
        priority=Priority.ANSWER,
        keep=timedelta(days=1),
    )


def _letter(actor, endpoint):
    text = token()
    endpoint.codes.filter(used_at=None).delete()
    LinkCode.objects.create(
        local_coordinator=endpoint.local_coordinator,
        endpoint=endpoint,
        token_hash=hash_token(text, "mailbox"),
        expires_at=timezone.now() + timedelta(days=LINK_DAYS),
        created_by=actor,
    )
    with override(endpoint.language):
        house = settings.HOTLINE_NAME
        return content.letter(
            _("please confirm this address"),
            _("May requests for help come to this address?"),
            [
                _("%(house)s brings people in need to those who can help them. Somebody gave us this address as one at "
                  "which such requests are read.") % {"house": house},
                _("If you know nothing of this, do nothing: no further letter comes."),
            ],
            words=_("Open the page with the button"),
            url=f"{settings.BASE_URL}/mailbox/{text}/",
            hint=_("It works once, within three days. Opening it changes nothing; the button there does."),
        )  # fmt: skip


def _call(endpoint):
    return content.event(endpoint.pk, "endpoint.check", {"challenge": _challenge(endpoint)})


def _challenge(endpoint):
    seal = keyed_hash(keyring().subkey("webhook-challenge"), str(endpoint.pk), endpoint.address)[:16]
    return urlsafe_b64encode(seal).decode().rstrip("=")
