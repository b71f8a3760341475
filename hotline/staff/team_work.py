"""What the teams do, in words: the rooms above say it by `settings.TEAM_WORK`, since lines are none of ours."""

from django.conf import settings
from django.utils.module_loading import import_string


def work_of(teams):
    """{pk of a team: what it does, str, "" when nothing} for these teams (list of Team), in the active language.

    Each function of settings.TEAM_WORK takes the teams and returns {pk: [words]}.
    """
    found = {team.pk: [] for team in teams}
    for path in settings.TEAM_WORK:
        for pk, words in import_string(path)(teams).items():
            found[pk] += map(str, words)
    return {pk: " · ".join(words) for pk, words in found.items()}
