import gc
import sqlite3
import threading

import pytest
from django.db import DatabaseError, OperationalError, connections, transaction

from hotline.lib.sqlite import base

ALIAS = "locked"


@pytest.fixture
def database(tmp_path, django_db_blocker):
    """A SQLite file of this test's own behind our backend, whatever the suite's database is."""
    connections.settings[ALIAS] = {
        **connections.settings["default"],
        "ENGINE": "hotline.lib.sqlite",
        "NAME": str(tmp_path / "locked.sqlite3"),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
    with django_db_blocker.unblock():
        execute("CREATE TABLE counter (name TEXT PRIMARY KEY, count INTEGER NOT NULL)")
        execute("INSERT INTO counter VALUES ('a', 0)")
        yield connections[ALIAS]
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.settings[ALIAS]


def execute(sql, params=None):
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def count():
    return execute("SELECT count FROM counter")[0][0]


def add_one():
    execute("UPDATE counter SET count = count + 1")


def lock():
    return base._turns[connections[ALIAS].settings_dict["NAME"]]


def in_threads(number, work):
    """Run the work in so many threads at once; what they raised."""
    gate = threading.Barrier(number)
    errors = []

    def run():
        try:
            gate.wait()
            work()
        except Exception as error:
            errors.append(error)
        finally:
            connections[ALIAS].close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_24_threads_write_in_transactions_and_none_finds_the_database_locked(database):
    def work():
        for _ in range(25):
            with transaction.atomic(using=ALIAS):
                before = count()
                execute("UPDATE counter SET count = %s", [before + 1])

    assert in_threads(24, work) == []
    assert count() == 24 * 25
    assert not lock().locked()


def test_writers_without_a_transaction_queue_up_as_well(database):
    def work():
        for number in range(25):
            if number % 2:
                add_one()
            else:
                with transaction.atomic(using=ALIAS):
                    add_one()

    assert in_threads(12, work) == []
    assert count() == 12 * 25
    assert not lock().locked()


def test_the_lock_is_held_from_begin_to_commit(database):
    assert not lock().locked()
    with transaction.atomic(using=ALIAS):
        assert lock().locked()
        count()
        with transaction.atomic(using=ALIAS):
            add_one()
        assert lock().locked()
    assert not lock().locked()


def test_the_lock_is_free_after_an_exception(database):
    with pytest.raises(KeyboardInterrupt), transaction.atomic(using=ALIAS):
        add_one()
        raise KeyboardInterrupt
    assert not lock().locked()
    assert count() == 0


def test_the_lock_is_free_after_a_rollback(database):
    with transaction.atomic(using=ALIAS):
        add_one()
        transaction.set_rollback(True, using=ALIAS)
    assert not lock().locked()
    assert count() == 0


def test_the_lock_is_free_after_an_error_of_the_database(database):
    with pytest.raises(DatabaseError), transaction.atomic(using=ALIAS):
        execute("INSERT INTO counter VALUES ('a', 1)")
    assert not lock().locked()
    with pytest.raises(DatabaseError):
        execute("INSERT INTO counter VALUES ('a', 1)")
    assert not lock().locked()


def test_the_lock_is_free_after_the_connection_was_closed_in_a_transaction(database):
    with transaction.atomic(using=ALIAS):
        add_one()
        database.close()
    assert not lock().locked()
    assert count() == 0


def test_the_lock_is_free_when_the_commit_fails(database, monkeypatch):
    def fail(connection):
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(base.Connection, "commit", fail)
    with pytest.raises(OperationalError), transaction.atomic(using=ALIAS):
        add_one()
    assert not lock().locked()
    assert count() == 0


def test_the_lock_is_free_when_begin_fails(database):
    other = sqlite3.connect(database.settings_dict["NAME"], timeout=0)
    execute("PRAGMA busy_timeout=0")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"), transaction.atomic(using=ALIAS):
        add_one()
    assert not lock().locked()
    other.close()


def test_the_lock_goes_with_a_thread_that_died_in_a_transaction(database):
    def work():
        connection = database.copy()
        connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    gc.collect()
    with transaction.atomic(using=ALIAS):
        add_one()
    assert count() == 1


def test_the_lock_follows_manual_transactions(database):
    transaction.set_autocommit(False, using=ALIAS)
    add_one()
    assert lock().locked()
    transaction.rollback(using=ALIAS)
    assert not lock().locked()
    add_one()
    transaction.commit(using=ALIAS)
    assert not lock().locked()
    transaction.set_autocommit(True, using=ALIAS)
    assert count() == 1


def test_reading_waits_for_nobody(database):
    with transaction.atomic(using=ALIAS):
        add_one()
        seen = []
        assert in_threads(4, lambda: seen.append(count())) == []
        assert seen == [0] * 4


def test_a_writer_gives_up_after_the_timeout_and_holds_nothing(database):
    connections.settings[ALIAS]["OPTIONS"]["timeout"] = 0.05
    with transaction.atomic(using=ALIAS):
        add_one()
        errors = in_threads(2, add_one)
    assert [type(error) for error in errors] == [OperationalError] * 2
    assert not lock().locked()
    assert count() == 1


def test_databases_do_not_wait_for_each_other(database, tmp_path):
    other = database.copy()
    other.settings_dict = {**database.settings_dict, "NAME": str(tmp_path / "other.sqlite3")}
    with transaction.atomic(using=ALIAS), other.cursor() as cursor:
        cursor.execute("CREATE TABLE thing (name TEXT)")
    other.close()


def test_a_thread_that_lives_on_keeps_the_file_open_and_others_close_it(database):
    def connected(stays):
        connections[ALIAS].stays_open = stays
        execute("SELECT 1")
        connections[ALIAS].close_if_unusable_or_obsolete()
        kept.append(connections[ALIAS].connection is not None)
        connections[ALIAS].close()

    kept = []
    assert in_threads(1, lambda: connected(True)) == []
    assert in_threads(1, lambda: connected(False)) == []
    assert kept == [True, False]
