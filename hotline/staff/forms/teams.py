"""Teams to choose from, each with what it does: whoever gives rights need not know which line belongs to whom."""

from django import forms

from hotline.staff.models import Team
from hotline.staff.team_work import work_of


class TeamsField(forms.ModelMultipleChoiceField):
    """Teams to tick, each with what it does. To be told by `describe` when its form is made."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(queryset=Team.objects.all(), required=False, **kwargs)
        self.work = {}

    def label_from_instance(self, team):
        work = self.work.get(team.pk)
        return f"{team} – {work}" if work else str(team)


def describe(form):
    """Tells the TeamsFields of `form` what the teams do. The teams, list."""
    teams = list(Team.objects.all())
    work = work_of(teams)
    for field in form.fields.values():
        if isinstance(field, TeamsField):
            field.work = work
    return teams
