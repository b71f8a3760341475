from . import questionnaire

__all__ = ["questionnaire"]
