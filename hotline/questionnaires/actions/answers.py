"""Stored answers, shown in any language. The questions may have changed since: nothing here fails because of that."""

import datetime

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, override

from hotline.questionnaires.models import Question


def read(questionnaire, answers, language=None, public_only=False):
    """[(question, answer)] as texts in `language` (None: the reader's), in the order of the questions.

    `answers` is the stored dict. With `public_only` only answers of public questions come, and only where they still
    fit their question: what cannot be told for certain stays sealed. Without it, an answer whose question is gone
    comes last under its key, and one that no longer fits comes as it is stored.
    """
    language = language or get_language()
    found, left = [], dict(answers or {})
    with override(language):
        for question in _questions(questionnaire):
            value = left.pop(question.key, None)
            if value in (None, "") or (public_only and not question.public):
                continue
            shown = _shown(question, value, language)
            if shown is None and not public_only:
                shown = str(value)
            if shown is not None:
                found.append((question.text(language), shown))
    if not public_only:
        found += [(key.replace("_", " "), str(value)) for key, value in left.items() if value not in (None, "")]
    return found


def split(questionnaire, answers):
    """(public, sealed): the same answers in two dicts, so that what is public is settled when it is given.

    What belongs to no question is sealed.
    """
    public_keys = {question.key for question in _questions(questionnaire) if question.public}
    public = {key: value for key, value in answers.items() if key in public_keys}
    return public, {key: value for key, value in answers.items() if key not in public_keys}


def _questions(questionnaire):
    return questionnaire.questions.all() if questionnaire else []


def _shown(question, value, language):
    """The answer in words, or None when it does not fit the question as it is now."""
    kind = question.kind
    if kind == Question.Kind.YESNO:
        return (gettext("Yes") if value else gettext("No")) if isinstance(value, bool) else None
    if kind == Question.Kind.NUMBER:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else None
    if not isinstance(value, str):
        return None
    if kind == Question.Kind.CHOICE:
        return dict(question.options(language)).get(value)
    if kind == Question.Kind.DATE:
        try:
            return date_format(datetime.date.fromisoformat(value))
        except ValueError:
            return None
    return value
