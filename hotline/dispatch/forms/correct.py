"""Correct an open request: what is plain stands in its boxes, what is sealed is only replaced or taken away."""

from copy import deepcopy

from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.lib.keyring import KeyGone
from hotline.lib.languages import SPOKEN
from hotline.questionnaires.forms import answers_form

from .contact import ContactForm, read_phone
from .needs import NeedForm, kind_of
from .typed import silence

CONTACT = ("phone", "name", "safe_time", "safe_words", "address", "other")
# What is sealed beside the contact, and what stands there when it is taken away.
EMPTY = {"people": None, "languages": [], "note": ""}
ANSWERS = "answers"


class CorrectForm(NeedForm):
    """What may change after it was sent. A sealed box starts empty, and left empty it changes nothing.

    `answers` is the form of the questions of the chosen kind; `changes()` holds only what differs.
    """

    spoken_to = forms.BooleanField(label=_("Somebody has spoken to the person"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages they speak"),
        choices=list(SPOKEN.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    consent = forms.ChoiceField(
        label=_("They agree that whoever helps rings them"),
        choices=[("", _("as it was")), ("yes", _("Yes")), ("no", _("No"))],
        required=False,
        widget=forms.RadioSelect,
    )
    take_away = forms.MultipleChoiceField(
        label=_("Take away what was written, and leave it empty"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data=None, *, help_request, quiet=False):
        self.help_request = help_request
        # A sentence about the phone number, after changes().
        self.hint = ""
        initial = {
            "category": str(help_request.category_id),
            "category_text": help_request.category.label(),
            "place": str(help_request.place_id),
            "place_text": help_request.place.label(),
            "urgency": help_request.urgency,
            "needed_by": help_request.needed_by,
            "spoken_to": help_request.spoken_to,
        }
        prefix = f"c{help_request.code}"
        super().__init__(data, prefix=prefix, initial=initial, quiet=quiet)
        # What is over need not be typed anew.
        self.fields["needed_by"].kept = help_request.needed_by
        self.fields |= {name: deepcopy(ContactForm.base_fields[name]) for name in CONTACT}
        self.fields["take_away"].choices = [
            *((name, self.fields[name].label) for name in (*CONTACT, *EMPTY)),
            (ANSWERS, _("All answers")),
        ]
        self._ask_questions(data, prefix, quiet)

    def _ask_questions(self, data, prefix, quiet):
        kind = kind_of((data or {}).get(f"{prefix}-category", "")) or self.help_request.category
        self.answers = answers_form(kind.effective("questionnaire"), data, prefix=f"{prefix}-q")
        # Another kind has questions that nobody has answered yet.
        same = kind == self.help_request.category
        self.answers.let_open(key for key in self.answers.fields if same or key in self._answered)
        if quiet and data is not None:
            silence(self.answers)

    @property
    def _answered(self):
        """Keys (set) of the questions that were answered; what was said stays closed."""
        try:
            return set(self.help_request.details()["answers"])
        except KeyGone:
            return set()

    def is_valid(self):
        return all([super().is_valid(), self.answers.is_valid()])

    def changes(self):
        """Arguments for `actions.correct.correct`, {} when nothing differs; call after is_valid()."""
        cleaned, before = self.cleaned_data, self.help_request
        away = set(cleaned["take_away"])
        changes = {
            name: cleaned[name]
            for name in ("category", "place", "urgency", "needed_by", "spoken_to")
            if cleaned[name] != getattr(before, name)
        }
        if cleaned["protected"] is not None:
            changes["protected"] = cleaned["protected"]
        for name, nothing in EMPTY.items():
            if cleaned[name] or name in away:
                changes[name] = cleaned[name] or nothing
        answers = dict.fromkeys(self._answered if ANSWERS in away else ()) | self.answers.answers
        contact = self._contact(away)
        return changes | ({"contact": contact} if contact else {}) | ({"answers": answers} if answers else {})

    def _contact(self, away):
        cleaned = self.cleaned_data
        contact = {name: cleaned[name] for name in CONTACT if cleaned[name] or name in away}
        if cleaned["phone"]:
            contact["phone"], self.hint = read_phone(cleaned["phone"], cleaned["place"].country)
        if cleaned["consent"]:
            contact["consent"] = cleaned["consent"] == "yes"
        return contact

    def contact_fields(self):
        """The bound fields of the contact."""
        return [self[name] for name in (*CONTACT, "consent")]

    def detail_fields(self):
        """The bound fields of what is sealed beside it."""
        return [self[name] for name in ("protected", *EMPTY)]

    def opens(self):
        """Names of the folded parts in which something is typed, ticked or wrong: "contact", "details", "away"."""
        parts = {"contact": self.contact_fields(), "details": [*self.answers, *self.detail_fields()]}
        parts["away"] = [self["take_away"]]
        return {name for name, fields in parts.items() if any(field.errors or field.value() for field in fields)}
