"""Destroying the keys of a frozen house: a second person confirms, or the passphrase that was set up for it."""

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from hotline.lib.errors import Refused
from hotline.lib.keyring import keyring
from hotline.lib.throttle import allow
from hotline.staff.actions.alarms import raise_alarm, settle_alarm
from hotline.staff.actions.audit import record
from hotline.staff.actions.freeze import FREEZE, NotFrozen, freeze, is_frozen
from hotline.staff.models import DestroyPassphrase, KeyDestruction
from hotline.staff.permissions import require

SHORTEST_PASSPHRASE = 20


class NotWaiting(Refused):
    code = "not_waiting"
    message = _("This is no longer waiting: it was withdrawn, done, or its half hour is over. Ask anew.")


class SecondPersonNeeded(Refused):
    code = "second_person_needed"
    message = _("Somebody else has to confirm what you asked for: another administrator, or the passphrase.")


class WrongPassphrase(Refused):
    code = "wrong_passphrase"
    message = _("This is not the passphrase, or none was set up.")


class TooShort(Refused):
    code = "too_short"
    message = _("Take at least %(count)d characters: five or six words that nobody would put together.")


def set_passphrase(text):
    """Keep the slow hash of `text` (str), in place of an earlier one; by the command alone. Raises TooShort."""
    text = _normal(text)
    if len(text) < SHORTEST_PASSPHRASE:
        raise TooShort(count=SHORTEST_PASSPHRASE)
    with transaction.atomic():
        DestroyPassphrase.objects.update_or_create(
            pk=DestroyPassphrase.THE_ROW, defaults={"hash": make_password(text), "set_at": timezone.now()}
        )
        record(None, "keys.passphrase_set")


def ask(actor, *, with_site_key):
    """`actor` wants the keys destroyed. Returns the KeyDestruction that somebody else may confirm within half an hour.

    with_site_key: besides the keys of days, which cover what people told us, the one for registry and accounts.
    Raises NotFrozen, NotAllowed, NotFound.
    """
    require(actor, FREEZE)
    if not is_frozen():
        raise NotFrozen
    with transaction.atomic():
        asked = KeyDestruction.objects.create(with_site_key=with_site_key, asked_by=actor)
        record(actor, "keys.destruction_asked", asked.pk, site_key=with_site_key)
        raise_alarm(
            None,
            "destruction_asked",
            text=gettext_noop(
                "Somebody wants to destroy the keys of the house. Within half an hour another administrator may confirm "
                "or stop it, on the page for emergencies."
            ),
        )
    return asked


def withdraw(actor, asked):
    """Any administrator stops what was asked for. Raises NotWaiting, NotAllowed, NotFound."""
    require(actor, FREEZE)
    with transaction.atomic():
        if not KeyDestruction.waiting(timezone.now()).filter(pk=asked.pk).update(withdrawn_at=timezone.now()):
            raise NotWaiting
        record(actor, "keys.destruction_withdrawn", asked.pk)
        settle_alarm("destruction_asked", "")


def confirm(actor, asked):
    """A second person says so too: the keys are destroyed now. Raises SecondPersonNeeded, NotWaiting, NotFrozen,
    NotAllowed, NotFound."""
    require(actor, FREEZE)
    if not is_frozen():
        raise NotFrozen
    now = timezone.now()
    if asked.asked_by_id == actor.pk:
        raise SecondPersonNeeded
    with transaction.atomic():
        waiting = KeyDestruction.waiting(now).filter(pk=asked.pk).exclude(asked_by=actor)
        if not waiting.update(confirmed_at=now, confirmed_by=actor):
            raise NotWaiting
        record(actor, "keys.destruction_confirmed", asked.pk)
        settle_alarm("destruction_asked", "")
    carry_out(now)


def destroy_by_passphrase(actor, passphrase, *, with_site_key, way):
    """Freeze the house if it is not frozen, and destroy its keys, by the passphrase (str) alone.

    actor: an account with the right, or None where the way itself proves it. way: Freeze.Way.
    Raises WrongPassphrase, throttle.TooOften, NotAllowed, NotFound.
    """
    if actor is not None:
        require(actor, FREEZE)
    # One count for the whole house: whoever guesses comes from many places.
    allow("destroy-passphrase", "house")
    kept = DestroyPassphrase.objects.filter(pk=DestroyPassphrase.THE_ROW).first()
    if not check_password(_normal(passphrase), kept.hash if kept else ""):
        record(actor, "keys.passphrase_refused", way=way)
        raise WrongPassphrase
    freeze(actor, "", way)
    now = timezone.now()
    with transaction.atomic():
        asked = KeyDestruction.objects.create(with_site_key=with_site_key, asked_by=actor, confirmed_at=now)
        record(actor, "keys.destruction_confirmed", asked.pk, site_key=with_site_key, way=way, passphrase=True)
    carry_out(now)


def carry_out(now):
    """Destroy what was confirmed; the worker does it when whoever confirmed died over it. How many, int."""
    found = KeyDestruction.objects.filter(confirmed_at__isnull=False, done_at=None).order_by("confirmed_at")
    return sum(_carry_out(pk, now) for pk in found.values_list("pk", flat=True))


def _carry_out(pk, now):
    with transaction.atomic():
        rows = KeyDestruction.objects.select_for_update(no_key=True, skip_locked=True)
        asked = rows.filter(pk=pk, done_at=None).first()
        if asked is None:
            return False
        # Before the files: a line of the audit is stamped with the site key. Whoever dies here does all of it again.
        record(None, "keys.destroyed", asked.pk, site_key=asked.with_site_key)
        KeyDestruction.objects.filter(pk=pk).update(done_at=now)
        keyring().destroy(with_site_key=asked.with_site_key)
    return True


def _normal(text):
    return " ".join(text.split())
