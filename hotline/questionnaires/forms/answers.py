"""The form that asks the questions of one questionnaire."""

from django import forms

from .fields import field_for


class AnswersForm(forms.Form):
    """Fields named by the keys of the questions. `answers` holds what was said, ready for JSON."""

    # The browser would complain in its own language; the house answers in the reader's.
    use_required_attribute = False

    def __init__(self, questionnaire, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for question in questionnaire.questions.all() if questionnaire else []:
            self.fields[question.key] = field_for(question)

    def let_open(self, keys):
        """Let these questions (their keys) be left without an answer, whatever the questionnaire says."""
        for key in keys:
            self.fields[key].required = False
            self.fields[key].widget.attrs.pop("aria-required", None)

    @property
    def answers(self):
        """{key: int | str | bool} of what was answered; call after is_valid()."""
        return {key: value for key, value in self.cleaned_data.items() if value not in (None, "")}


def answers_form(questionnaire, data=None, prefix=None, initial=None):
    """The form for `questionnaire` (None: a form without questions, which is valid).

    `data`: what was typed (a QueryDict or dict), or None to show the questions; it is shown again as typed when
    something in it is wrong. `prefix` tells several such forms on one page apart. `initial`: stored answers.
    """
    return AnswersForm(questionnaire, data, prefix=prefix, initial=initial)
