from .alarm import Alarm
from .audit_entry import AuditEntry
from .audit_link import AuditAnchor, AuditCheck, AuditLink
from .session import Session
from .team import Team
from .user import User

__all__ = ["Alarm", "AuditAnchor", "AuditCheck", "AuditEntry", "AuditLink", "Session", "Team", "User"]
