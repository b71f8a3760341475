"""Questionnaires: changed by whoever may, each change audited."""

from django.db import transaction

from hotline.staff.actions.audit import record
from hotline.staff.permissions import require

MANAGE = "coordinators.manage_registry"


def save_questionnaire(actor, questionnaire):
    """Write a new Questionnaire or what was changed in one. Returns it. Raises NotAllowed, NotFound."""
    require(actor, MANAGE)
    adding = questionnaire._state.adding
    with transaction.atomic():
        questionnaire.save()
        record(actor, "questionnaire.created" if adding else "questionnaire.changed", questionnaire.slug)
    return questionnaire


def save_questions(actor, questionnaire, changed, removed):
    """Write the Questions `changed` and delete those `removed`, all of `questionnaire`. Raises NotAllowed, NotFound.

    The audit names their keys, and which answers are public from now on.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        for question in removed:
            question.delete()
        for question in changed:
            question.save()
        record(
            actor,
            "questionnaire.questions",
            questionnaire.slug,
            changed=[question.key for question in changed],
            removed=[question.key for question in removed],
            public=list(questionnaire.questions.filter(public=True).values_list("key", flat=True)),
        )
