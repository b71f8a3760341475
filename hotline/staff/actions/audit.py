"""The one door to the audit."""

from hotline.staff.models import AuditEntry

# A line names codes, states and numbers. Whatever is longer is content, which the audit never holds.
LONGEST_DETAIL = 200


def record(actor, action, subject="", *, reason="", **details):
    """Add a line to the audit, in the caller's transaction. Returns the AuditEntry.

    actor: the User who did it, None for the house itself. action: "thing.verb", as "request.cancel". subject: the
    public code of what it was done to. reason: what the actor gave as reason, cut at 300 characters. details: codes,
    states, numbers, dates, or lists of them; anything else, or a text over 200 characters, raises ValueError.
    """
    for name, value in details.items():
        for item in value if isinstance(value, (list, tuple, set)) else [value]:
            if isinstance(item, (dict, list, tuple, set, bytes)) or len(str(item)) > LONGEST_DETAIL:
                raise ValueError(f"The audit holds codes and numbers, never content: {name}")
    return AuditEntry.objects.create(
        actor=actor,
        actor_alias=actor.alias if actor is not None else "",
        action=action,
        subject=str(subject),
        reason=reason[:300],
        details={name: _plain(value) for name, value in details.items()},
    )


def _plain(value):
    if isinstance(value, (list, tuple, set)):
        return sorted(str(item) for item in value)
    # A number with a fraction comes back from a database as another one now and then, and the line's stamp would not fit.
    return value if value is None or isinstance(value, (bool, int)) else str(value)
