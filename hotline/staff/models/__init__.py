from .alarm import Alarm
from .audit_entry import AuditEntry
from .team import Team
from .user import User

__all__ = ["Alarm", "AuditEntry", "Team", "User"]
