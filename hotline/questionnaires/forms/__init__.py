from .answers import AnswersForm, answers_form

__all__ = ["AnswersForm", "answers_form"]
