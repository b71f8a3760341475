from . import alarm, audit_entry, message, team, user

__all__ = ["alarm", "audit_entry", "message", "team", "user"]
