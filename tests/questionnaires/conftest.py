import pytest

from hotline.questionnaires.models import Question, Questionnaire


@pytest.fixture
def ask():
    """ask(kind, **fields) -> a Questionnaire with one question "q"."""

    def make(kind, **fields):
        questionnaire = Questionnaire.objects.create(slug="q")
        fields.setdefault("label", {"en": "Which?", "de": "Welche?", "uk": "Які?"})
        Question.objects.create(questionnaire=questionnaire, key="q", kind=kind, **fields)
        return questionnaire

    return make
