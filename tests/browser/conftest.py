"""Chromium on the real ASGI application. A page that throws, logs an error or breaks the policy fails its test."""

import os
import shutil
import sqlite3
from contextlib import closing
from functools import partial

import pytest

from tests.browser.helpers import watch
from tests.process.houses import Process, Server, environment, free_port
from tests.support.live import PATIENCE, house, live

__all__ = ["house", "live"]

ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
# The same engine without the windows and menus that nobody sees takes a third less time.
PROGRAM = shutil.which("chromium-headless-shell") or shutil.which("chromium")


@pytest.fixture(scope="package")
def chromium():
    """Debian's Chromium, one for all tests of this folder."""
    if PROGRAM is None:
        pytest.skip("Chromium is missing (apt install chromium): nothing was looked at in a browser")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE * 1000)

    # Playwright leaves its event loop running in this thread; Django takes that for an asynchronous caller.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def context(chromium, live):
    """A fresh browser profile at 1440 px in English. Addresses may be given without the house: page.goto("/desk/")."""
    made = chromium.new_context(base_url=live, viewport={"width": 1440, "height": 900}, locale="en-GB")
    made.set_default_timeout(PATIENCE * 1000)
    yield made
    made.close()


@pytest.fixture
def page(context):
    """A page in it, watched: what went wrong in its console fails the test, unless the test empties page.problems."""
    made = context.new_page()
    watch(made)
    yield made
    assert made.problems == []


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory):
    """A file with a migrated, empty database, made once: that costs more than all that a test does with it."""
    folder = tmp_path_factory.mktemp("migrated")
    file = folder / "house.sqlite3"
    variables = environment(DEBUG="1", DATABASE_URL=f"sqlite:///{file}", VAR_DIR=str(folder))
    code, output = Process(("migrate", "--verbosity", "0"), variables, folder / "migrate.log").result()
    assert code == 0, output
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@pytest.fixture
def own_house(tmp_path, migrated_file):
    """own_house() -> start: a house in a process, with a database of its own, which start.run(text) fills by Python;
    start() opens its server, always on the same port (start.url), and returns it, to be killed and started again."""
    started = []

    def build():
        port = free_port()
        database = f"sqlite:///{tmp_path / 'house.sqlite3'}"
        variables = environment(DEBUG="1", DATABASE_URL=database, VAR_DIR=str(tmp_path), PORT=str(port), REDIS_URL="")
        # one name for this machine: cookies and addresses go by it
        variables["BASE_URL"] = f"http://127.0.0.1:{port}"

        def do(*command):
            code, output = Process(command, variables, tmp_path / "made.log").result()
            assert code == 0, output

        def start():
            started.append(Server(port, ("--no-worker",), variables, tmp_path / f"serve-{len(started)}.log"))
            started[-1].until(lambda: started[-1].health() is not None)
            return started[-1]

        shutil.copy(migrated_file, tmp_path / "house.sqlite3")
        start.url, start.run = variables["BASE_URL"], partial(do, "shell", "-c")
        return start

    yield build
    for server in started:
        server.kill()
