"""What signs the calls to a coordinator's own system, and those that come from it."""

from django.db import transaction

from coordinators.actions.endpoints import may_manage
from coordinators.actions.ways import NotOfThisKind
from coordinators.models import Endpoint
from hotline.lib import webhooks
from hotline.lib.crypto import Unreadable
from hotline.staff.actions.audit import record

WEBHOOK = Endpoint.Channel.WEBHOOK


def secrets_of(endpoint_pk):
    """The secrets (list of str, the newest first) of a webhook; none when it is not there or was switched off."""
    endpoint = Endpoint.objects.filter(pk=endpoint_pk, channel=WEBHOOK).exclude(state=Endpoint.State.OFF).first()
    try:
        return (endpoint.secrets or "").split() if endpoint else []
    except Unreadable:
        return []


def new_secret(actor, endpoint):
    """A new secret (str, which nobody sees again) beside the one before, until that is dropped.

    Raises NotAllowed, NotFound, NotOfThisKind.
    """
    with transaction.atomic():
        newest, *_before = _change(actor, endpoint, lambda known: [webhooks.new_secret(), *known[:1]])
        record(actor, "endpoint.secret_added", endpoint.local_coordinator.code, channel=WEBHOOK, person=endpoint.pk)
    return newest


def drop_old_secret(actor, endpoint):
    """Only the newest secret signs from now on. Raises NotAllowed, NotFound, NotOfThisKind."""
    with transaction.atomic():
        _change(actor, endpoint, lambda known: known[:1])
        code = endpoint.local_coordinator.code
        record(actor, "endpoint.old_secret_dropped", code, channel=WEBHOOK, person=endpoint.pk)


def _change(actor, endpoint, change):
    """What `change` (function list → list) makes of the secrets; call inside a transaction."""
    may_manage(actor, endpoint.local_coordinator)
    locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    if locked.channel != WEBHOOK:
        raise NotOfThisKind
    known = change((locked.secrets or "").split())
    locked.secrets = " ".join(known)
    locked.save(update_fields=["secrets"])
    return known
