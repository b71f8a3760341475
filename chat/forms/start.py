"""What a visitor says before the chat: the secret of their device, a language, a name, answers. Whatever is wrong is told."""

import base64
import binascii
import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chat.actions import aliases
from chat.actions.tokens import SECRET_BYTES
from chat.models import Line
from chat.models.participant import ALIAS_LIMIT
from hotline.questionnaires.forms.answers import answers_form
from hotline.questionnaires.models import Question

Kind = Question.Kind
# What JSON may bring as an answer to a question of each kind; a bool is no number.
TYPES = {Kind.TEXT: (str,), Kind.CHOICE: (str,), Kind.DATE: (str,), Kind.NUMBER: (int, str), Kind.YESNO: (bool, str)}


class JsonText(forms.CharField):
    """A text, and nothing that Django would turn into one."""

    def to_python(self, value):
        """The text; raises ValidationError for a number, a list and the like."""
        if value is not None and not isinstance(value, str):
            raise ValidationError(self.error_messages["invalid"], "invalid")
        return super().to_python(value)


class SecretField(JsonText):
    """What the device keeps secret: 128 bits or more, in hexadecimal digits or base64url; cleaned to bytes."""

    default_error_messages = {"invalid": _("Something in this page is broken. Load it again.")}

    def clean(self, value):
        """At least SECRET_BYTES bytes. Raises ValidationError."""
        secret = _decoded(super().clean(value))
        if len(secret) < SECRET_BYTES:
            raise ValidationError(self.error_messages["invalid"], "invalid")
        return secret


def _decoded(text):
    try:
        if re.fullmatch(r"[0-9a-fA-F]{32}", text):
            return bytes.fromhex(text)
        if re.fullmatch(r"[A-Za-z0-9_-]+", text):
            return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        pass
    return b""


class AliasField(JsonText):
    """A name of their choice: one line, without control characters and signs that nobody sees."""

    default_error_messages = {
        "invalid": _("Please write a name, or leave it empty."),
        "required": _("Please choose a name. It need not be your own."),
        "not_asked": _("This chat asks for no name."),
        "max_length": _("This name is too long: %(limit_value)s characters at most."),
    }

    def __init__(self, setting):
        super().__init__(max_length=ALIAS_LIMIT, required=setting == Line.Alias.REQUIRED)
        self.asked = setting != Line.Alias.NONE

    def to_python(self, value):
        """The name as it is shown."""
        text = aliases.seen(super().to_python(value))
        return " ".join("".join(char if char.isprintable() else " " for char in text).split())

    def clean(self, value):
        """The name, or an empty text. Raises ValidationError."""
        name = super().clean(value)
        if name and not self.asked:
            raise ValidationError(self.error_messages["not_asked"], "not_asked")
        return name


class StartForm(forms.Form):
    """One visitor's start at `line`. `answers` and `errors_by_field` speak in the reader's language."""

    id = SecretField(max_length=64)
    language = JsonText(max_length=8, error_messages={"invalid": _("Please choose one of these.")})

    def __init__(self, line, data):
        super().__init__(data)
        self.line = line
        self.fields["alias"] = AliasField(line.alias)
        self.asked = AskedForm(line.questions, data.get("answers"))

    def clean_language(self):
        """One of the line's own."""
        language = self.cleaned_data["language"]
        if language not in self.line.languages:
            raise ValidationError(_("Please choose one of these."), "invalid_choice")
        return language

    def is_valid(self):
        """Whether everything may be taken as it is."""
        # Both, so that everything that is wrong is told at once.
        return all([super().is_valid(), self.asked.is_valid()])

    @property
    def errors_by_field(self):
        """{field or key of a question: what is wrong, str}."""
        return {**first_errors(self.errors), **self.asked.errors_by_field}


class AskedForm:
    """Answers as JSON brings them, to the questions of a questionnaire or None."""

    def __init__(self, questionnaire, given):
        self.errors_by_field = {}
        self._fits = given is None or isinstance(given, dict)
        answers = given if isinstance(given, dict) else {}
        self._form = answers_form(questionnaire, answers)
        for key, field in self._form.fields.items():
            value = answers.get(key)
            if value is not None and not _may_answer(field.question.kind, value):
                self.errors_by_field[key] = str(_("This answer was not understood."))

    def is_valid(self):
        """Whether all of it may be kept."""
        valid = self._form.is_valid()
        self.errors_by_field = {**first_errors(self._form.errors), **self.errors_by_field}
        if not self._fits:
            self.errors_by_field["answers"] = str(_("This answer was not understood."))
        return valid and not self.errors_by_field

    @property
    def answers(self):
        """{key: int | str | bool}; what belongs to no question of today is left out."""
        return self._form.answers


def _may_answer(kind, value):
    return type(value) in TYPES[kind] and not (isinstance(value, str) and "\0" in value)


def first_errors(errors):
    """{field: the first thing that is wrong with it, str} of a Django form's errors."""
    return {name: str(found[0]) for name, found in errors.items()}
