"""A team as an administrator writes it down."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.staff.models import Team


class TeamForm(forms.ModelForm):
    class Meta:
        model = Team
        fields = ["name", "code", "takes_requests", "crawls", "in_common_room"]
        help_texts = {
            "name": _("Its people and administrators see it; other teams never do."),
            "code": _("Stands in the audit and in addresses: letters, digits and hyphens."),
        }
