from .conversation import Conversation
from .danger import Danger, DangerStep
from .debrief import Debrief
from .duty import Duty
from .event import Event
from .feedback import Feedback, FeedbackAnswer
from .figures import AnswerText, ConversationFact, GivenAnswers
from .flag import Flag
from .group import Group, GroupMember, HeldMessage
from .guidance import Guidance, HelpCall
from .line import Line
from .participant import AuthorKey, Participant
from .room import Room
from .standard_message import StandardMessage
from .team_room import Sighting, TeamRoom
from .transfer import Transfer

__all__ = [
    "AnswerText",
    "AuthorKey",
    "Conversation",
    "ConversationFact",
    "Danger",
    "DangerStep",
    "Debrief",
    "Duty",
    "Event",
    "Feedback",
    "FeedbackAnswer",
    "Flag",
    "GivenAnswers",
    "Group",
    "GroupMember",
    "HeldMessage",
    "Guidance",
    "HelpCall",
    "Line",
    "Participant",
    "Room",
    "Sighting",
    "StandardMessage",
    "TeamRoom",
    "Transfer",
]
