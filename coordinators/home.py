"""What the registry puts on the first page after log-in."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordinators import topics
from coordinators.actions.trust import MANAGE
from coordinators.models import LocalCoordinator, Registration
from hotline.staff.permissions import rights_of

MOST_ROWS = 5


def cards(request):
    """Cards (list of dicts, see hotline.home.waiting): registrations to check, and coordinators to look at once more."""
    rights = rights_of(request)
    if not rights.can(MANAGE):
        return []
    heard = topics.of_user(rights)
    return [card for card in (_registrations(heard), _second_looks(heard)) if card["count"]]


def _registrations(heard):
    waiting = Registration.objects.filter(state=Registration.State.WAITING)
    rows = [
        {"text": one.told.get("name", one.code), "url": _page(one), "at": one.created_at} for one in waiting[:MOST_ROWS]
    ]
    return {
        "title": _("Registrations"),
        "icon": "people",
        "count": waiting.count(),
        "tone": "waiting",
        "text": _("They want to help, and wait to be checked."),
        "rows": rows,
        "url": f"{reverse('admin:coordinators_registration_changelist')}?state__exact=waiting",
        "action": _("To the registrations"),
        "topics": heard,
    }


def _second_looks(heard):
    due = LocalCoordinator.objects.filter(second_look_at__lte=timezone.now())
    return {
        "title": _("Second look"),
        "icon": "eye",
        "count": due.count(),
        "tone": "waiting",
        "text": _("These have been here for a month. Is all as they said?"),
        "url": f"{reverse('admin:coordinators_localcoordinator_changelist')}?look=due",
        "action": _("Look at them"),
        "topics": heard,
    }


def _page(registration):
    return reverse("admin:coordinators_registration_change", args=[registration.pk])
