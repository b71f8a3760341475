"""
What the database itself holds to of the audit, whoever asks it: a line is never changed (but that its account may go) and
removed only after the anchor has moved past it, which `actions.audit_chain.erase_before` alone does with a good seal.

The triggers are put in place after every migration, and on SQLite taken away before one: a table that SQLite alters is
made anew there, without its triggers, and may not be named by any while that lasts.
"""

from hotline.staff.models import AuditAnchor, AuditEntry, AuditLink

REFUSAL = "The audit is never changed, and goes only by age."
GUARDED = (AuditEntry, AuditLink, AuditAnchor)
_ENTRY, _LINK, _ANCHOR = (model._meta.db_table for model in GUARDED)
_PASSED = f"EXISTS (SELECT 1 FROM {_LINK} l, {_ANCHOR} a WHERE {{}} AND l.position <= a.position)"
# Table → when a row may be removed, and when it may be changed.
_MAY_GO = {_ENTRY: _PASSED.format("l.entry_id = OLD.id"), _LINK: _PASSED.format("l.position = OLD.position")}
_MAY_CHANGE = {_ANCHOR: "NEW.id = OLD.id AND NEW.position > OLD.position"}


def install(connection):
    """Put the triggers in place where they are missing; `connection` is to the migrated database."""
    statements = {"sqlite": _for_sqlite, "postgresql": _for_postgresql}[connection.vendor]
    with connection.cursor() as cursor:
        there = _names(connection, cursor)
        for name, statement in statements():
            if name not in there:
                cursor.execute(statement)


def remove(connection):
    """Take the triggers away, for a migration on SQLite and for the tests, which begin with an empty database."""
    with connection.cursor() as cursor:
        for name, table in _names(connection, cursor).items():
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{on}")


def _names(connection, cursor):
    """{name of a trigger of ours that is there: its table}."""
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'audit_keeps_%%'"
        )
    else:
        cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_keeps_%%'")
    return dict(cursor.fetchall())


def _for_sqlite():
    for model in GUARDED:
        table = model._meta.db_table
        # INSERT OR REPLACE would remove what stands in its way without asking the trigger for removals.
        unique = [field.column for field in model._meta.concrete_fields if field.unique]
        taken = " OR ".join(f"{column} = NEW.{column}" for column in unique)
        conditions = {
            "INSERT": f"EXISTS (SELECT 1 FROM {table} WHERE {taken})",
            "UPDATE": f"NOT ({_may_change_on_sqlite(model)})",
            "DELETE": f"NOT ({_MAY_GO.get(table, 'FALSE')})",
        }
        for event, condition in conditions.items():
            name = f"audit_keeps_{table}_{event.lower()}"
            yield (
                name,
                (
                    f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} "
                    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
                ),
            )


def _may_change_on_sqlite(model):
    table = model._meta.db_table
    if model is AuditEntry:
        others = [field.column for field in model._meta.concrete_fields if field.column != "actor_id"]
        return " AND ".join(["NEW.actor_id IS NULL", *(f"NEW.{column} IS OLD.{column}" for column in others)])
    return _MAY_CHANGE.get(table, "FALSE")


def _for_postgresql():
    for model in GUARDED:
        table = model._meta.db_table
        may_change = _MAY_CHANGE.get(table, "FALSE")
        if model is AuditEntry:
            may_change = "NEW.actor_id IS NULL AND to_jsonb(NEW) - 'actor_id' = to_jsonb(OLD) - 'actor_id'"
        yield (
            f"function {table}",
            (
                f"CREATE OR REPLACE FUNCTION audit_keeps_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF TG_OP = 'UPDATE' THEN IF {may_change} THEN RETURN NEW; END IF; END IF; "
                f"IF TG_OP = 'DELETE' THEN IF {_MAY_GO.get(table, 'FALSE')} THEN RETURN OLD; END IF; END IF; "
                f"RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            ),
        )
        for events, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            name = f"audit_keeps_{table}_{each.lower()}"
            yield (
                name,
                (
                    f"CREATE TRIGGER {name} BEFORE {events} ON {table} FOR EACH {each} "
                    f"EXECUTE FUNCTION audit_keeps_{table}()"
                ),
            )
