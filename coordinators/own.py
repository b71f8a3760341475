"""What hangs on an account here: codes made to link a chat to a local coordinator."""

from django.utils.translation import gettext_lazy as _

from coordinators.models import LinkCode
from hotline.lib.own import Part


def _link_codes(person):
    made = LinkCode.objects.filter(created_by=person).order_by("-expires_at")
    return made.values_list("local_coordinator__code", "expires_at", "used_at")


PARTS = [
    Part(
        "link_codes",
        _("Codes that you made to link a chat"),
        ("coordinators.LinkCode: created_by",),
        {"local_coordinator": _("local coordinator"), "until": _("valid until"), "used": _("used")},
        _link_codes,
    ),
]
