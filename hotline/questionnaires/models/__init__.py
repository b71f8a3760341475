from .question import Question
from .questionnaire import Questionnaire

__all__ = ["Question", "Questionnaire"]
