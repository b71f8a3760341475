"""Which lines of the audit to look at."""

from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.staff.audit_words import ACTIONS, choices, thing
from hotline.staff.models import AuditEntry


class AuditForm(forms.Form):
    """All fields may stay empty; days are of the house's time zone, the last one included."""

    q = forms.CharField(
        label=_("Code or alias"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "type": "search"}),
    )
    action = forms.ChoiceField(label=_("What happened"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [("", _("everything")), *choices()]

    def lines(self):
        """The AuditEntry rows that were asked for, newest first; none when the form is not valid."""
        lines = AuditEntry.objects.order_by("-pk")
        if not self.is_valid():
            return lines.none()
        said = self.cleaned_data
        if said["q"]:
            lines = lines.about(said["q"])
        if said["action"].endswith("."):
            lines = lines.filter(action__in=[one for one in ACTIONS if f"{thing(one)}." == said["action"]])
        elif said["action"]:
            lines = lines.filter(action=said["action"])
        if said["since"]:
            lines = lines.filter(at__gte=_midnight(said["since"]))
        if said["until"]:
            lines = lines.filter(at__lt=_midnight(said["until"] + timedelta(days=1)))
        return lines

    def asked(self):
        """{name: what was asked for} of the fields that are not empty, as texts. Valid forms only."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))
