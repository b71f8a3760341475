"""The rights of one person, and of many at once."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.lib.crypto import Unreadable
from hotline.staff.actions.rights import fingerprint, represented_model
from hotline.staff.forms.teams import TeamsField, describe
from hotline.staff.models import Team
from hotline.staff.roles import ROLES, SUPERVISE, WORK


class RightsForm(forms.Form):
    """Everything that is given to one person; `given` is what `rights_given` says of them."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        choices=list(ROLES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A role opens nothing without a team below, but for what concerns the whole house."),
    )
    works_in = TeamsField(label=_("Works in"))
    supervises = TeamsField(label=_("Supervises"))
    represents = forms.ModelMultipleChoiceField(
        label=_("Acts for"), required=False, queryset=None, widget=forms.CheckboxSelectMultiple
    )
    more = forms.CharField(
        label=_("Acts for these local coordinators too"),
        required=False,
        max_length=400,
        help_text=_("Their codes or whole names, separated by commas. It needs no role and gives none."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "vTextField"}),
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data=None, *, given):
        super().__init__(data, initial={**given, "seen": fingerprint(given)})
        describe(self)
        everybody = represented_model().objects
        field = self.fields["represents"]
        # What was given when the page was shown may be gone by now: `seen` says so in better words than the field could.
        field.queryset = everybody.all()
        field.choices = [(one.pk, _named(one)) for one in given["represents"]]
        if not field.choices:
            field.widget = forms.MultipleHiddenInput()

    def clean_more(self):
        """The local coordinators that were typed, each known by its code or its whole name."""
        found = []
        for typed in filter(None, map(str.strip, re.split(r"[,;\n]", self.cleaned_data["more"]))):
            fits = _fitting(typed)
            if not fits:
                raise forms.ValidationError(_("There is no local coordinator “%(typed)s”."), params={"typed": typed})
            if len(fits) > 1:
                raise forms.ValidationError(
                    _("Several local coordinators are called “%(typed)s”. Take the code."), params={"typed": typed}
                )
            found += fits
        return found

    def wanted(self):
        """What `give_rights` is to be told, dict."""
        said = self.cleaned_data
        named = {name: said[name] for name in ("roles", "works_in", "supervises", "seen")}
        return named | {"represents": {*said["represents"], *said["more"]}}


def _fitting(typed):
    """The local coordinators with this code, else those with this name. Names are sealed: each is opened and compared."""
    everybody = represented_model().objects
    by_code = list(everybody.filter(code=typed.upper()))
    return by_code or [one for one in everybody.iterator() if _name(one).casefold() == typed.casefold()]


def _name(one):
    try:
        return one.name
    except Unreadable:
        return ""


def _named(one):
    return " · ".join(filter(None, [one.code, _name(one)]))


class TeamForm(forms.Form):
    """Which team, and what the chosen people do there."""

    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.all())
    relation = forms.ChoiceField(
        label=_("What they do there"),
        choices=[(WORK, _("work in it")), (SUPERVISE, _("supervise it"))],
        initial=WORK,
        widget=forms.RadioSelect,
    )
