"""What dispatch puts on the first page after log-in."""

from statistics import median

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordinators.models import LocalCoordinator
from hotline.dispatch.cards import needs_somebody
from hotline.dispatch.models import HelpRequest, Offer
from hotline.dispatch.team_work import at_desk
from hotline.live import topics
from hotline.staff.permissions import rights_of, visible

MOST_ROWS = 5
# Acceptances that the median of a day is taken from: of a busier day the earlier ones.
MOST_ACCEPTANCES = 5000


def has_desk(rights):
    """Whether the person of these Rights takes requests for some team, or finishes its last ones, bool."""
    return rights.somewhere("dispatch.take_request") and at_desk(rights.scope_pks("dispatch.take_request")).exists()


def cards(request):
    """Cards (list of dicts, see hotline.home.waiting): the desk's open requests, and offers of those one represents."""
    rights = rights_of(request)
    return [*_desk(rights), *_offers(rights)]


def _desk(rights):
    if not has_desk(rights):
        return []
    own = visible(rights, HelpRequest.objects.open(), "dispatch.take_request")
    waiting = own.filter(needs_somebody(), practice=False)
    rows = waiting.select_related("category", "place").order_by("created_at")[:MOST_ROWS]
    number = waiting.count()
    return [
        {
            "title": _("Requests"),
            "icon": "inbox",
            "count": number or None,
            "tone": "waiting" if number else "",
            "text": _("These wait for somebody at the desk.")
            if number
            else _("Take a call, and see what becomes of it."),
            "rows": [{"text": f"{one.category} · {one.place.title()}", "at": one.created_at} for one in rows],
            "url": reverse("dispatch:desk"),
            "action": _("To the requests"),
            "topics": [topics.team_requests(pk) for pk in sorted(rights.scope_pks("dispatch.take_request"))],
        }
    ]


def _offers(rights):
    if not rights.represents:
        return []
    represented = visible(rights, LocalCoordinator.objects.all(), "coordinators.represent")
    own = Offer.objects.filter(local_coordinator__in=represented)
    number = own.filter(state=Offer.State.OFFERED).count()
    held = own.filter(state=Offer.State.ACCEPTED).count()
    return [
        {
            "title": _("Offered to you"),
            "icon": "bell",
            "count": number or None,
            "tone": "urgent" if number else "",
            "text": _("You hold %(number)s.") % {"number": held},
            "url": reverse("admin:dispatch_offer_changelist"),
            "action": _("To your offers"),
            "topics": [topics.offers(pk) for pk in sorted(rights.scope_pks("coordinators.represent"))],
        }
    ]


def todays_figures(request):
    """Today's figures (list of dicts: label, value) of the requests that this person supervises."""
    rights = rights_of(request)
    if not rights.somewhere("dispatch.supervise_requests"):
        return []
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    own = visible(rights, HelpRequest.objects.filter(practice=False), "dispatch.supervise_requests")
    taken = own.filter(created_at__gte=today)
    counted = taken.aggregate(taken=Count("pk"), nobody=Count("pk", filter=Q(state=HelpRequest.State.UNANSWERED)))
    # Whoever accepted: also when it came back or was withdrawn afterwards.
    accepted = Offer.objects.filter(help_request__in=taken).exclude(accepted_via="")
    first = accepted.values("help_request").annotate(at=Min("answered_at"))
    spans = first.values_list("help_request__created_at", "at")[:MOST_ACCEPTANCES]
    minutes = [(at - since).total_seconds() / 60 for since, at in spans]
    usual = _("%(minutes)d min") % {"minutes": round(median(minutes))} if minutes else "–"
    return [
        {"label": _("Requests taken"), "value": counted["taken"]},
        {"label": _("of these accepted"), "value": len(minutes)},
        {"label": _("Usual time to acceptance"), "value": usual},
        {"label": _("Nobody found"), "value": counted["nobody"]},
    ]
