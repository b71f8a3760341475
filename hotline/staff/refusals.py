"""Why somebody may not do something, in words."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from hotline.lib.errors import Refused


class NotAllowed(Refused, PermissionDenied):
    """A colleague without the right: Django answers 403."""

    code = "not_allowed"
    message = _("You do not have the right to do this.")


class NotFound(Refused, Http404):
    """Somebody to whom this does not exist: Django answers 404."""

    code = "not_found"
    message = _("This does not exist, or not for you.")


class Frozen(NotAllowed):
    """The house stands still: whatever anybody may do otherwise, 403."""

    code = "frozen"
    message = _("The house stands still for now: nothing goes in or out until an administrator lets it go on.")
