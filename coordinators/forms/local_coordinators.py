"""How an administrator writes down a local coordinator."""

import zoneinfo

from django import forms
from django.utils.translation import gettext_lazy as _

from coordinators.models import LocalCoordinator
from coordinators.models.local_coordinator import default_time_zone
from hotline.lib.languages import SPOKEN
from hotline.questionnaires.forms.hours import HoursField


class LocalCoordinatorForm(forms.ModelForm):
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=list(SPOKEN.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where a common language is needed, they are asked only for people who speak one of these."),
    )
    hours = HoursField(label=_("Hours"), help_text=_("Leave all of it empty when any time will do."))
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=[(name, name) for name in sorted(zoneinfo.available_timezones()) if "/" in name],
        initial=default_time_zone,
        help_text=_("Of the hours below."),
    )

    class Meta:
        model = LocalCoordinator
        fields = [
            "name", "notes", "languages", "base", "capacity", "contact_limit", "time_zone", "hours",
            "urgent_outside_hours", "checked_for",
        ]  # fmt: skip
        widgets = {"notes": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "name": _("Sealed. Administrators and they themselves see it; operators and other coordinators never do."),
            "notes": _("Who checked them, how, and when. Sealed; they themselves do not see it."),
            "urgent_outside_hours": _("What is urgent is offered to them at any time, the rest within their hours."),
        }


class PauseForm(forms.Form):
    hours = forms.IntegerField(
        label=_("For how many hours"), required=False, min_value=1, max_value=336, help_text=_("Empty: until resumed.")
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stands in the audit; name nobody."),
    )


class LinkForm(forms.Form):
    receives_offers = forms.BooleanField(
        label=_("Offers come to this chat"),
        required=False,
        initial=True,
        help_text=_("Leave it out for a member of a group, who accepts there and gets only the contact here."),
    )
