"""Teams: made and renamed."""

from django.db import transaction

from hotline.staff.actions.audit import record
from hotline.staff.permissions import require


def save_team(actor, team):
    """Write a new team, or what was changed in an existing one. Returns the Team. Raises NotAllowed, NotFound."""
    require(actor, "staff.manage_people")
    adding = team._state.adding
    with transaction.atomic():
        team.save()
        record(
            actor,
            "team.created" if adding else "team.changed",
            team.code,
            takes_requests=team.takes_requests,
            crawls=team.crawls,
            in_common_room=team.in_common_room,
        )
    return team
