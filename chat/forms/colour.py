"""A colour that can be read: by the formula of WCAG 2."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

AA = 4.5


def contrast_with_white(colour):
    """Contrast (float, 1 to 21) of #rrggbb with white."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


class ColourField(forms.CharField):
    """#rrggbb on which white letters can be read, or nothing."""

    def clean(self, value):
        colour = super().clean(value).lower()
        if not colour:
            return ""
        if not re.fullmatch(r"#[0-9a-f]{6}", colour):
            raise ValidationError(_("Write the colour as #0b6e74."), code="invalid")
        found = contrast_with_white(colour)
        if found < AA:
            raise ValidationError(
                _(
                    "White letters on this colour cannot be read well (%(found).1f to 1, 4.5 are needed). Take a darker one."
                ),
                code="contrast",
                params={"found": found},
            )
        return colour
