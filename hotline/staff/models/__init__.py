from .alarm import Alarm
from .alarm_call import AlarmCall
from .audit_entry import AuditEntry
from .audit_link import AuditAnchor, AuditCheck, AuditLink
from .call_plan import CallPlan, CallStep
from .linked_chat import ChatCode, LinkedChat
from .one_time_code import Kind, OneTimeCode
from .session import Session
from .team import Team
from .user import User

__all__ = [
    "Alarm",
    "AlarmCall",
    "AuditAnchor",
    "AuditCheck",
    "AuditEntry",
    "AuditLink",
    "CallPlan",
    "CallStep",
    "ChatCode",
    "Kind",
    "LinkedChat",
    "OneTimeCode",
    "Session",
    "Team",
    "User",
]
