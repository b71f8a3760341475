"""What must be said before the house stops, goes on, or its keys are destroyed."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from hotline.staff.actions.freeze import REASON_LIMIT

STOP = pgettext_lazy("word to type before the house stops", "stop")
DESTROY = pgettext_lazy("word to type before keys are destroyed", "destroy")


class WordField(forms.CharField):
    """The one word that is asked for, in the reader's language, whatever its case."""

    def __init__(self, word, **kwargs):
        self.word = word
        widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})
        super().__init__(max_length=40, widget=widget, **kwargs)

    def clean(self, value):
        value = super().clean(value)
        if value.strip().casefold() != str(self.word).casefold():
            raise ValidationError(_("Type the word “%(word)s”.") % {"word": self.word}, code="word")
        return value


class FreezeForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=REASON_LIMIT, required=False,
        help_text=gettext_lazy("A few words for the audit, if there is time."),
    )  # fmt: skip
    word = WordField(STOP, label=gettext_lazy("Type the word “stop”"))


class ThawForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why it can go on"), max_length=REASON_LIMIT)


class DestroyForm(forms.Form):
    with_site_key = forms.BooleanField(label=gettext_lazy("Registry and accounts too (the site key)"), required=False)
    word = WordField(DESTROY, label=gettext_lazy("Type the word “destroy”"))


class PassphraseForm(DestroyForm):
    passphrase = forms.CharField(
        label=gettext_lazy("Passphrase"),
        max_length=300,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["passphrase", "with_site_key", "word"]
