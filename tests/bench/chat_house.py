"""A house of the benchmark's own on either backend, and beside it the bare echo with the same server and channel layer."""

import json
import os
import secrets
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.__main__ import postgresql, redis_server
from tests.process.houses import ROOT, Process, Server, environment, free_port


class House:
    """`manage.py serve` (web alone) with a database, a keyring and a port of its own."""

    def __init__(self, folder: Path, database: str, redis: str):
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.variables = environment(
            DEBUG="1",
            PORT=str(self.port),
            VAR_DIR=str(folder / "var"),
            KEYRING_DIR=str(folder / "keyring"),
            DATABASE_URL=database,
            SECRET_KEY=secrets.token_hex(32),
            BASE_URL=self.url,
            TELEGRAM_BOT_TOKEN="1:nobody",
            TELEGRAM_API_URL="http://127.0.0.1:9",
        )
        self.variables.pop("REDIS_URL", None)
        if redis:
            self.variables["REDIS_URL"] = redis
        code, output = Process(("migrate", "--verbosity", "0"), self.variables, folder / "migrate.log").result()
        if code:
            raise RuntimeError(output)
        self.server = None

    def open(self) -> None:
        """Start the server; returns when it answers."""
        self.server = Server(self.port, ("--no-worker",), self.variables, self.folder / "serve.log")
        self.server.until(self.server.health)

    def close(self) -> None:
        """End the server."""
        if self.server:
            self.server.kill()

    def people(self, number: int, messages: int = 0) -> list[dict]:
        """So many pairs in conversations, in each of which so much was said; what tests.support.chatters prints."""
        printed = subprocess.run(
            [sys.executable, "-m", "tests.support.chatters", str(number), str(messages)],
            cwd=ROOT,
            env=self.variables,
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        return json.loads(printed)


@contextmanager
def house(backend: str, folder: Path):
    """An open House on "pg" (PostgreSQL and Redis) or "sqlite" (and memory). Raises RuntimeError where there is none."""
    name = f"hotline_bench_{secrets.token_hex(4)}"
    if backend == "sqlite":
        made = House(folder, f"sqlite:///{folder / 'house.sqlite3'}", "")
    else:
        server, redis = postgresql(), redis_server()
        if not (server and redis):
            raise RuntimeError("PostgreSQL and Redis are needed for this one.")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        made = House(folder, server.rpartition("/")[0] + f"/{name}", redis)
    try:
        made.open()
        yield made
    finally:
        made.close()
        if backend == "pg":
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def echo(made: House):
    """The URL of a bare Channels echo in the same setting as the House."""
    port = free_port()
    command = [sys.executable, "-m", "tests.support.echo", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=made.variables | {"PATH": os.environ["PATH"]})
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
