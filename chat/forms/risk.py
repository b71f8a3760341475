"""Answers that raise a visitor's place in the queue: typed as "danger = yes", kept as the answer itself."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.forms.lines_of_text import LinesField
from hotline.questionnaires.models import Question

Kind = Question.Kind


class RiskField(LinesField):
    """{key: answer as typed}; what the answer is follows from the question, see `as_answers`."""

    def prepare_value(self, value):
        if isinstance(value, dict):
            value = [f"{key} = {_shown(answer)}" for key, answer in value.items()]
        return super().prepare_value(value)

    def read(self, line):
        key, _equals, answer = (part.strip() for part in line.partition("="))
        if not key or not answer:
            raise ValidationError(_("write the key of the question and the answer, as danger = yes."))
        return key, answer

    def to_python(self, value):
        return dict(super().to_python(value))


def _shown(answer):
    if isinstance(answer, bool):
        return gettext("Yes") if answer else gettext("No")
    return str(answer)


def as_answers(typed, questionnaire):
    """{key: bool, int or str} as visitors' answers are kept. typed: {key: str}; questionnaire: the line's, or None.

    Raises ValidationError, in words.
    """
    questions = {question.key: question for question in questionnaire.questions.all()} if questionnaire else {}
    answers = {}
    for key, said in typed.items():
        if key not in questions:
            raise ValidationError(
                _("The questions before the chat have none with the key “%(key)s”."), params={"key": key}
            )
        answer = _answer(questions[key], said.casefold())
        if answer is None:
            raise ValidationError(
                _("“%(answer)s” is no answer to “%(question)s” that can be recognised."),
                params={"answer": said, "question": questions[key].text()},
            )
        answers[key] = answer
    return answers


def _answer(question, said):
    if question.kind == Kind.YESNO:
        words = {"yes": True, "no": False, gettext("Yes").casefold(): True, gettext("No").casefold(): False}
        return words.get(said)
    if question.kind == Kind.NUMBER:
        return int(said) if said.isdecimal() and len(said) < 10 else None
    if question.kind == Kind.CHOICE:
        for choice in question.choices:
            if said in {choice["value"].casefold(), *(label.casefold() for label in choice["label"].values())}:
                return choice["value"]
    return None
