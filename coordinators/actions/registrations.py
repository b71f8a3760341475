"""Joining: an organisation registers itself, looks at how it stands, and may withdraw; see `checking` for the other side."""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from coordinators.actions.endpoints import SwitchedOff, end_use
from coordinators.actions.trust import check_coverage
from coordinators.actions.vouching import use_code
from coordinators.models import Endpoint, Level, LinkCode, LocalCoordinator, Registration
from coordinators.models.registration import code_of
from hotline.lib import ledger
from hotline.lib.codes import hash_token, token
from hotline.lib.errors import Refused
from hotline.lib.rows import each
from hotline.lib.scrub import scrub
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.alarms import raise_alarm, settle_alarm
from hotline.staff.actions.audit import record
from hotline.staff.actions.freeze import refuse_when_frozen
from hotline.staff.actions.one_time_codes import as_typed
from hotline.staff.models import Alarm

State = Registration.State
LEDGER = "registration"
# Nobody has looked at the list for so long: the alarm rings.
WAITED = timedelta(hours=24)
WAITS, FULL = "registration_waits", "registrations_full"
LINK_DAYS = 3


class SentBefore(Refused):
    code = "sent_before"
    message = _(
        "This form was sent before, with other words in it. Send it once more to register with what stands here now."
    )


class ListFull(Refused):
    code = "list_full"
    message = _(
        "Very many have registered just now, and each is looked at by a person. Please send it again tomorrow; what you "
        "typed stays here as long as this page is open."
    )


class UnknownCode(Refused):
    code = "unknown_code"
    message = _("We know no registration with this code. Compare it with what you noted; it may also have been erased.")


class Decided(Refused):
    code = "decided"
    message = _("This has been decided meanwhile. Here is how it stands.")


class Connected(Refused):
    code = "connected"
    message = _("You are connected already. Write /help to the bot to see what it understands.")


def register(submission, told, *, language, languages, categories, places, vouch=""):
    """Take a registration. Returns (Registration, code, str, with which its organisation comes back).

    submission: id (UUID) of the form, so that sending it twice takes it once. told: {key of Registration.TOLD: str};
    languages: codes they speak; categories, places: what they would cover, each in each; vouch: a code of somebody known.
    Raises Frozen, SentBefore, ListFull, VouchNotValid, and what trust.check_coverage raises.
    """
    refuse_when_frozen()
    check_coverage(Level.NEWCOMER, [(category, place) for category in categories for place in places])
    code = code_of(submission)
    fresh = Registration(
        language=language,
        languages=list(languages),
        submission_hash=hash_token(submission.hex, "registration-form"),
        code_hash=hash_token(code, "registration"),
    )
    fresh.told = told
    try:
        with transaction.atomic():
            return _take(fresh, categories, places, vouch), code
    except ListFull:
        _ring(FULL, gettext_noop("The list of registrations is full. Please check or refuse some of them."))
        raise


def _take(fresh, categories, places, vouch):
    Registration.objects.bulk_create([fresh], ignore_conflicts=True)
    taken = Registration.objects.get(submission_hash=fresh.submission_hash)
    if taken.pk != fresh.pk:
        if taken.told != fresh.told or not _covers(taken, categories, places):
            raise SentBefore
        return taken
    if vouch:
        taken.vouched_by = use_code(vouch)
        taken.is_vouched = True
        taken.save(update_fields=["vouched_by", "is_vouched"])
    elif Registration.objects.filter(state=State.WAITING).count() > settings.REGISTRATIONS_WAITING:
        # Whoever is vouched for gets in past a flood.
        raise ListFull
    taken.categories.set(categories)
    taken.places.set(places)
    record(None, "registration.received", taken.code, vouched=taken.is_vouched)
    ring(topics.registrations())
    return taken


def _covers(registration, categories, places):
    there = {one.pk for one in registration.categories.all()}, {one.pk for one in registration.places.all()}
    return there == ({one.pk for one in categories}, {one.pk for one in places})


def find(typed):
    """The Registration of a code that somebody typed. Raises UnknownCode."""
    found = Registration.objects.filter(code_hash=hash_token(as_typed(typed), "registration"))
    found = found.select_related("local_coordinator").first()
    if found is None:
        raise UnknownCode
    return found


