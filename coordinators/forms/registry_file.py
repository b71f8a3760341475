"""The file of a registry that is brought in; the text of it goes from the dry run to the real one on the page itself."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hotline.lib.errors import Refused
from hotline.lib.tables import LARGEST, decode


class RegistryFileForm(forms.Form):
    file = forms.FileField(
        label=_("File"), required=False, help_text=_("CSV, as a spreadsheet saves it: at most 2,000 lines.")
    )
    text = forms.CharField(required=False, strip=False, max_length=LARGEST, widget=forms.HiddenInput)

    def clean(self):
        """`text` is what the file holds, or what came along from the dry run."""
        cleaned = super().clean()
        if cleaned.get("file"):
            try:
                cleaned["text"] = decode(cleaned["file"].read(LARGEST + 1))
            except Refused as refused:
                raise ValidationError(str(refused)) from refused
        if not cleaned.get("text") and not self.errors:
            raise ValidationError(_("Choose a file first."))
        return cleaned
