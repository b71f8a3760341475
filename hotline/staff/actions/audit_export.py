"""The audit as a table to take away."""

import json

from hotline.lib.tables import as_csv, harmless
from hotline.staff.actions.audit import record
from hotline.staff.audit_words import words
from hotline.staff.permissions import can, require

RIGHT = "staff.view_audit"
COLUMNS = ["position", "when", "who", "action", "what", "code", "details", "reason"]
AT_ONCE = 1000


def export(actor, lines, asked):
    """Audit that `actor` takes `lines` away (QuerySet of AuditEntry), and return them as an iterator of batches of CSV (str).

    asked: {name: str}, which lines they are. No batch takes longer than the rows it holds, however many there are; what
    is written or goes by age meanwhile is in it or not. It ends when the right has gone. Raises NotAllowed, NotFound.
    """
    require(actor, RIGHT)
    record(actor, "audit.exported", **asked)
    return _batches(actor, lines.select_related("link"))


def _batches(actor, lines):
    yield as_csv([COLUMNS])
    last = None
    while can(actor, RIGHT):
        batch = list((lines.filter(pk__lt=last) if last else lines)[:AT_ONCE])
        if not batch:
            return
        yield as_csv(map(_row, batch))
        last = batch[-1].pk


def _row(line):
    link = getattr(line, "link", None)
    details = json.dumps(line.details, ensure_ascii=False, sort_keys=True)
    said = [line.actor_alias, line.action, words(line.action), line.subject, details, line.reason]
    return [link.position if link else "", line.at.isoformat(), *map(harmless, said)]
