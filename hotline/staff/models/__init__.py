from .alarm import Alarm
from .audit_entry import AuditEntry
from .session import Session
from .team import Team
from .user import User

__all__ = ["Alarm", "AuditEntry", "Session", "Team", "User"]
