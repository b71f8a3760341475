"""
Whose turn it is to write to a SQLite file: first come, first served, among the threads of a process and among processes.

SQLite lets a process that finds the file taken sleep for up to a tenth of a second and look again. Whoever has many writers
in one process takes it again within microseconds of giving it back, so another process that looks ten times a second may
wait for as long as there is anything to write. Here processes wait as at a counter with a rope: only who stands at the rope
may step to the counter, and who leaves the counter and wants to come again goes behind the rope first.
"""

import fcntl
import os
import threading
import time
from collections import deque

# Two bytes of the file beside the database; the system frees them when a process dies, however that comes about.
COUNTER, ROPE = 0, 1
# Seconds between two looks at what another process has. One thread of a process looks, and at most for as long as a
# transaction takes.
LOOK = 0.001


class Threads:
    """A lock that is given to whoever waits longest. The first in the line has it."""

    def __init__(self):
        # A connection without an owner is let go by the garbage collector, which may run inside any of these methods.
        self._guard = threading.RLock()
        self._line = deque()

    def acquire(self, timeout: float) -> bool:
        """Wait for it at most so many seconds; whether it came."""
        mine = threading.Lock()
        mine.acquire()
        with self._guard:
            self._line.append(mine)
            if self._line[0] is mine:
                return True
        if mine.acquire(timeout=timeout):
            return True
        with self._guard:
            if self._line[0] is mine:
                return True
            self._line.remove(mine)
            if mine.acquire(blocking=False):
                self._call_next()
        return False

    def release(self) -> None:
        """Hand it to the next."""
        with self._guard:
            self._line.popleft()
            self._call_next()

    def locked(self) -> bool:
        """Whether somebody has it."""
        return bool(self._line)

    def _call_next(self) -> None:
        if self._line:
            self._line[0].release()


class Processes:
    """A lock between processes, by a file of its own: SQLite's must not be opened by anybody else in the process."""

    def __init__(self, path: str, like: str):
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._be_like(like)

    def _be_like(self, database: str) -> None:
        # As SQLite does with its own files: what root has opened once, the house can open.
        if os.geteuid() == 0 and os.path.exists(database):
            of = os.stat(database)
            os.fchown(self._file, of.st_uid, of.st_gid)

    def acquire(self, timeout: float) -> bool:
        """Wait for it at most so many seconds; whether it came. One thread of the process at a time."""
        until = time.monotonic() + timeout
        if not self._take(ROPE, until):
            return False
        try:
            return self._take(COUNTER, until)
        finally:
            self._leave(ROPE)

    def release(self) -> None:
        """Leave it to the next."""
        self._leave(COUNTER)

    def _take(self, place: int, until: float) -> bool:
        while True:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
                return True
            except (BlockingIOError, PermissionError):
                if time.monotonic() >= until:
                    return False
            time.sleep(LOOK)

    def _leave(self, place: int) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)


class Turn:
    """The turn to write to one database, which one connection of all has."""

    def __init__(self, database: str):
        self._database = database
        self._threads = Threads()
        self._processes: Processes | None = None

    def acquire(self, timeout: float) -> bool:
        """Wait for it at most so many seconds; whether it came. Raises OSError where the file beside it cannot be made."""
        until = time.monotonic() + timeout
        if not self._threads.acquire(timeout):
            return False
        got = False
        try:
            got = self._others() is None or self._others().acquire(max(0.0, until - time.monotonic()))
        finally:
            if not got:
                self._threads.release()
        return got

    def release(self) -> None:
        """Give it to whoever waits longest."""
        if self._processes:
            self._processes.release()
        self._threads.release()

    def locked(self) -> bool:
        """Whether somebody in this process has it or waits for it."""
        return self._threads.locked()

    def _others(self) -> Processes | None:
        # What lives in memory alone is nobody else's.
        if self._processes is None and ":memory:" not in self._database and "mode=memory" not in self._database:
            self._processes = Processes(f"{self._database}-turn", self._database)
        return self._processes
