"""Texts in every language of the house, edited as one box for each language instead of as JSON."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hotline.lib.languages import LANGUAGES


class BoxesWidget(forms.Widget):
    """Several labelled boxes whose contents are one dict. `boxes`: [(key, label)]; `rows` above 1 makes them tall."""

    template_name = "questionnaires/widgets/boxes.html"
    use_fieldset = True
    in_languages = False

    class Media:
        css = {"all": ["css/boxes.css"]}

    def __init__(self, boxes, rows=1, inputmode="text", attrs=None):
        self.boxes, self.rows, self.inputmode = boxes, rows, inputmode
        super().__init__(attrs)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        value = value if isinstance(value, dict) else {}
        identity = context["widget"]["attrs"].get("id", f"id_{name}")
        context["widget"] |= {
            "rows": self.rows,
            "inputmode": self.inputmode,
            "boxes": [
                {
                    "name": f"{name}-{key}",
                    "id": f"{identity}-{key}",
                    "label": label,
                    "language": key if self.in_languages else "",
                    "value": value.get(key, ""),
                }
                for key, label in self.boxes
            ],
        }
        return context

    def value_from_datadict(self, data, files, name):
        typed = {key: data.get(f"{name}-{key}", "").strip() for key, _label in self.boxes}
        return {key: text for key, text in typed.items() if text}

    def value_omitted_from_data(self, data, files, name):
        return all(f"{name}-{key}" not in data for key, _label in self.boxes)

    def id_for_label(self, id_):
        return f"{id_}-{self.boxes[0][0]}" if id_ else id_


class TranslatedWidget(BoxesWidget):
    """A box for each language of the house."""

    in_languages = True

    def __init__(self, rows=1, attrs=None):
        super().__init__(LANGUAGES, rows=rows, attrs=attrs)


class TranslatedField(forms.Field):
    """{language: text} without empty ones. Required means: in one language at least."""

    def __init__(self, *, max_length=500, rows=1, **kwargs):
        self.max_length = max_length
        kwargs.setdefault("widget", TranslatedWidget(rows))
        super().__init__(**kwargs)

    def to_python(self, value):
        return value or {}

    def validate(self, value):
        if self.required and not value:
            raise ValidationError(_("Please write this in one language at least."), code="required")
        for code, text in value.items():
            if len(text) > self.max_length:
                raise ValidationError(
                    _("%(language)s: this has %(length)d characters; at most %(limit)d fit."),
                    code="max_length",
                    params={"language": dict(LANGUAGES)[code], "length": len(text), "limit": self.max_length},
                )

    def has_changed(self, initial, data):
        return (initial or {}) != (self.to_python(data) or {})


class WordsField(TranslatedField):
    """{language: [word, …]}, typed as words with commas between them."""

    def __init__(self, **kwargs):
        super().__init__(**{"max_length": 1000, "rows": 2} | kwargs)

    def prepare_value(self, value):
        if not isinstance(value, dict):
            return value
        return {code: words if isinstance(words, str) else ", ".join(words) for code, words in value.items()}

    def clean(self, value):
        lists = {
            code: [word.strip() for word in re.split(r"[,;\n]", text) if word.strip()]
            for code, text in super().clean(value).items()
        }
        return {code: words for code, words in lists.items() if words}

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)


class NumbersField(forms.Field):
    """{key: whole number} of what was filled in. `boxes`: [(key, label)]; each number lies in low…high."""

    def __init__(self, *, boxes, low, high, **kwargs):
        self.boxes, self.low, self.high = dict(boxes), low, high
        super().__init__(widget=BoxesWidget(boxes, inputmode="numeric"), **kwargs)

    def to_python(self, value):
        numbers = {}
        for key, text in (value or {}).items():
            if not str(text).isdecimal() or not self.low <= int(text) <= self.high:
                raise ValidationError(
                    _("%(box)s: please write a whole number from %(low)d to %(high)d."),
                    code="invalid",
                    params={"box": self.boxes[key], "low": self.low, "high": self.high},
                )
            numbers[key] = int(text)
        return numbers

    def has_changed(self, initial, data):
        return {key: str(number) for key, number in (initial or {}).items()} != (data or {})
