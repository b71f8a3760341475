"""What an administrator says about a place."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coordinators.models import Place, PlaceName

UNREACHABLE = [choice for choice in Place.Reachability.choices if choice[0] != Place.Reachability.OPEN]
NAME_LENGTH = PlaceName._meta.get_field("name").max_length


class UnreachableForm(forms.Form):
    state = forms.ChoiceField(label=_("What has happened"), choices=UNREACHABLE, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("In a few words"),
        max_length=Place._meta.get_field("reachability_note").max_length,
        help_text=_("Operators read this during the call. Nothing about single people."),
    )


class SpellingForm(forms.Form):
    name = forms.CharField(label=_("Spelling"), max_length=NAME_LENGTH, help_text=_("In any script."))


class PlaceInsideForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[choice for choice in Place.Kind.choices if choice[0] not in (Place.Kind.ROOT, Place.Kind.COUNTRY)],
        initial=Place.Kind.SETTLEMENT,
    )
    name = forms.CharField(label=_("Name there"), max_length=NAME_LENGTH)
