"""What the registry keeps of those who help, for the table of what is kept."""

from django.utils.translation import gettext_lazy as _

from coordinators.models import Coverage, Endpoint, LocalCoordinator, Registration
from hotline.lib.kept import (
    ADMINISTRATORS,
    EVERYBODY_IN_THE_HOUSE,
    HASHED,
    NOBODY,
    ON_REMOVAL,
    PLAIN,
    STAYS,
    UNDER_THE_SITE_KEY,
    Figure,
    Place,
    Row,
    counted,
)

EACH_ITS_OWN = _("administrators; each its own")

ROWS = [
    Row(
        datum=_("local coordinators: name, notes of checking, addresses (a list of helpers is a list to arrest)"),
        fields=("coordinators.LocalCoordinator: name notes", "coordinators.Endpoint: address address_hash secrets"),
        kept=UNDER_THE_SITE_KEY,
        seen=EACH_ITS_OWN,
        gone=ON_REMOVAL,
    ),
    Row(
        datum=_("what they cover, speak, can carry; how quickly they answer; who vouched for them"),
        fields=(
            "coordinators.LocalCoordinator: all",
            "coordinators.LocalCoordinator_checked_for: all",
            "coordinators.Coverage: all",
            "coordinators.Endpoint: all",
        ),
        kept=_("plain, without a name"),
        seen=EACH_ITS_OWN,
        gone=ON_REMOVAL,
    ),
    Row(
        datum=_("registrations: who they are, how to reach and check them, notes, what they were told"),
        fields=("coordinators.Registration: told_sealed notes answer",),
        kept=_("under the site key"),
        seen=_("administrators; whoever holds its code: how it stands, and what it was told"),
        gone=_(
            "when it is approved (it stands with the local coordinator then) or withdrawn; else %(REGISTRATION_DAYS)s after "
            "it came in or was refused"
        ),
    ),
    Row(
        datum=_("registrations: kinds of help and places, languages, state, who vouched; codes"),
        fields=(
            "coordinators.Registration: all",
            "coordinators.Registration_categories: all",
            "coordinators.Registration_places: all",
        ),
        kept=_("plain, without a name; codes as keyed hashes"),
        seen=ADMINISTRATORS,
        gone=_("%(REGISTRATION_DAYS)s after it came in or was decided"),
    ),
    Row(
        datum=_("codes by which somebody known vouches"),
        fields=("coordinators.VouchCode: all",),
        kept=HASHED,
        seen=NOBODY,
        gone=_("after 30 days; it works for 14"),
    ),
    Row(
        datum=_("announcements to local coordinators"),
        fields=("coordinators.Announcement: sealed_texts",),
        kept=UNDER_THE_SITE_KEY,
        seen=_("coordinators and administrators; those whom it concerns"),
        gone=_("%(OUTBOX_DAYS)s after it was written"),
    ),
    Row(
        datum=_("of an announcement: kind, place, state, whom it was for, and whether they got it"),
        fields=("coordinators.Announcement: all", "coordinators.Telling: all"),
        kept=PLAIN,
        seen=_("coordinators and administrators: how many, never who"),
        gone=_("with its text"),
    ),
    Row(
        datum=_("codes that link a Telegram chat or confirm a mailbox"),
        fields=("coordinators.LinkCode: all",),
        kept=HASHED,
        seen=NOBODY,
        gone=_("after 4 days; it works for 3"),
    ),
    Row(
        datum=_("kinds of help, places, directory"),
        fields=(
            "coordinators.Category: all",
            "coordinators.CategoryStamp: all",
            "coordinators.Place: all",
            "coordinators.PlaceName: all",
            "coordinators.PlaceTwin: all",
            "coordinators.PlaceStamp: all",
            "coordinators.DirectoryEntry: all",
        ),
        kept=_("plain, public knowledge"),
        seen=EVERYBODY_IN_THE_HOUSE,
        gone=STAYS,
    ),
]


def figures():
    """What would be found of those who help right now, list of Figure. Four queries."""
    return [
        Figure(Place.DISK, _("local coordinators with name and notes"), counted(LocalCoordinator.objects.all())),
        Figure(Place.DISK, _("their addresses at Telegram and by e-mail"), counted(Endpoint.objects.all())),
        Figure(Place.DISK, _("registrations of those who want to help"), counted(Registration.objects.all())),
        Figure(Place.DUMP, _("what is covered where, without a name"), counted(Coverage.objects.all())),
    ]
