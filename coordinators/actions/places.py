"""Mark a place unreachable or reachable again, add one that no list has, add a spelling."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordinators.models import Place, PlaceName
from hotline.lib.errors import Refused
from hotline.lib.folding import fold
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.permissions import require


class UnknownReachability(Refused):
    code = "unknown_reachability"
    message = _("Choose whether the place is reachable, cut off, occupied or evacuated.")


class ReasonMissing(Refused):
    code = "reason_missing"
    message = _("Say in a few words why the place cannot be reached: operators read it during the call.")


class TooLong(Refused):
    code = "too_long"
    message = _("Please say it in %(limit)s characters.")


class AlreadySo(Refused):
    code = "already_so"
    message = _("This place is marked so already.")


class NameMissing(Refused):
    code = "name_missing"
    message = _("Give the place a name.")


class WrongKind(Refused):
    code = "wrong_kind"
    message = _("This kind of place cannot lie there.")


class KnownAlready(Refused):
    code = "known_already"
    message = _("The place is found by this name already.")


# What may lie in what.
INSIDE = {
    Place.Kind.ROOT: (),
    Place.Kind.COUNTRY: (Place.Kind.REGION, Place.Kind.SETTLEMENT),
    Place.Kind.REGION: (Place.Kind.DISTRICT, Place.Kind.SETTLEMENT),
    Place.Kind.DISTRICT: (Place.Kind.SETTLEMENT,),
    Place.Kind.SETTLEMENT: (Place.Kind.QUARTER,),
    Place.Kind.QUARTER: (),
}


def set_reachability(actor, place, state, note=""):
    """Say whether `place` and everything below it can be reached; operators and matching see it from the commit on.

    state: a Place.Reachability; note: why, for operators to read, needed unless it is OPEN, and dropped then. Returns
    the place as it is now. Raises NotAllowed, NotFound, UnknownReachability, ReasonMissing, TooLong, AlreadySo.
    """
    require(actor, "coordinators.manage_registry")
    if state not in Place.Reachability.values:
        raise UnknownReachability
    note = " ".join(note.split())
    if state == Place.Reachability.OPEN:
        note = ""
    elif not note:
        raise ReasonMissing
    limit = Place._meta.get_field("reachability_note").max_length
    if len(note) > limit:
        raise TooLong(limit=limit)
    with transaction.atomic():
        changed = (
            Place.objects.filter(pk=place.pk)
            .exclude(reachability=state, reachability_note=note)
            .update(
                reachability=state,
                reachability_note=note,
                reachability_since=None if state == Place.Reachability.OPEN else timezone.now(),
            )
        )
        if not changed:
            raise AlreadySo
        record(actor, "place.reachability", place.code, reason=note, was=place.reachability, now=str(state))
        ring(topics.places())
    place.refresh_from_db(fields=["reachability", "reachability_note", "reachability_since"])
    return place


def add_place(actor, parent, kind, name):
    """Add a place that no list has, inside `parent` and where that lies; returns it. kind: one of INSIDE[parent.kind].

    Raises NotAllowed, NotFound, NameMissing, WrongKind.
    """
    require(actor, "coordinators.manage_registry")
    if kind not in INSIDE[parent.kind]:
        raise WrongKind
    name = _name(name)
    with transaction.atomic():
        place = Place.objects.create(
            parent=parent,
            kind=kind,
            name=name,
            country=parent.country,
            latitude=parent.latitude,
            longitude=parent.longitude,
        )
        record(actor, "place.added", place.code, inside=parent.code)
    return place


def add_spelling(actor, place, name):
    """Let `place` be found by `name` too. Raises NotAllowed, NotFound, NameMissing, KnownAlready."""
    require(actor, "coordinators.manage_registry")
    name = _name(name)
    try:
        with transaction.atomic():
            spelling = place.spellings.create(name=name)
            record(actor, "place.spelling_added", place.code)
    except IntegrityError:
        raise KnownAlready from None
    return spelling


def _name(text):
    name = " ".join(text.split())
    if not fold(name):
        raise NameMissing
    limit = PlaceName._meta.get_field("name").max_length
    if len(name) > limit:
        raise TooLong(limit=limit)
    return name
