"""What an administrator says about trust, and the bounds that it sets to coverage."""

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from coordinators.actions.trust import check_coverage
from coordinators.models import Level
from hotline.lib.errors import Refused


class LevelForm(forms.Form):
    # The way down is a complaint: whoever were made less here would have earned it back at the next sweep.
    level = forms.ChoiceField(label=_("Level of trust"), choices=Level.choices[1:], widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("How do you know them?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stands in the audit; name nobody."),
    )


class LookForm(forms.Form):
    words = forms.CharField(
        label=_("What did you find?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Added to the notes of checking, which are sealed."),
    )


class CoverageFormSet(BaseInlineFormSet):
    """Coverage as it would be after saving stays within what the coordinator's level allows."""

    def clean(self):
        super().clean()
        kept = [form.cleaned_data for form in self.forms if not form.errors and not self._should_delete_form(form)]
        pairs = [(one["category"], one["place"]) for one in kept if one.get("category") and one.get("place")]
        if not self.has_changed():
            return
        try:
            check_coverage(Level(self.instance.level), pairs)
        except Refused as refused:
            raise ValidationError(str(refused)) from refused
