"""The real ASGI application on a port of this machine, in a thread of the tests, so that it serves the running test's rows."""

import asyncio
import contextlib
import threading

import pytest
import uvicorn

from hotline.management.server import LARGEST_FRAME

# Seconds; what does not come by then does not come, however busy the machine is.
PATIENCE = 60


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
        config = uvicorn.Config(
            application,
            port=0,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
            # as in hotline/management/server.py
            server_header=False,
            ws_max_size=LARGEST_FRAME,
            ws_per_message_deflate=False,
        )
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
