"""What dispatch has a team do: take help requests, and finish those that are open when it takes no more."""

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hotline.dispatch.cards import FINISHED_SHOWN
from hotline.dispatch.models import HelpRequest
from hotline.staff.models import Team


def words(teams):
    """{pk of a team: [words]} of these teams: whether it takes help requests, or finishes the last ones."""
    closing = [team.pk for team in teams if not team.takes_requests]
    rows = HelpRequest.objects.open().filter(team__in=closing).order_by().values_list("team").annotate(Count("pk"))
    finishes = {
        pk: [
            ngettext("%(number)d help request to finish", "%(number)d help requests to finish", number)
            % {"number": number}
        ]
        for pk, number in rows
    }
    return finishes | {team.pk: [_("takes help requests")] for team in teams if team.takes_requests}


def left_open(team):
    """What an administrator is told who switches a team off, or its box for posts: what is open, and who finishes it."""
    still_open = HelpRequest.objects.open().filter(team=team)
    if not team.takes_requests:
        number = still_open.count()
        words = ngettext(
            "%(number)d help request of this team is open. Its people keep their desk until it is finished, and take no new "
            "ones.",
            "%(number)d help requests of this team are open. Its people keep their desk until they are finished, and take no "
            "new ones.",
            number,
        )
    else:
        number = still_open.exclude(source="").count()
        words = ngettext(
            "%(number)d help request that this team found in writing is open, and stays on its desk until it is finished.",
            "%(number)d help requests that this team found in writing are open, and stay on its desk until they are finished.",
            number,
        )
    return words % {"number": number} if number else ""


def at_desk(pks):
    """The teams (QuerySet) of these primary keys that have a desk: they take requests, or some of theirs still
    stand there."""
    shown = Q(state__in=HelpRequest.OPEN) | Q(state_since__gte=timezone.now() - FINISHED_SHOWN)
    left = HelpRequest.objects.filter(shown, team=OuterRef("pk"))
    return Team.objects.filter(Q(takes_requests=True) | Exists(left), pk__in=pks)
