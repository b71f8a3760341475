from .alarm import Alarm
from .alarm_call import AlarmCall
from .audit_entry import AuditEntry
from .audit_link import AuditAnchor, AuditCheck, AuditLink
from .call_plan import CallPlan, CallStep
from .forgotten import ForgottenPassword
from .freeze import DestroyPassphrase, Freeze, KeyDestruction, SignedCall
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
    "DestroyPassphrase",
    "ForgottenPassword",
    "Freeze",
    "KeyDestruction",
    "Kind",
    "LinkedChat",
    "OneTimeCode",
    "Session",
    "SignedCall",
    "Team",
    "User",
]
