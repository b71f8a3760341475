"""The way back to a fresh database after a test that committed."""

from django.db import connection, transaction
from django.test import TransactionTestCase

from hotline.staff import audit_guard


class Fresh:
    """A migrated database as it is before any test: a few rows about kinds of rows, permissions and roles.

    `restore` brings it back. Django's own way empties each table anew and makes those rows again by all the handlers of
    post_migrate, which takes longer than most tests do.
    """

    def __init__(self):
        self.tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        with connection.cursor() as cursor:
            found = {table: self._rows(cursor, table) for table in self.tables}
        self.kept = {table: rows for table, rows in found.items() if rows}

    def restore(self):
        """Returns when nobody writes any more and all is as it was."""
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                # On SQLite there is one writer at a time anyway.
                cursor.execute(f"LOCK TABLE {', '.join(map(self._quoted, self.tables))} IN SHARE ROW EXCLUSIVE MODE")
            changed = [table for table, rows in self.kept.items() if self._rows(cursor, table) != rows]
            # The audit lets nobody remove a line, the tests aside.
            audit_guard.remove(connection)
            # In any order: the database looks at foreign keys when all of it is committed.
            for table in self.tables:
                if table in changed or table not in self.kept:
                    cursor.execute(f"DELETE FROM {self._quoted(table)}")
            for table in changed:
                values = ", ".join(["%s"] * len(self.kept[table][0]))
                cursor.executemany(f"INSERT INTO {self._quoted(table)} VALUES ({values})", self.kept[table])
            audit_guard.install(connection)

    def _rows(self, cursor, table):
        cursor.execute(f"SELECT * FROM {self._quoted(table)} ORDER BY 1")
        return cursor.fetchall()

    def _quoted(self, table):
        return connection.ops.quote_name(table)


def restoring(monkeypatch):
    """From now on, until the patch is undone, tests that commit are cleaned up after by Fresh. The database is fresh now."""
    fresh = Fresh()
    monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: fresh.restore())
