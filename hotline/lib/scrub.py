"""What was deleted leaves the database's files too, as far as the database lets us."""

from django.db import connection


def scrub(*tables: str) -> None:
    """
    Make room over what these tables have just lost; outside a transaction.

    SQLite overwrites deleted rows (secure_delete), so its log of writes is emptied into the file; PostgreSQL gives the
    space of dead rows free to be overwritten.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            names = ", ".join(connection.ops.quote_name(table) for table in tables)
            cursor.execute(f"VACUUM {names}")
