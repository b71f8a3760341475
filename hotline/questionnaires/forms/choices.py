"""The choices of a question, edited as a table: a row for each choice, a column for each language."""

import re

from anyascii import anyascii
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hotline.lib.languages import LANGUAGES

# Empty rows offered below the filled ones; saving brings new ones.
SPARE_ROWS = 3
ROWS_HIGHEST = 60
VALUE_LENGTH = 40
LABEL_LENGTH = 120


class ChoicesWidget(forms.Widget):
    """Boxes named <name>-<row>-value and <name>-<row>-<language>."""

    template_name = "questionnaires/widgets/choices.html"
    use_fieldset = True

    class Media:
        css = {"all": ["css/boxes.css"]}

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        rows = [*(value or []), *({} for _spare in range(SPARE_ROWS))]
        context["widget"] |= {
            "languages": LANGUAGES,
            "rows": [
                {
                    "number": number + 1,
                    "value_name": f"{name}-{number}-value",
                    "value": row.get("value", ""),
                    "labels": [
                        {"name": f"{name}-{number}-{code}", "language": own, "code": code, "value": text}
                        for code, own in LANGUAGES
                        for text in [row.get("label", {}).get(code, "")]
                    ],
                }
                for number, row in enumerate(rows)
            ],
        }
        return context

    def value_from_datadict(self, data, files, name):
        rows = []
        for number in range(ROWS_HIGHEST):
            if f"{name}-{number}-value" not in data:
                break
            value = data[f"{name}-{number}-value"].strip()
            typed = {code: data.get(f"{name}-{number}-{code}", "").strip() for code, _own in LANGUAGES}
            label = {code: text for code, text in typed.items() if text}
            if value or label:
                rows.append({"value": value, "label": label})
        return rows

    def value_omitted_from_data(self, data, files, name):
        return f"{name}-0-value" not in data

    def id_for_label(self, id_):
        return None


class ChoicesField(forms.Field):
    """[{value, label: {language: text}}]. An empty value is made from the first label."""

    widget = ChoicesWidget

    def to_python(self, value):
        return [{"value": row["value"] or _value_from(row["label"]), "label": row["label"]} for row in value or []]

    def validate(self, value):
        super().validate(value)
        for row in value:
            if not row["label"]:
                raise ValidationError(_("Give “%(value)s” a text."), code="no_label", params={"value": row["value"]})
            if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", row["value"]) or len(row["value"]) > VALUE_LENGTH:
                raise ValidationError(
                    _("“%(value)s” cannot be a value: use up to 40 small Latin letters, digits, - and _."),
                    code="value",
                    params={"value": row["value"]},
                )
            if any(len(text) > LABEL_LENGTH for text in row["label"].values()):
                raise ValidationError(_("A choice is at most 120 characters long."), code="max_length")

    def has_changed(self, initial, data):
        return (initial or []) != self.to_python(data)


def _value_from(label):
    first = next(iter(label.values()), "")
    return re.sub(r"[^a-z0-9]+", "-", anyascii(first).lower()).strip("-")[:VALUE_LENGTH]
