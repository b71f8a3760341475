import select
import sqlite3
import subprocess
import sys
import threading
from collections import deque
from contextlib import closing

import pytest

from hotline.lib.sqlite import base
from hotline.lib.sqlite.turn import ROPE, Threads, Turn
from tests.support.running import wait_for

PATIENCE = 60
# Another process that has the turn, waits until somebody stands at the rope, leaves, and wants to come again at once.
GREEDY = f"""
import fcntl, sys
from hotline.lib.sqlite.turn import Turn

def somebody_stands_at_the_rope():
    file = turn._processes._file
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, {ROPE})
    except OSError:
        return True
    fcntl.lockf(file, fcntl.LOCK_UN, 1, {ROPE})
    return False

turn = Turn(sys.argv[1])
assert turn.acquire({PATIENCE})
print("in", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def database(tmp_path):
    """The name of a database that another process writes to as well."""
    path = tmp_path / "shared.sqlite3"
    with closing(sqlite3.connect(path)):
        return str(path)


@pytest.fixture
def elsewhere(database):
    """elsewhere(code) -> a process that has the turn and runs the code when it reads a line; killed after the test."""
    started = []

    def start(code=""):
        program = [sys.executable, "-c", GREEDY + code, database]
        started.append(subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        assert started[-1].stdout.readline() == "in\n"
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def in_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_threads_get_it_in_the_order_in_which_they_came():
    line, order = Threads(), []
    assert line.acquire(0)

    def come(number):
        assert line.acquire(PATIENCE)
        order.append(number)
        line.release()

    threads = []
    for number in range(10):
        threads.append(in_thread(lambda number=number: come(number)))
        assert wait_for(lambda number=number: len(line._line) == number + 2)
    line.release()
    for thread in threads:
        thread.join()
    assert order == list(range(10))
    assert not line.locked()


def test_who_stops_waiting_leaves_the_line():
    line = Threads()
    assert line.acquire(0)
    assert not line.acquire(0.01)
    line.release()
    assert not line.locked()
    assert line.acquire(0)


def test_a_call_that_comes_as_somebody_leaves_goes_to_the_next(monkeypatch):
    line = Threads()
    assert line.acquire(0)

    class Called(deque):
        def remove(self, one):
            # Just then the garbage collector lets the one before go.
            line._line = deque(self)
            line.release()
            line._line.remove(one)

    line._line = Called(line._line)
    assert not line.acquire(0.01)
    assert not line.locked()


def test_another_process_that_wants_it_again_waits_behind_who_stands_there(database, elsewhere):
    other = elsewhere(
        "while not somebody_stands_at_the_rope(): pass\n"
        "turn.release()\n"
        f"assert turn.acquire({PATIENCE})\n"
        "print('again', flush=True)\n"
        "turn.release()\n"
    )
    turn = Turn(database)
    other.stdin.write("go\n")
    other.stdin.flush()
    assert turn.acquire(PATIENCE)
    readable, _, _ = select.select([other.stdout], [], [], 0)
    assert not readable
    turn.release()
    assert other.stdout.readline() == "again\n"


def test_the_turn_of_a_process_that_was_killed_is_free(database, elsewhere):
    other = elsewhere()
    turn = Turn(database)
    assert not turn.acquire(0.05)
    assert not turn.locked()
    other.kill()
    assert turn.acquire(PATIENCE)
    turn.release()


def test_a_connection_says_that_the_database_is_locked_when_its_time_is_over(database, elsewhere):
    elsewhere()
    with closing(sqlite3.connect(database, timeout=0.05, factory=base.Connection)) as connection:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            connection.hold()
        assert not connection._turn.locked()


def test_what_lives_in_memory_has_no_file_beside_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (":memory:", "file:shared?mode=memory&cache=shared"):
        turn = Turn(name)
        assert turn.acquire(0)
        turn.release()
    assert list(tmp_path.iterdir()) == []
