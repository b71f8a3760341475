from .conversation import Conversation
from .duty import Duty
from .event import Event
from .figures import AnswerText, ConversationFact, GivenAnswers
from .line import Line
from .participant import AuthorKey, Participant
from .room import Room

__all__ = [
    "AnswerText",
    "AuthorKey",
    "Conversation",
    "ConversationFact",
    "Duty",
    "Event",
    "GivenAnswers",
    "Line",
    "Participant",
    "Room",
]
