"""Databases, keyrings and ports for processes of a test's own."""

import json
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.process.houses import ROOT, Process, Server, environment, free_port


def _made(command: tuple[str, ...], variables: dict[str, str], log: Path) -> None:
    code, output = Process(command, variables, log).result()
    assert code == 0, output


def _administer(statement: str) -> None:
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as administration:
        administration.execute(statement)


def _with_name(name: str) -> str:
    return urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """A migrated, empty database, made once: a file of SQLite's, or the name of one of PostgreSQL's."""
    folder = tmp_path_factory.mktemp("migrated")
    if connection.vendor == "sqlite":
        name, url = str(folder / "house.sqlite3"), f"sqlite:///{folder / 'house.sqlite3'}"
    else:
        name = f"hotline_{uuid.uuid4().hex}"
        url = _with_name(name)
        _administer(f"CREATE DATABASE {name}")
    variables = environment(DEBUG="1", DATABASE_URL=url, VAR_DIR=str(folder))
    _made(("migrate", "--verbosity", "0"), variables, folder / "migrate.log")
    yield source_of(variables)
    if connection.vendor != "sqlite":
        _administer(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def own_copy(source: str, folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a demo house on a copy of a database (file or name), in this folder."""
    if connection.vendor == "sqlite":
        shutil.copy(source, folder / "house.sqlite3")
        url = f"sqlite:///{folder / 'house.sqlite3'}"
    else:
        name = f"hotline_{uuid.uuid4().hex}"
        url = _with_name(name)
        _administer(f"CREATE DATABASE {name} TEMPLATE {source}")
    yield environment(DEBUG="1", DATABASE_URL=url, VAR_DIR=str(folder), SWEEP_SECONDS="1", DATABASE_POOL="5")
    if connection.vendor != "sqlite":
        _administer(f"DROP DATABASE {name} WITH (FORCE)")


def source_of(variables: dict[str, str]) -> str:
    """What own_copy() copies, for the database of a house that stands still: its file, all of it, or its name."""
    database = urlsplit(variables["DATABASE_URL"]).path
    if connection.vendor != "sqlite":
        return database.removeprefix("/")
    with closing(sqlite3.connect(database)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return database


def make_pairs(variables: dict[str, str], number: int, written: int = 0) -> list[dict[str, str]]:
    """[{"room", "token", "session"}] of that many new pairs in that house; see tests/support/chatters.py."""
    command = [sys.executable, "-m", "tests.support.chatters", str(number), str(written)]
    return json.loads(subprocess.run(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, check=True).stdout)


@pytest.fixture
def variables(migrated, tmp_path):
    """The environment of a demo house of this test's own."""
    with own_copy(migrated, tmp_path) as found:
        yield found


@pytest.fixture
def pairs(variables):
    """pairs(number, written=0): make_pairs() in that house."""
    return partial(make_pairs, variables)


@pytest.fixture
def command(variables, tmp_path) -> Iterator[Callable[..., Process]]:
    """command("worker", …, VARIABLE="…") starts a command of that house; what still runs at the end is killed."""
    started: list[Process] = []

    def start(*arguments: str, **more: str) -> Process:
        started.append(Process(arguments, variables | more, tmp_path / f"{len(started)}.log"))
        return started[-1]

    yield start
    for process in started:
        process.kill()


@pytest.fixture
def serve(variables, tmp_path) -> Iterator[Callable[..., Server]]:
    """serve("--no-worker", …, VARIABLE="…") starts the server of that house on a free port."""
    started: list[Server] = []

    def start(*arguments: str, **more: str) -> Server:
        port, log = free_port(), tmp_path / f"serve-{len(started)}.log"
        started.append(Server(port, arguments, variables | {"PORT": str(port)} | more, log))
        return started[-1]

    yield start
    for process in started:
        process.kill()


@pytest.fixture(scope="module")
def house(migrated, tmp_path_factory) -> Iterator[Server]:
    """A server with its worker that is well, for all tests of a module that only look at it."""
    folder = tmp_path_factory.mktemp("house")
    with own_copy(migrated, folder) as found:
        server = Server(free_port(), (), found, folder / "serve.log")
        try:
            server.until(server.is_well)
            yield server
        finally:
            server.kill()
