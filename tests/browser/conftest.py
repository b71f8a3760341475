"""Chromium on the real ASGI application. A page that throws, logs an error or breaks the policy fails its test."""

import asyncio
import contextlib
import os
import shutil
import threading
from functools import partial

import pytest
import uvicorn

from tests.browser.helpers import watch
from tests.process.houses import Process, Server, environment, free_port

# Seconds; what does not come by then does not come, however busy the machine is.
PATIENCE = 60
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


class House:
    """hotline.asgi, served by uvicorn in a thread of its own on a free port of 127.0.0.1."""

    def __init__(self):
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="house", daemon=True)
        self._thread.start()
        if not self._ready.wait(PATIENCE):
            raise RuntimeError("The house did not start; see the log above.")

    def _run(self):
        asyncio.run(self._serve())

    async def _serve(self):
        from hotline import asgi

        # It would read the database between two tests.
        asgi.WARM_UPS = ()
        application = asgi.application
        config = uvicorn.Config(application, port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        # signals are for the main thread, which is pytest's
        self._server.capture_signals = contextlib.nullcontext
        serving = asyncio.create_task(self._server.serve())
        while not self._server.started and not serving.done():
            await asyncio.sleep(0.01)
        if self._server.started:
            port = self._server.servers[0].sockets[0].getsockname()[1]
            self.url = f"http://127.0.0.1:{port}"
            self._ready.set()
        await serving

    def end(self):
        """Returns when the thread is over."""
        self._server.should_exit = True
        self._thread.join(PATIENCE)


@pytest.fixture(scope="package")
def house(django_db_setup):
    """The server, one for all tests of this folder; its database is that of the running test."""
    served = House()
    yield served
    served.end()


@pytest.fixture
def live(house, transactional_db, settings):
    """Address of the running house (str, without a slash at the end), for a test whose rows it sees."""
    settings.BASE_URL = house.url
    return house.url


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


@pytest.fixture
def own_house(tmp_path):
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

        do("migrate", "--verbosity", "0")
        start.url, start.run = variables["BASE_URL"], partial(do, "shell", "-c")
        return start

    yield build
    for server in started:
        server.kill()
