"""
Django's SQLite backend with a write lock of the house's own, taken before SQLite is asked for its.

SQLite lets waiting writers poll, with no queue: under load some starve and fail with "database is locked". Here threads
and processes wait for each other first, in the order in which they came, so that SQLite only ever sees one of them; its own
timeout is left for other programs. The lock is held from BEGIN (or around a single write outside a transaction) to the
end of the transaction, however that comes about.
"""

import sqlite3

from django.db.backends.sqlite3 import base

from hotline.lib.sqlite.turn import Turn

# Statements that take no write lock of SQLite's by themselves.
_READS = ("SELECT", "WITH", "PRAGMA", "EXPLAIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "END")

_turns: dict[str, Turn] = {}


class Connection(sqlite3.Connection):
    """A connection that holds the write lock of its file while it is in a transaction."""

    def __init__(self, database, timeout=5.0, **kwargs):
        super().__init__(database, timeout=timeout, **kwargs)
        # One for all threads, also when two of them come first at once.
        self._turn = _turns.setdefault(str(database), Turn(str(database)))
        self._patience = timeout
        self._holding = False

    def hold(self) -> None:
        """Take the lock unless this connection has it. Raises OperationalError after the connection's timeout."""
        if not self._holding:
            if not self._turn.acquire(self._patience):
                raise sqlite3.OperationalError("database is locked: others were writing all the time")
            self._holding = True

    def let_go(self) -> None:
        """Give the lock back unless a transaction is still open."""
        if self._holding and not self.in_transaction:
            self._release()

    def _release(self) -> None:
        self._holding = False
        self._turn.release()

    def commit(self):
        try:
            super().commit()
        finally:
            self.let_go()

    def rollback(self):
        try:
            super().rollback()
        finally:
            self.let_go()

    def close(self):
        try:
            super().close()
        finally:
            if self._holding:
                self._release()

    def __del__(self):
        # A thread that died with an open transaction takes its connection along, not the lock.
        if getattr(self, "_holding", False):
            self._release()


class Cursor(base.SQLiteCursorWrapper):
    """A cursor that holds the write lock around whatever is not a plain read."""

    def execute(self, query, params=None):
        if not _is_read(query):
            self.connection.hold()
        try:
            return super().execute(query, params)
        finally:
            self.connection.let_go()

    def executemany(self, query, param_list):
        self.connection.hold()
        try:
            return super().executemany(query, param_list)
        finally:
            self.connection.let_go()


def _is_read(query: str) -> bool:
    return query.lstrip(" \t\r\n(").upper().startswith(_READS)


class DatabaseWrapper(base.DatabaseWrapper):
    """
    The stock wrapper over our connection and cursor.

    A thread that lives on sets `stays_open`: to open the file costs more than most of what is asked of it, and whoever
    closes it last moves the whole write-ahead log.
    """

    stays_open = False

    def get_connection_params(self):
        return {**super().get_connection_params(), "factory": Connection}

    def create_cursor(self, name=None):
        return self.connection.cursor(factory=Cursor)

    def close_if_unusable_or_obsolete(self):
        if self.stays_open:
            self.close_at = None
        super().close_if_unusable_or_obsolete()
