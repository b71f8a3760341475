"""Web servers and workers of the house on a test's own database, forked from one process that has loaded everything.

So a test may kill many of them: each costs milliseconds instead of seconds. That process is tests/support/brood.py.
"""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.support.simulator import SimulatorClient

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60


class Child:
    """A forked process. `url` is that of a web server; `held` comes true when it has reached the moment to hold at."""

    def __init__(self, brood, pid, port, mark):
        self.pid, self.url = pid, f"http://127.0.0.1:{port}" if port else ""
        self._brood, self._mark = brood, mark
        self.is_alive = True

    def held(self):
        """Whether it has come to the moment that it was told to hold at, and stands there."""
        return self._mark.exists()

    def kill(self):
        """kill -9; returns when it is dead."""
        self._end(signal.SIGKILL)

    def end(self):
        """SIGTERM; its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number):
        if self.is_alive:
            self.is_alive = False
            return self._brood.ask(do="end", pid=self.pid, signal=int(number))["code"]
        return None


class Brood:
    """The process that has loaded the house, on the database, keys and simulator that `variables` name. It forks."""

    def __init__(self, folder, variables):
        self.log = Path(folder) / "houses.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.brood"],
                cwd=ROOT,
                env=variables,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def ask(self, **request):
        """Say something to the process; its answer. Raises AssertionError when it is gone."""
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the process that forks has ended:\n{self.log.read_text()}"
        return json.loads(line)

    def close(self):
        """End it, and with it whatever still runs."""
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._process.stdout.close()


class Nursery:
    """Starts web servers and workers, and kills at the end whatever still runs."""

    def __init__(self, brood, folder):
        self.brood, self.folder = brood, Path(folder)
        self.children = []
        self._begin = brood.log.stat().st_size

    @property
    def printed(self):
        """What all of them have printed so far."""
        return self.brood.log.read_bytes()[self._begin :].decode()

    def web(self, **options):
        """A web server on a free port of 127.0.0.1; see `start` for the options."""
        return self.start("web", **options)

    def worker(self, **options):
        """A worker: outbox, Telegram, sweeps."""
        return self.start("worker", **options)

    def start(self, do, *, hold="", when="before", rate=None):
        """
        Fork a Child. It can be used at once.

        hold: dotted path of a function that it must not get past; when: "before" or "after" that function has run.
        rate: calls a second to Telegram instead of 30, and no pace for a single chat; for simulators without limits.
        """
        mark = self.folder / f"held-{len(self.children)}"
        answer = self.brood.ask(do=do, hold=hold, when=when, rate=rate, mark=str(mark))
        self.children.append(Child(self.brood, answer["pid"], answer.get("port"), mark))
        return self.children[-1]

    def close(self):
        """Kill all that still run."""
        for child in self.children:
            child.kill()


def environment(simulator, folder):
    """What processes of the house need in order to work on this test's database, keys and simulator."""
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        login = ":".join(part for part in (database["USER"], database["PASSWORD"]) if part)
        host = f"{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}"
        url = f"postgres://{login and login + '@'}{host}/{database['NAME']}"
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "hotline.settings",
        "DEBUG": "1",
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": url,
        "DATABASE_POOL": "8",
        "KEYRING_DIR": str(settings.KEYRING_DIR),
        "VAR_DIR": str(folder),
        "TELEGRAM_BOT_TOKEN": simulator.token,
        "TELEGRAM_API_URL": simulator.url,
        "EMAIL_URL": "console://",
        "SWEEP_SECONDS": "1",
    }


@pytest.fixture(scope="session")
def brood(simulator_server, django_db_setup, tmp_path_factory):
    """The process that forks for all tests of this session; started when the first one needs it."""
    folder = tmp_path_factory.mktemp("brood")
    started = Brood(folder, environment(SimulatorClient(simulator_server.url), folder))
    yield started
    started.close()


@pytest.fixture
def nursery(transactional_db, simulator, brood, tmp_path):
    """Starts processes of the house on this test's database, keys and simulator; they are killed after it."""
    started = Nursery(brood, tmp_path)
    yield started
    started.close()
