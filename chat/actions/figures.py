"""What stays for statistics, written without any link back. Practice stays out of it."""

from django.db import transaction
from django.utils import timezone

from chat.models import AnswerText, ConversationFact, Event, GivenAnswers
from hotline.questionnaires.models import Question

# How a conversation ended for whoever passed it on; for whoever took it over it is another one.
PASSED_ON = "passed_on"


def hour(moment):
    """The full hour (aware datetime) in which `moment` lies."""
    return moment.replace(minute=0, second=0, microsecond=0)


def keep_fact(conversation):
    """Note a conversation that has just ended for its volunteer, in numbers; in the caller's transaction."""
    if conversation.practice:
        return
    taken_at, ended_at = conversation.taken_at, conversation.ended_at
    came_at = conversation.passed_on_at or conversation.created_at
    ConversationFact.objects.create(
        line=conversation.line,
        hour=hour(ended_at),
        language=conversation.language,
        end=conversation.end,
        taken=taken_at is not None,
        wait_minutes=None if conversation.passed_on_at else _minutes(came_at, taken_at or ended_at),
        talk_minutes=_minutes(taken_at, ended_at) if taken_at else 0,
        messages=Event.objects.filter(room=conversation.room_id, kind=Event.Kind.MESSAGE, at__gte=came_at).count(),
    )


def keep_answers(conversation, asked, answers):
    """Keep what somebody answered after `conversation`; figures and free text apart.

    asked: GivenAnswers.Asked. answers: {key: value} that the form of the line's questionnaire has checked.
    """
    if conversation.practice or not answers:
        return
    by_visitor = asked == GivenAnswers.Asked.VISITOR
    line = conversation.entrance if by_visitor else conversation.line
    questionnaire = line.survey if by_visitor else line.wrap_up
    in_words = set(
        Question.objects.filter(questionnaire=questionnaire, kind=Question.Kind.TEXT).values_list("key", flat=True)
    )
    now = timezone.now()
    with transaction.atomic():
        GivenAnswers.objects.create(
            line=line,
            asked=asked,
            hour=hour(now),
            answers={key: value for key, value in answers.items() if key not in in_words},
        )
        AnswerText.objects.bulk_create(
            AnswerText(line=line, asked=asked, day=now.date(), question=key, text=answers[key])
            for key in sorted(in_words & answers.keys())
        )


def _minutes(begin, end):
    return round((end - begin).total_seconds() / 60)
