"""`/status/`: what became of my request, by the spoken words, without an account; and the same question at the desk.

The words come in the body of a POST alone and go nowhere but into their hash: no address, log or history holds them.
"""

from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from hotline.dispatch.actions import status as actions
from hotline.dispatch.errors import StateChanged, WordsUnknown
from hotline.dispatch.models.help_request import LONGEST_SPOKEN
from hotline.dispatch.views.access import staff_page
from hotline.lib.errors import Refused
from hotline.lib.throttle import TooOften, allow, give_back, network_of


@require_http_methods(["GET", "HEAD", "POST"])
def status(request):
    """The question, and its answer."""
    if request.method != "POST":
        return _page(request)
    return _answer(request, actions.look)


@require_POST
def withdraw(request):
    """It is no longer needed; the page says how it stands then."""
    return _answer(request, actions.withdraw, withdrawn=True)


def _answer(request, ask, **more):
    words = _words(request)
    if not words.strip():
        return _page(request, status=422, empty=True)
    try:
        allow("status", network_of(request))
        return _page(request, words=words, standing=_within_the_bound_of_all(ask, words), **more)
    except TooOften as wait:
        answer = _page(request, status=429, words=words, message=wait)
        answer["Retry-After"] = str(wait.seconds)
        return answer
    except WordsUnknown as unknown:
        return _page(request, status=404, words=words, message=unknown)
    except Refused as refused:
        return _page(request, status=409, words=words, message=refused)


def _within_the_bound_of_all(ask, words):
    """What `ask` says of the words. Wrong ones alone use up what everybody together may try: however many come on a bad day
    with the words they were told, nobody shuts out anybody. Counted before it is asked, so that many at once find no gap.
    """
    allow("status-anywhere", actions.EVERYBODY)
    wrong = False
    try:
        return ask(words)
    except WordsUnknown:
        wrong = True
        raise
    finally:
        if not wrong:
            give_back("status-anywhere", actions.EVERYBODY)


def _page(request, status=200, **context):
    answer = render(request, "dispatch/status/status.html", context, status=status)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _words(request):
    return request.POST.get("words", "")[:LONGEST_SPOKEN]


@require_POST
@staff_page
def desk_withdraw(request):
    """A caller says at the desk of any team that it is no longer needed."""
    context = desk_context(request, actions.withdraw) | {"withdrawn": True}
    return render(request, "dispatch/status/at_desk.html", context)


def desk_context(request, ask=actions.look):
    """What the desk shows of a request whose words a caller said, whatever team has it: {words, standing or not_found}."""
    words = _words(request)
    if not words.strip():
        return {"not_found": WordsUnknown()}
    try:
        allow("status-desk", str(request.user.pk))
        return {"words": words, "standing": ask(words, actor=request.user)}
    except (WordsUnknown, StateChanged, TooOften) as refused:
        return {"words": words, "not_found": refused}
