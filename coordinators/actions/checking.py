"""An administrator checks a registration: notes, approval, refusal. Approving makes the local coordinator and its coverage."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from coordinators.actions.registrations import Decided
from coordinators.actions.trust import MANAGE, SECOND_LOOK, check_coverage
from coordinators.models import Coverage, Endpoint, Level, LocalCoordinator, Registration
from hotline.lib.errors import Refused
from hotline.lib.fields import readable
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.outbox.actions.messages import enqueue
from hotline.staff.actions.audit import record
from hotline.staff.permissions import require

State = Registration.State
PURPOSE = "registration"
NOTES_LENGTH = Registration._meta.get_field("notes").max_length


class ChecksMissing(Refused):
    code = "checks_missing"
    message = _("Say how you checked them; it is kept with them, sealed.")


class NothingLeft(Refused):
    code = "nothing_left"
    message = _("What they told of themselves can no longer be read. Refuse it, and ask them to register anew.")


def add_note(actor, registration, words):
    """Add to the sealed notes of checking. Raises NotAllowed, NotFound, Decided."""
    require(actor, MANAGE)
    with transaction.atomic():
        row = Registration.objects.select_for_update().get(pk=registration.pk)
        if row.state != State.WAITING:
            raise Decided
        row.notes = _noted(row.notes if readable(row, "notes") else "", actor, words)
        row.save(update_fields=["notes"])
    registration.refresh_from_db()


def _noted(notes, actor, words):
    line = f"{timezone.localdate()} {actor.alias}: {words.strip()}"
    return f"{notes or ''}\n{line}".strip()[-NOTES_LENGTH:]


def approve(actor, registration, *, words, checked_for=()):
    """Let the organisation in, as a newcomer with what it asked to cover. Returns the LocalCoordinator.

    words: how it was checked; checked_for: Categories that only checked coordinators get. It is told by e-mail where it gave
    an address, and under its code in any case; from there it connects its Telegram. Of two who approve at once one wins.
    Raises NotAllowed, NotFound, ChecksMissing, Decided, NothingLeft, and what trust.check_coverage raises.
    """
    require(actor, MANAGE)
    if not words.strip():
        raise ChecksMissing
    now = timezone.now()
    with transaction.atomic():
        registration = _decide(registration, State.APPROVED, now)
        told = registration.told
        if not told:
            raise NothingLeft
        pairs = [(kind, place) for kind in registration.categories.all() for place in registration.places.all()]
        check_coverage(Level.NEWCOMER, pairs)
        local_coordinator = LocalCoordinator(
            name=told["name"],
            notes=_about(registration, told, actor, words),
            state=LocalCoordinator.State.ACTIVE,
            languages=registration.languages,
            base=registration.places.first(),
            is_vouched=registration.is_vouched,
            vouched_by=registration.vouched_by,
            second_look_at=now + SECOND_LOOK,
            trusted_from=now,
        )
        local_coordinator.save()
        local_coordinator.checked_for.set(checked_for)
        Coverage.objects.bulk_create(
            Coverage(local_coordinator=local_coordinator, category=kind, place=place) for kind, place in pairs
        )
        # What it told stands with it now, under the key of its own row.
        Registration.objects.filter(pk=registration.pk).update(
            local_coordinator=local_coordinator, told_sealed=None, notes=None
        )
        record(
            actor,
            "registration.approved",
            registration.code,
            coordinator=local_coordinator.code,
            checked_for=[kind.slug for kind in checked_for],
            vouched=registration.is_vouched,
        )
        record(actor, "local_coordinator.registered", local_coordinator.code)
        _tell(registration, told, _welcome)
        ring(topics.registrations())
    return local_coordinator


def refuse(actor, registration, words):
    """Decline with kind words, which it reads under its code, and by e-mail where it gave an address.

    What it told stays for the time that is set, so that a question can be answered. Raises NotAllowed, NotFound, Decided.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        registration = _decide(registration, State.REFUSED, timezone.now())
        registration.answer = words.strip()
        registration.save(update_fields=["answer"])
        record(actor, "registration.refused", registration.code)
        _tell(registration, registration.told, _sorry)
        ring(topics.registrations())


def _decide(registration, state, now):
    """Move a waiting registration on, and read it as it stands. Raises Decided."""
    moved = Registration.objects.filter(pk=registration.pk, state=State.WAITING).update(state=state, state_since=now)
    if not moved:
        raise Decided
    return Registration.objects.select_related("vouched_by").get(pk=registration.pk)


def _about(registration, told, actor, words):
    """What is known of them, for the sealed notes of the local coordinator: how to reach them, how they were checked."""
    lines = [told.get(name) for name in ("person", "phone", "email")]
    if registration.vouched_by is not None:
        lines.append(gettext("Vouched for by %(code)s") % {"code": registration.vouched_by.code})
    # Where not all of it fits, the long words of the organisation itself are what is cut.
    notes = registration.notes if readable(registration, "notes") else ""
    lines += [notes, told.get("check"), told.get("note")]
    return _noted("\n".join(line for line in lines if line)[: NOTES_LENGTH - 1000], actor, words)


def twins(registration):
    """Codes (list of str) of local coordinators that have the same e-mail address, for whoever checks."""
    email = registration.told.get("email", "")
    if not email:
        return []
    found = Endpoint.objects.at(Endpoint.Channel.EMAIL, email).select_related("local_coordinator")
    return sorted({one.local_coordinator.code for one in found[:20]})


def _tell(registration, told, letter):
    """A letter in the organisation's language, in the caller's transaction; whoever gave no address reads it by the code."""
    if not told.get("email"):
        return
    with translation.override(registration.language):
        subject, paragraphs = letter(registration, told)
        enqueue(
            channel="email",
            recipient=told["email"],
            content={"subject": f"{settings.HOTLINE_NAME}: {subject}", "text": "\n\n".join(paragraphs)},
            key=f"registration:{registration.pk}:{registration.state}",
            purpose=PURPOSE,
            subject=registration.code,
        )


def _address():
    return settings.BASE_URL + reverse("coordinators:state")


def _welcome(registration, told):
    return gettext("You are in"), [
        gettext("Hello %(person)s,") % {"person": told["person"]},
        gettext("thank you for registering %(name)s. You are in.") % {"name": told["name"]},
        gettext("Open this page, write the code that you noted when you registered, and connect your Telegram:"),
        _address(),
        gettext("From then on requests that you can help with come to you. Accept or decline; declining never counts."),
    ]


def _sorry(registration, told):
    words = [registration.answer] if registration.answer else []
    return gettext("About your registration"), [
        gettext("Hello %(person)s,") % {"person": told["person"]},
        gettext("thank you for offering your help. We cannot take you in at the moment."),
        *words,
        ngettext(
            "What you told us is erased %(days)s day after the decision.",
            "What you told us is erased %(days)s days after the decision.",
            settings.REGISTRATION_DAYS,
        )
        % {"days": settings.REGISTRATION_DAYS},
        gettext("We are grateful that you want to help, and wish you well."),
    ]
