"""What a dry run of the matching asks."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.dispatch.forms.needs import NeedForm
from hotline.lib.languages import SPOKEN


class DryRunForm(NeedForm):
    languages = forms.MultipleChoiceField(
        label=_("Languages they speak"),
        choices=list(SPOKEN.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("needed_by", "people", "note"):
            del self.fields[name]

    def need(self):
        """Fields of a matching.Need; call after is_valid()."""
        cleaned = self.cleaned_data
        return {name: cleaned[name] for name in ("category", "place", "urgency")} | {
            "languages": tuple(cleaned["languages"]),
            "protected": cleaned["protected"] is not False,
        }
