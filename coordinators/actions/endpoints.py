"""Link a chat to a local coordinator, and keep the link true."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from coordinators.models import Endpoint, LinkCode, LocalCoordinator
from coordinators.models.endpoint import BROKEN
from coordinators.signals import chats_ended, endpoint_moved
from hotline.lib.codes import hash_token, token
from hotline.lib.errors import Refused
from hotline.staff.actions.alarms import raise_alarm, settle_alarm
from hotline.staff.actions.audit import record
from hotline.staff.permissions import Rights, can, require

LINK_DAYS = 3
REGISTRY = "coordinators.manage_registry"
SUSPENDED = LocalCoordinator.State.SUSPENDED
# For subqueries: a join would take the conditions of an UPDATE away from its row.
SWITCHED_OFF = LocalCoordinator.objects.filter(state=SUSPENDED).values("pk")
FAILING = "endpoint_failing"
# How long it is enough to know that something arrived.
NOTED_FOR = timedelta(minutes=1)


class LinkNotValid(Refused):
    code = "link_not_valid"
    message = _("This link has been used or has run out. Ask for a new one.")


class SwitchedOff(Refused):
    code = "switched_off"
    message = _(
        "This organisation is switched off at the moment, and its links with it. Write to those who registered it."
    )


def may_manage(actor, local_coordinator):
    """Returns for an administrator and for a representative. Raises NotAllowed, NotFound."""
    if not can(actor, REGISTRY):
        require(actor, "coordinators.represent", local_coordinator)


def issue_link(actor, local_coordinator, *, receives_offers=True):
    """A one-time code, as text, that links a Telegram chat by `/start <code>`; valid for three days.

    receives_offers: False for a member of a group, who acts for the coordinator but gets no messages of their own.
    Raises NotAllowed, NotFound, SwitchedOff (it is suspended).
    """
    may_manage(actor, local_coordinator)
    code = token()
    with transaction.atomic():
        lock_linkable(local_coordinator)
        LinkCode.objects.create(
            local_coordinator=local_coordinator,
            token_hash=hash_token(code, "link-code"),
            receives_offers=receives_offers,
            expires_at=timezone.now() + timedelta(days=LINK_DAYS),
            created_by=actor,
        )
        record(actor, "endpoint.link_issued", local_coordinator.code)
    return code


def lock_linkable(local_coordinator):
    """Lock one who gets a code or a way: a suspension of that moment finds these, or is found here. Raises SwitchedOff."""
    if LocalCoordinator.objects.select_for_update(no_key=True).get(pk=local_coordinator.pk).state == SUSPENDED:
        raise SwitchedOff


def link_chat(code, chat_id, *, is_group, language):
    """Use a one-time code in a Telegram chat; the Endpoint it made or switched on again. Raises LinkNotValid, SwitchedOff.

    language: two-letter code the chat's app speaks; kept when the house speaks it too.
    """
    now = timezone.now()
    with transaction.atomic():
        unused = LinkCode.objects.filter(token_hash=hash_token(code, "link-code"), used_at=None, expires_at__gt=now)
        if not unused.exclude(local_coordinator__in=SWITCHED_OFF).update(used_at=now):
            refuse_if_suspended(hash_token(code, "link-code"))
            return _linked_by(code, chat_id)
        link = LinkCode.objects.select_related("local_coordinator", "created_by").get(
            token_hash=hash_token(code, "link-code")
        )
        endpoint = (
            Endpoint.objects.at(Endpoint.Channel.TELEGRAM, chat_id)
            .filter(local_coordinator=link.local_coordinator)
            .first()
        )
        if endpoint is None:
            endpoint = Endpoint(local_coordinator=link.local_coordinator, address=str(chat_id), is_group=is_group)
        endpoint.receives_offers = link.receives_offers
        endpoint.vouched_by = None if can(link.created_by, REGISTRY) else link.created_by
        endpoint.state, endpoint.off_reason, endpoint.emptying_since = Endpoint.State.ACTIVE, "", None
        if language in dict(settings.LANGUAGES):
            endpoint.language = language
        endpoint.save()
        record(None, "endpoint.linked", link.local_coordinator.code, channel=endpoint.channel, person=endpoint.pk)
    return endpoint


def end_codes(local_coordinator):
    """The codes of a suspended coordinator that nobody has used open nothing from now on, also when it is active again.

    They stay for a day, so that whoever presses one is told why. Call inside the transaction that suspends.
    """
    LinkCode.objects.filter(local_coordinator=local_coordinator, used_at=None).update(expires_at=timezone.now())


def refuse_if_suspended(token_hash):
    """Raises SwitchedOff for a code (its hash) of a coordinator that is suspended."""
    if LinkCode.objects.filter(token_hash=token_hash, local_coordinator__state=SUSPENDED).exists():
        raise SwitchedOff


def _linked_by(code, chat_id):
    """The Endpoint that this chat got by the same code before, as when somebody presses twice. Raises LinkNotValid."""
    link = LinkCode.objects.filter(token_hash=hash_token(code, "link-code")).exclude(used_at=None).first()
    here = Endpoint.objects.at(Endpoint.Channel.TELEGRAM, chat_id).filter(state=Endpoint.State.ACTIVE)
    endpoint = here.filter(local_coordinator=link.local_coordinator_id).first() if link else None
    if endpoint is None:
        raise LinkNotValid
    return endpoint


def withdraw(person):
    """`person` (User) has lost rights: their unused links, and the chats that rest on their word alone, end with these.

    Called in the transaction that takes the rights. What was switched off is named to the administrators by an alarm.
    """
    rights = Rights(person)
    if not rights.can(REGISTRY):
        for link in LinkCode.objects.filter(created_by=person, used_at=None).select_related("local_coordinator"):
            if not rights.can("coordinators.represent", link.local_coordinator):
                link.delete()
    linked = Endpoint.objects.filter(vouched_by=person).select_related("local_coordinator").order_by("pk")
    ended = [one for one in linked if not rights.can("coordinators.represent", one.local_coordinator)]
    end_use([one for one in ended if one.state != Endpoint.State.OFF], "withdrawn")
    # Whoever was only cut off holds what they accepted; with the right that ends too.
    Endpoint.objects.broken().filter(pk__in=[one.pk for one in ended]).update(off_reason="withdrawn")


def end_use(endpoints, reason):
    """Stop using these Endpoints on purpose; what the bot sent there last is emptied with it, and the rest soon after.

    reason: as for `switch_off`.
    """
    with transaction.atomic():
        more = any(left for _receiver, left in chats_ended.send(Endpoint, endpoints=endpoints))
        used = Endpoint.objects.filter(pk__in=[endpoint.pk for endpoint in endpoints], state=Endpoint.State.ACTIVE)
        used.update(emptying_since=timezone.now() if more else None)
        for endpoint in endpoints:
            # One that was never confirmed served nobody: no alarm.
            unconfirmed = Endpoint.objects.filter(pk=endpoint.pk, state=Endpoint.State.UNCONFIRMED)
            if not unconfirmed.update(state=Endpoint.State.OFF, off_reason=reason):
                switch_off(endpoint, reason)


def switch_off(endpoint, reason):
    """Stop using an endpoint that failed or was left, and ring an alarm when the coordinator has no other.

    reason: short word, as "blocked", "stopped", "removed", "withdrawn".
    """
    with transaction.atomic():
        changed = Endpoint.objects.filter(pk=endpoint.pk, state=Endpoint.State.ACTIVE).update(
            state=Endpoint.State.OFF, off_reason=reason
        )
        if not changed:
            return
        code = endpoint.local_coordinator.code
        record(None, "endpoint.switched_off", code, channel=endpoint.channel, person=endpoint.pk, why=reason)
        left = Endpoint.objects.ready().filter(local_coordinator=endpoint.local_coordinator_id).exists()
        if reason != "stopped" or not left:
            raise_alarm(
                None,
                "endpoint_off",
                code,
                text=gettext_noop(
                    "The local coordinator %(subject)s can no longer be reached by %(channel)s (%(why)s)."
                ),
                channel=endpoint.channel,
                why=reason,
            )


def note_sent(endpoint, now):
    """Something arrived there: whatever failed before is over. now: aware datetime. Call inside a transaction."""
    lately = endpoint.last_outcome_at is not None and endpoint.last_outcome_at > now - NOTED_FOR
    if lately and endpoint.last_outcome == "sent":
        return
    one = Endpoint.objects.filter(pk=endpoint.pk)
    one.update(last_outcome="sent", last_outcome_at=now, failed_at=None)
    if endpoint.failed_at is not None and not endpoint.local_coordinator.endpoints.exclude(failed_at=None).exists():
        settle_alarm(FAILING, endpoint.local_coordinator.code)


def note_failure(endpoint, reason, now):
    """It did not take what was sent there: it is switched off where there is nobody any more, else another one is asked first
    for a while; the administrators are told.

    reason: short word of the outbox. now: aware datetime. Call inside a transaction.
    """
    Endpoint.objects.filter(pk=endpoint.pk).update(last_outcome=reason, last_outcome_at=now)
    if reason in BROKEN:
        switch_off(endpoint, reason)
        return
    failing = Endpoint.objects.filter(pk=endpoint.pk, state=Endpoint.State.ACTIVE).update(failed_at=now)
    if failing and not endpoint.fails(now):
        code = endpoint.local_coordinator.code
        record(None, "endpoint.failing", code, channel=endpoint.channel, person=endpoint.pk, why=reason)
        raise_alarm(
            None,
            FAILING,
            code,
            text=gettext_noop(
                "The local coordinator %(subject)s does not take what is sent by %(channel)s (%(why)s). Other ways of theirs "
                "are taken meanwhile, where there are any."
            ),
            channel=endpoint.channel,
            why=reason,
        )


def set_receives_offers(actor, endpoint, receives):
    """Pause one way, or let offers go there again. receives: bool. Raises NotAllowed, NotFound."""
    may_manage(actor, endpoint.local_coordinator)
    with transaction.atomic():
        if Endpoint.objects.filter(pk=endpoint.pk).exclude(receives_offers=receives).update(receives_offers=receives):
            record(
                actor,
                "endpoint.resumed" if receives else "endpoint.paused",
                endpoint.local_coordinator.code,
                channel=endpoint.channel,
                person=endpoint.pk,
            )


def put_first(actor, endpoint):
    """Let this way be tried before the others of its coordinator. Raises NotAllowed, NotFound."""
    may_manage(actor, endpoint.local_coordinator)
    with transaction.atomic():
        LocalCoordinator.objects.select_for_update().get(pk=endpoint.local_coordinator_id)
        others = Endpoint.objects.filter(local_coordinator=endpoint.local_coordinator_id).exclude(pk=endpoint.pk)
        for position, pk in enumerate([endpoint.pk, *others.values_list("pk", flat=True)]):
            Endpoint.objects.filter(pk=pk).update(position=position)
        code = endpoint.local_coordinator.code
        record(actor, "endpoint.put_first", code, channel=endpoint.channel, person=endpoint.pk)


def move(endpoint, address):
    """Follow a group that became a supergroup to its new chat id."""
    with transaction.atomic():
        twin = (
            Endpoint.objects.at(endpoint.channel, address)
            .filter(local_coordinator=endpoint.local_coordinator_id)
            .exclude(pk=endpoint.pk)
        )
        twin.delete()
        before, endpoint.address = endpoint.address, str(address)
        endpoint.save()
        endpoint_moved.send(Endpoint, endpoint=endpoint, before=before)
        record(None, "endpoint.moved", endpoint.local_coordinator.code, channel=endpoint.channel)


def set_language(endpoint, language):
    """Speak `language` (one of settings.LANGUAGES) at this endpoint from now on."""
    Endpoint.objects.filter(pk=endpoint.pk).update(language=language)


def stop(endpoint):
    """The person at the endpoint wants nothing more: it is switched off, and linking again needs a new code."""
    end_use([endpoint], "stopped")


def coordinators_at(channel, address):
    """Active endpoints at an address, with their local coordinators; a chat may serve several."""
    return list(
        Endpoint.objects.at(channel, address)
        .filter(state=Endpoint.State.ACTIVE)
        .exclude(local_coordinator__state=LocalCoordinator.State.SUSPENDED)
        .select_related("local_coordinator")
    )


def linked_person(local_coordinator, person_id):
    """The private endpoint of a person who is linked for `local_coordinator`, or None.

    person_id: a Telegram user id, which is also the id of that person's private chat.
    """
    return (
        Endpoint.objects.at(Endpoint.Channel.TELEGRAM, person_id)
        .filter(local_coordinator=local_coordinator, state=Endpoint.State.ACTIVE, is_group=False)
        .first()
    )
