"""The visitor's HTTP interface; docs/protocol.md says what it promises. Reading and posting is in `consumers`."""

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import activate
from django.utils.translation import gettext_lazy as _

from chat.actions import conversations, erasure, flags, lines, queue, wrap_up
from chat.forms.start import AskedForm, StartForm
from chat.models import Conversation, Line
from chat.views.calls import BadCall, body_of, call, invalid, staff_of, token_of, visitor_of
from chat.views.speech import language_of, speak_for, voice
from hotline.lib.errors import Refused
from hotline.lib.throttle import network_of
from hotline.live.frames import CODES
from hotline.questionnaires.models import Question
from hotline.staff.permissions import NotFound


class UnknownRoom(Refused):
    code = "unknown_room"
    message = CODES["unknown_room"]


class NotAsked(Refused):
    code = "unknown"
    message = _("This chat asks nothing afterwards.")


@call("GET", limit="chat-line")
def line(request, slug):
    """How the line stands at this moment, and what it asks for."""
    line = _line(slug)
    now = timezone.now()
    speak_for(request, line)
    return JsonResponse(state_of(line, now) | asked_by(line))


def state_of(line, now):
    """What changes while a page is open: {state, waiting, wait_seconds, opens_at}."""
    waiting = Conversation.objects.waiting().filter(line=line).count()
    state = lines.state(line, now, waiting)
    opens_at = line.opens_at(now) if state == "closed" else None
    return {
        "state": state,
        "waiting": waiting,
        "wait_seconds": queue.wait_seconds(line, waiting + 1, now) if state == "open" else None,
        "opens_at": opens_at.isoformat() if opens_at else None,
    }


def asked_by(line):
    """What stays: {title, languages, alias, questions, alternatives, challenge}."""
    asked = line.questions.questions.all() if line.questions else []
    return {
        "title": line.title(),
        "languages": line.languages,
        "alias": line.alias,
        "questions": [_question(question) for question in asked],
        "alternatives": line.alternatives,
        "may_be_read_along": line.has_live_view or line.has_feedback or line.has_history,
        "challenge": None,
    }


def _question(question):
    return {
        "key": question.key,
        "kind": question.kind,
        "label": question.text(),
        "help": question.hint(),
        "required": question.required,
        "choices": [{"value": value, "label": label} for value, label in question.options()],
        "max": question.limit() if question.kind == Question.Kind.TEXT else question.maximum,
    }


@call("POST", limit="chat-start")
def start(request, slug):
    """A visitor comes: into the queue with them, or the reason why not."""
    line = _line(slug)
    data = body_of(request)
    activate(voice(spoken_by(data, request, line), line))
    form = StartForm(line, data)
    if not form.is_valid():
        return invalid(form.errors_by_field)
    started = conversations.start(
        line,
        form.cleaned_data["id"],
        alias=form.cleaned_data["alias"],
        answers=form.asked.answers,
        language=form.cleaned_data["language"],
        network=network_of(request),
    )
    return JsonResponse(started_answer(started), status=201)


def spoken_by(data, request, line):
    """The language that the visitor chose, where the house speaks it."""
    chosen = data.get("language")
    return chosen if isinstance(chosen, str) and chosen in dict(settings.LANGUAGES) else language_of(request, line)


@call("POST", limit="chat-resume")
def resume(request, slug):
    """A visitor comes back from another device, by their code."""
    line = _line(slug)
    code = body_of(request).get("code")
    if not isinstance(code, str):
        raise BadCall
    speak_for(request, line)
    return JsonResponse(started_answer(conversations.resume(line, code)))


def started_answer(started):
    """What the visitor's device gets of a Started."""
    return {
        "token": started.token,
        "conversation": started.conversation,
        "room": started.room,
        "resume_code": started.resume_code,
    }


@call("GET", limit="chat-mine")
def mine(request):
    """Which conversation a token opens: a page that was loaded again has kept nothing else."""
    conversation = visitor_of(request).room.conversation
    longer = conversation.kept_longer_until
    return JsonResponse(
        {
            "conversation": conversation.code,
            "room": conversation.room.code,
            "line": conversation.entrance.slug,
            "state": conversation.state,
            "kept_until": longer.isoformat() if longer else None,
        }
    )


@call("POST", limit="chat-end")
def end(request, code):
    """The visitor or the volunteer ends it; a visitor who is `leaving` at once, and for good."""
    leaving = body_of(request).get("leaving", False)
    if not isinstance(leaving, bool):
        raise BadCall
    if token_of(request) is None:
        actor = staff_of(request)
        conversation = Conversation.objects.filter(room__code=code).select_related("line", "room").first()
        try:
            if conversation is None:
                raise NotFound
            conversations.end_as_volunteer(actor, conversation)
        except NotFound:
            # one answer for the room of another team and for one that there is not
            raise UnknownRoom from None
    else:
        participant = visitor_of(request)
        if participant.room.code != code:
            raise UnknownRoom
        conversations.end_as_visitor(participant, leaving=leaving)
    return JsonResponse({"room": code, "state": "ended"})


@call("POST", limit="chat-survey")
def survey(request, code):
    """What the visitor says about a conversation that has ended; once, and kept without a link back."""
    conversation = _own(request, code)
    asks = conversation.entrance.survey
    if asks is None or not asks.questions.exists():
        raise NotAsked
    if conversation.state != Conversation.State.ENDED:
        raise flags.StillRunning
    asked = AskedForm(conversation.entrance.survey, body_of(request).get("answers"))
    if not asked.is_valid():
        return invalid(asked.errors_by_field)
    wrap_up.answer_survey(conversation, asked.answers)
    return HttpResponse(status=204)


@call("POST", limit="chat-complaint")
def complain(request, code):
    """What was not right; it comes before somebody who guides the volunteers, never before the volunteer."""
    _own(request, code)
    reason = body_of(request).get("reason", "")
    if not isinstance(reason, str):
        raise BadCall
    try:
        flags.complain(visitor_of(request), reason)
    except (flags.ReasonMissing, flags.TooLong) as wrong:
        return invalid({"reason": str(wrong)})
    return HttpResponse(status=204)


@call("DELETE", limit="chat-erase")
def erase(request, code):
    """The visitor deletes everything, now."""
    erasure.erase_for_visitor(_own(request, code))
    return HttpResponse(status=204)


def _line(slug):
    line = Line.objects.filter(slug=slug).select_related("questions", "survey").first()
    if line is None:
        raise Http404
    return line


def _own(request, code):
    """The Conversation of this code, when the token is its visitor's. Raises NotKnown, Unknown."""
    conversation = visitor_of(request).room.conversation
    if conversation.code != code:
        raise conversations.Unknown
    return conversation
