"""When somebody who guides a line talks with a volunteer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.models import Debrief


class WhenForm(forms.Form):
    when = forms.ChoiceField(label=_("When"), choices=Debrief.When.choices, widget=forms.RadioSelect)
