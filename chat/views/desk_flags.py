"""Flagging a conversation for follow-up at the desk."""

from django.views.decorators.http import require_POST

from chat.actions import flags
from chat.views.desk import desk_page
from chat.views.desk_talk import my_conversation, show_about
from hotline.lib.errors import Refused
from hotline.staff.permissions import NotAllowed, NotFound

# How much of it: the word of the form's choice → so many last messages.
RANGES = {"all": None, "some": 20, "few": 5}


@require_POST
@desk_page
def flag(request, code):
    """Ask for a follow-up; what was typed stays when that cannot be."""
    conversation, asked = my_conversation(request, code), request.POST.get("range", "all")
    reason = request.POST.get("reason", "")
    try:
        flags.flag(request.user, conversation, reason, RANGES.get(asked))
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        wrong = {"reason": reason, "range": asked, "refused": refused}
        return show_about(request, conversation, flagging=wrong, status=409)
    return show_about(request, conversation)
