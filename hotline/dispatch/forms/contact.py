"""How to reach the caller: one contact, whatever the number of needs. All of it is sealed."""

import re

import phonenumbers
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.lib.languages import SPOKEN

from .typed import QuietForm, line

# Languages that stand open on the form; the others are one click away.
COMMON_LANGUAGES = 6


class ContactForm(QuietForm):
    languages = forms.MultipleChoiceField(
        label=_("Languages they speak"),
        choices=list(SPOKEN.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    phone = line(_("Phone"), 60)
    other = line(_("Another way"), 300, help_text=_("E-mail, Telegram, a neighbour's number …"))
    name = line(pgettext_lazy("of a person", "Name"), 120)
    address = line(_("Address"), 300)
    safe_time = line(_("Safe to ring"), 120, help_text=_("When, and who may answer."))
    safe_words = line(_("Say on the phone"), 200, help_text=_("If somebody else answers."))
    consent = forms.BooleanField(label=_("They agree that whoever helps rings them"), required=False)
    spoken_to = forms.BooleanField(label=_("I have spoken to the person"), required=False, initial=True)
    practice = forms.BooleanField(label=_("Practice: stays out of all figures"), required=False)

    def clean(self):
        cleaned = super().clean()
        if not self.errors.keys() & {"phone", "other", "address"} and not any(
            cleaned.get(way) for way in ("phone", "other", "address")
        ):
            self.add_error("phone", _("Say how the person can be reached: a number, another way or an address."))
        return cleaned

    def common_languages(self):
        """The check boxes that stand open."""
        return list(self["languages"])[:COMMON_LANGUAGES]

    def further_languages(self):
        """The check boxes behind "more languages"."""
        return list(self["languages"])[COMMON_LANGUAGES:]

    def speaks_further(self):
        """Whether one of those behind "more languages" is ticked."""
        return any(box.data["selected"] for box in self.further_languages())

    def reached_otherwise(self):
        """Whether there is something in the boxes that are folded away: text, or a word about it."""
        return any(self[name].value() or self[name].errors for name in ("other", "address"))


def read_phone(typed, country):
    """(number, hint): the number in international form, or as typed with a sentence why it looks odd.

    country: two-letter code of the place, which tells how national numbers are meant. An empty number gives no hint.
    """
    typed = typed.strip()
    if not typed:
        return "", ""
    try:
        number = phonenumbers.parse(typed, country or None)
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL), ""
    except phonenumbers.NumberParseException:
        pass
    return typed, _("This is no number we know the form of. It is kept as you typed it; please read it back once.")


def dialled(phone):
    """What a telephone dials: the digits of `phone` with a leading plus, or "" when there are hardly any."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) < 3:
        return ""
    return "+" + digits if phone.strip().startswith("+") else digits
