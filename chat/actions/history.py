"""Past conversations: found by their course, opened one at a time. Each look is written down, and so is each print."""

from chat.actions import reading
from chat.actions.holds import SUPERVISE
from chat.models import Conversation
from hotline.staff.permissions import NotFound, require


def find(person, code):
    """The Conversation with this code that has ended at a line with a history. Raises NotAllowed, NotFound."""
    rows = Conversation.objects.filter(state=Conversation.State.ENDED, practice=False, line__has_history=True)
    found = rows.select_related("line", "entrance__questions", "room", "volunteer").filter(code=code).first()
    if found is None:
        raise NotFound
    require(person, SUPERVISE, found)
    return found


def read(actor, conversation):
    """Returns as `reading.messages`. Raises Unknown (it is erased), NotAllowed, NotFound."""
    return reading.read(actor, conversation, "history")


def print_out(actor, conversation):
    """All of it, for paper: the audit says that it was printed. Raises Unknown (it is erased), NotAllowed, NotFound."""
    return reading.read(actor, conversation, "print", whole=True)
