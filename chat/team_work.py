"""What the chat has a team do."""

from django.utils.translation import gettext as _

from chat.models import Line


def words(teams):
    """{pk of a team: [words]} of these teams: the lines at which each answers."""
    found = {}
    for line in Line.objects.filter(team__in=teams).only("slug", "titles", "team_id").order_by("slug"):
        found.setdefault(line.team_id, []).append(line.title())
    return {pk: [_("answers %(lines)s") % {"lines": ", ".join(titles)}] for pk, titles in found.items()}
