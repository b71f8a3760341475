"""Endless loops for tests: in a thread of this process, or in a process of its own that can be killed."""

import asyncio
import os
import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.db import connection

PATIENCE = 60


def wait_for(condition, seconds=PATIENCE):
    """Whether the condition (a function without arguments) comes true within so many seconds."""
    patience = threading.Event()
    for _look in range(int(seconds / 0.05)):
        if condition():
            return True
        patience.wait(0.05)
    return False


class Running:
    """`run(stop)` in a thread, with an event loop of its own."""

    def __init__(self, run):
        self._run = run
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._go()))
        self._thread.start()
        assert self._started.wait(PATIENCE)

    async def _go(self):
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._started.set()
        await self._run(self._stop)

    def end(self):
        """Ask it to stop; whether it did."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(PATIENCE)
        return not self._thread.is_alive()


@pytest.fixture
def running():
    """running(run) -> Running, ended after the test."""
    started = []

    def start(run):
        started.append(Running(run))
        return started[-1]

    yield start
    for one in started:
        one.end()


@pytest.fixture
def another_process(simulator):
    """another_process(code) -> a Popen that runs Python code on this test's database, keys and simulator; killed after it."""
    started = []

    def start(code):
        database = connection.settings_dict
        url = f"sqlite:///{database['NAME']}"
        if connection.vendor == "postgresql":
            login = ":".join(part for part in (database["USER"], database["PASSWORD"]) if part)
            host = f"{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}"
            url = f"postgres://{login and login + '@'}{host}/{database['NAME']}"
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "hotline.settings",
            "DEBUG": "1",
            "DATABASE_URL": url,
            "KEYRING_DIR": str(settings.KEYRING_DIR),
            "TELEGRAM_BOT_TOKEN": simulator.token,
            "TELEGRAM_API_URL": simulator.url,
            "EMAIL_URL": "console://",
        }
        code = f"import asyncio, django\ndjango.setup()\n{code}"
        started.append(subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=settings.BASE_DIR))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
