from . import alarm, audit_entry, call_plan, message, team, user

__all__ = ["alarm", "audit_entry", "call_plan", "message", "team", "user"]
