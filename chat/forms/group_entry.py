"""What a visitor says who comes into a group: their device's secret, a language, a name, that they accept the rules."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chat.forms.start import AliasField, JsonText, SecretField, first_errors
from chat.models import Line


class GroupEntryForm(forms.Form):
    """One visitor's entry into `group`. `errors_by_field` speaks in the reader's language."""

    id = SecretField(max_length=64)
    language = JsonText(max_length=8, error_messages={"invalid": _("Please choose one of these.")})
    accepted = forms.JSONField(required=False)

    def __init__(self, group, data):
        super().__init__({**data, "accepted": "true" if data.get("accepted") is True else "false"})
        self.group = group
        self.fields["alias"] = AliasField(Line.Alias.REQUIRED)

    def clean_language(self):
        """One of the line's own."""
        language = self.cleaned_data["language"]
        if language not in self.group.line.languages:
            raise ValidationError(_("Please choose one of these."), "invalid_choice")
        return language

    def clean_accepted(self):
        """Where there are rules, nobody comes in without them."""
        if any(self.group.rules.values()) and self.cleaned_data["accepted"] is not True:
            raise ValidationError(_("Please read the rules, and say that you keep to them."), "required")
        return True

    @property
    def errors_by_field(self):
        """{field: what is wrong, str}."""
        return first_errors(self.errors)
