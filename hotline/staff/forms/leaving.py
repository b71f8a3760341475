from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from hotline.lib.kept import time_in_words


class LeaveForm(forms.Form):
    """When the account is forgotten that is closed now."""

    LATER, NOW = "later", "now"

    forgotten = forms.ChoiceField(label=_("When shall the account be forgotten?"), widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        days = time_in_words("ACCOUNT_DAYS", settings.ACCOUNT_DAYS)
        self.fields["forgotten"].choices = [
            (self.LATER, _("In %(days)s. Until then an administrator can open it again.") % {"days": days}),
            (self.NOW, _("At once. Nobody can bring it back.")),
        ]
