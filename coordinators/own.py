"""What hangs on an account here: codes made to link a chat to a local coordinator, and the chats that rest on them."""

from django.utils.translation import gettext_lazy as _

from coordinators.models import Announcement, Endpoint, LinkCode
from hotline.lib.own import Part


def _link_codes(person):
    made = LinkCode.objects.filter(created_by=person).order_by("-expires_at")
    return made.values_list("local_coordinator__code", "expires_at", "used_at")


def _linked(person):
    # Whose chat it is, is theirs to know.
    rest = Endpoint.objects.filter(vouched_by=person).order_by("-verified_at")
    return rest.values_list("local_coordinator__code", "channel", "verified_at")


def _announcements(person):
    written = Announcement.objects.filter(created_by=person).order_by("-created_at")
    return written.values_list("code", "created_at", "sent_at")


PARTS = [
    Part(
        "announcements",
        _("Announcements to local coordinators that you wrote"),
        ("coordinators.Announcement: created_by",),
        {"code": _("code"), "at": _("written"), "sent": _("sent")},
        _announcements,
    ),
    Part(
        "link_codes",
        _("Codes that you made to link a chat"),
        ("coordinators.LinkCode: created_by",),
        {"local_coordinator": _("local coordinator"), "until": _("valid until"), "used": _("used")},
        _link_codes,
    ),
    Part(
        "linked_chats",
        _("Chats that were linked by them, and end with your rights"),
        ("coordinators.Endpoint: vouched_by",),
        {"local_coordinator": _("local coordinator"), "channel": _("channel"), "linked": _("linked")},
        _linked,
    ),
]