def withdraw(registration):
    """The organisation takes its registration back: all that it told is erased at once. Raises Decided, Frozen."""
    refuse_when_frozen()
    with transaction.atomic():
        moved = Registration.objects.filter(pk=registration.pk, state=State.WAITING).update(
            state=State.WITHDRAWN, state_since=timezone.now(), told_sealed=None, notes=None, languages=[]
        )
        if not moved:
            raise Decided
        registration.refresh_from_db()
        registration.categories.clear()
        registration.places.clear()
        record(None, "registration.withdrawn", registration.code)
        transaction.on_commit(partial(ledger.note, LEDGER, registration.code))
        transaction.on_commit(partial(scrub, Registration._meta.db_table))
        ring(topics.registrations())


def is_connected(registration):
    """Whether its organisation can be reached by now, bool."""
    held = Endpoint.objects.filter(local_coordinator=registration.local_coordinator_id, state=Endpoint.State.ACTIVE)
    return registration.local_coordinator_id is not None and held.exists()


def issue_link(registration):
    """A one-time code, str, that links the Telegram of an approved organisation; the last one opens nothing from now on.

    Whoever holds the code of the registration asks, until a first chat is linked. Raises Decided, SwitchedOff, Connected,
    Frozen.
    """
    refuse_when_frozen()
    with transaction.atomic():
        row = Registration.objects.select_for_update().get(pk=registration.pk)
        if row.state != State.APPROVED or row.local_coordinator_id is None:
            raise Decided
        local_coordinator = LocalCoordinator.objects.select_for_update().get(pk=row.local_coordinator_id)
        if local_coordinator.state == LocalCoordinator.State.SUSPENDED:
            raise SwitchedOff
        if is_connected(row):
            raise Connected
        LinkCode.objects.filter(local_coordinator=local_coordinator, created_by=None, used_at=None).delete()
        code = token()
        LinkCode.objects.create(
            local_coordinator=local_coordinator,
            token_hash=hash_token(code, "link-code"),
            expires_at=timezone.now() + timedelta(days=LINK_DAYS),
        )
        record(None, "registration.link_issued", row.code, coordinator=local_coordinator.code)
    return code


def switch_off_all(local_coordinator):
    """Nothing reaches `local_coordinator` any more, and no code that is out by now links another chat: neither a link, nor
    the code of its registration, which is erased.
    """
    with transaction.atomic():
        for registration in Registration.objects.filter(local_coordinator=local_coordinator):
            erase(registration)
        LinkCode.objects.filter(local_coordinator=local_coordinator, used_at=None).delete()
        active = local_coordinator.endpoints.filter(state=Endpoint.State.ACTIVE).order_by("pk")
        end_use(list(active.select_related("local_coordinator")), "removed")


def due(now):
    """Those (QuerySet) whose time is over: refused, withdrawn, decided and gone on, or waiting without an answer."""
    oldest = now - timedelta(days=settings.REGISTRATION_DAYS)
    return Registration.objects.filter(state_since__lte=oldest).order_by("state_since")


def erase(registration):
    """Delete one for good. Whether it was there, bool."""
    with transaction.atomic():
        gone = Registration.objects.filter(pk=registration.pk).delete()[0]
        if gone:
            record(None, "registration.erased", registration.code)
            transaction.on_commit(partial(ledger.note, LEDGER, registration.code))
    return bool(gone)


def erase_again():
    """Erase those that the ledger says were erased: a restored backup brought them back. Returns how many."""
    return each(ledger.among(LEDGER, Registration.objects.all()), erase)


def remind(now):
    """Ring while registrations wait too long; fall silent when none does. Whether it rings, int."""
    waits = Registration.objects.filter(state=State.WAITING, created_at__lte=now - WAITED).exists()
    if waits:
        _ring(WAITS, gettext_noop("A registration has been waiting for a day to be checked."))
    else:
        settle_alarm(WAITS, "")
    if Registration.objects.filter(state=State.WAITING).count() < settings.REGISTRATIONS_WAITING:
        settle_alarm(FULL, "")
    return int(waits)


def _ring(kind, words):
    """Whoever saw to it is left in peace for a day."""
    if not Alarm.objects.filter(kind=kind, raised_at__gt=timezone.now() - WAITED).exists():
        raise_alarm(None, kind, text=words)
