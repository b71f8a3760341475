"""Which period and whose figures."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PERIODS = [("7", _("a week")), ("30", _("30 days")), ("90", _("90 days")), ("365", _("a year"))]
USUAL = "30"


class FiguresForm(forms.Form):
    """days: how far back; team: one of the teams that are given, or all of them. What is not known counts as not said."""

    days = forms.ChoiceField(label=_("Period"), choices=PERIODS, required=False)
    team = forms.ChoiceField(label=_("Team"), required=False)

    def __init__(self, data, *, teams):
        known = {code for code, _label in PERIODS}
        said = {"days": data.get("days") if data.get("days") in known else USUAL, "team": data.get("team", "")}
        if said["team"] not in {team.code for team in teams}:
            said["team"] = ""
        super().__init__(said)
        self.fields["team"].choices = [("", _("all of mine")), *((team.code, team.name) for team in teams)]
        if len(teams) < 2:
            del self.fields["team"]
        self.full_clean()

    @property
    def until(self):
        """The last day, a date."""
        return timezone.localdate()

    @property
    def since(self):
        """The first day, a date."""
        return self.until - timedelta(days=int(self.cleaned_data["days"]) - 1)

    @property
    def query(self):
        """What was asked, as it stands in an address."""
        return {name: value for name, value in self.cleaned_data.items() if value}
