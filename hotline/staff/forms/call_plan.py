"""An on-call plan as people write it: who first, who then."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotline.questionnaires.forms.hours import HoursField
from hotline.staff.actions.call_plans import PLAN, CannotSeeToIt, candidates, who_may_be_rung
from hotline.staff.alarm_kinds import KINDS, OF_TEAMS
from hotline.staff.models import CallPlan, Team
from hotline.staff.permissions import Rights

PLACES = 8


class CallPlanForm(forms.ModelForm):
    """`rights`: the Rights of whoever fills it in; set on a subclass for each request."""

    rights = Rights(None)

    kinds = forms.MultipleChoiceField(
        label=_("For these alarms"),
        required=False,
        choices=list(KINDS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: for all of them."),
    )
    hours = HoursField(
        label=_("In these hours"),
        help_text=_("As 22:00–06:00; what runs over midnight belongs to the evening. All empty: day and night."),
    )

    class Meta:
        model = CallPlan
        fields = ["team", "name", "position", "kinds", "hours", "minutes"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        of_the_house = self.rights.can("staff.manage_people")
        teams = Team.objects.filter(pk__in=self.rights.scope_pks(PLAN))
        self.fields["team"].queryset = teams
        self.fields["team"].required = not of_the_house
        if not of_the_house:
            self.fields["kinds"].choices = list(OF_TEAMS.items())
        people = candidates(self.rights, teams, of_the_house=of_the_house)
        now = [] if self.instance.pk is None else [step.person_id for step in self.instance.steps.all()]
        for number in range(PLACES):
            self.fields[f"person_{number}"] = forms.ModelChoiceField(
                people,
                required=False,
                label=gettext("Number %(number)d") % {"number": number + 1},
                initial=now[number] if number < len(now) else None,
            )

    def clean_hours(self):
        return {day: spans for day, spans in self.cleaned_data["hours"].items() if spans}

    def clean(self):
        cleaned = super().clean()
        chosen = [cleaned.get(f"person_{number}") for number in range(PLACES)]
        people = list(dict.fromkeys(person for person in chosen if person))
        if not people and not self.errors:
            self.add_error("person_0", _("Say who is rung first."))
        if "team" in cleaned:
            allowed = set(who_may_be_rung(cleaned["team"]).values_list("pk", flat=True))
            for number, person in enumerate(chosen):
                if person and person.pk not in allowed:
                    self.add_error(f"person_{number}", str(CannotSeeToIt(alias=person.alias)))
        cleaned["people"] = people
        return cleaned
