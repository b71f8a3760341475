"""The first page after log-in, and what stands in the bar at the top: both are made of what the rooms below bring."""

from functools import partial

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.home import is_at_the_chat_desk
from hotline.dispatch.home import has_desk
from hotline.staff.models import Freeze
from hotline.staff.permissions import rights_of

SIMULATOR_URL = "/simulator/"

# Label, name of the address, and the rights of which any one opens it, or a function of the Rights that says whether it
# opens; the admin is shown to whoever finds something there.
ENTRIES = [
    (_("Requests"), "dispatch:desk", has_desk),
    (_("Conversations"), "chat:desk", is_at_the_chat_desk),
    (pgettext_lazy("bar at the top", "Offers"), "admin:dispatch_offer_changelist", ["coordinators.represent"]),
    (_("Administration"), "admin:index", None),
]


def entries(request):
    """The entries of the bar that this person may use, each {label, url, current: bool, exact: bool}. list."""
    if not request.user.is_authenticated:
        return []
    rights = rights_of(request)
    found = []
    for label, name, needed in ENTRIES:
        if needed is None:
            opens = admin.site.get_app_list(request)
        else:
            opens = needed(rights) if callable(needed) else any(map(rights.somewhere, needed))
        if opens:
            found.append({"label": label, "url": reverse(name)})
    if settings.SIMULATOR:
        found.append({"label": _("Demo phones"), "url": SIMULATOR_URL})
    # one page may lie below two entries (an offer is in the admin): the nearer one is meant
    here = max((one["url"] for one in found if request.path.startswith(one["url"])), key=len, default=None)
    return [{**one, "current": one["url"] == here, "exact": one["url"] == request.path} for one in found]


def hears_alarms(request):
    """Whether this person may see to alarms somewhere, so that pages show the open ones. bool."""
    return rights_of(request).somewhere("staff.acknowledge_alarm")


def may_freeze(request):
    """Whether this person may stop the house, so that pages lead to the page for emergencies. bool."""
    return rights_of(request).can("staff.freeze")


def navigation(request):
    """Context for every page: `house` {name, number, dial}, and what is asked only by a page that shows it:
    `navigation` (see `entries`), `hears_alarms`, `may_freeze`, `waiting` (see below) and `frozen`, the Freeze that holds
    now, or None."""
    number = settings.HOTLINE_NUMBER
    return {
        "navigation": partial(entries, request),
        "hears_alarms": partial(hears_alarms, request),
        "waiting": partial(waiting, request),
        "may_freeze": partial(may_freeze, request),
        "frozen": Freeze.objects.current,
        "house": {
            "name": settings.HOTLINE_NAME,
            "number": number,
            "dial": "".join(sign for sign in number if sign.isdigit() or sign == "+"),
        },
    }


def waiting(request):
    """Everything that waits for this person, most pressing first. list of cards.

    Each function of settings.HOME_CARDS takes the request and returns its cards, a list of dicts:
    title (str), count (int or None: what the badge shows), tone ("urgent", "waiting", "good" or ""), and if it likes
    icon (name of a file in templates/icons), text (str), url with action (where to, and the word on the button),
    rows (list of {text, url?, tag?, tone?, at?: datetime}, at most five), topics (list of str: whose ring reloads it).
    """
    cards = []
    for path in settings.HOME_CARDS:
        cards += [card for card in import_string(path)(request) if card]
    order = {"urgent": 0, "waiting": 1}
    return sorted(cards, key=lambda card: order.get(card.get("tone"), 2))


@login_required
def home(request):
    """What waits for the person who is logged in."""
    cards = waiting(request)
    topics = " ".join(sorted({topic for card in cards for topic in card.get("topics", [])}))
    return render(request, "home.html", {"cards": cards, "topics": topics})
