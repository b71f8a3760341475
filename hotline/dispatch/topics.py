"""Which rings of the doorbell a member of staff hears."""

from hotline.live import topics
from hotline.staff.permissions import Rights


def of_user(user):
    """Topic names (list of str) for the desk and the admin of `user` (User or Rights)."""
    rights = Rights.of(user)
    places = [topics.places()] if rights.somewhere("dispatch.take_request") else []
    return [
        *places,
        *(topics.team_requests(pk) for pk in sorted(rights.scope_pks("dispatch.take_request"))),
        *(topics.offers(pk) for pk in sorted(rights.scope_pks("coordinators.represent"))),
    ]


def of_cards(teams):
    """Topic names (list of str) at which the desk's cards of `teams` come anew: what happens to them, and on the way there."""
    return [topics.places(), *(topics.team_requests(team.pk) for team in teams)]
