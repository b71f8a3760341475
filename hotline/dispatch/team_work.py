"""What dispatch has a team do."""

from django.utils.translation import gettext as _


def words(teams):
    """{pk of a team: [words]} of these teams: whether it takes help requests."""
    return {team.pk: [_("takes help requests")] for team in teams if team.takes_requests}
