"""What `manage.py serve` runs: uvicorn and the worker in one process, ended together by one signal."""

import asyncio
import contextlib
import errno
import os
import signal
import socket
from collections.abc import Callable

import uvicorn

from hotline.management.ending import end_soon
from hotline.worker import WorkerThread

# Frames above this close the socket with 1009; the house's own limit (64 KB) answers in words before that.
LARGEST_FRAME = 131_072
# Seconds after a signal at which requests that still run are cut off, so that all is over within ten.
GRACE = 7
BACKLOG = 2048


class PortTaken(OSError):
    """Somebody else listens there."""


def listen(host: str, port: int) -> list[socket.socket]:
    """
    Listening sockets on every address that the host name stands for (`localhost` is 127.0.0.1 and ::1).

    Raises PortTaken when another process has the port, OSError when no address can be listened on.
    """
    sockets, problem = [], None
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    for family, _, _, _, address in found:
        try:
            sockets.append(socket.create_server(address, family=family, backlog=BACKLOG))
        except OSError as error:
            # A machine without IPv6 still names ::1.
            problem = PortTaken(*error.args) if error.errno == errno.EADDRINUSE else error
            if isinstance(problem, PortTaken):
                break
    if isinstance(problem, PortTaken) or not sockets:
        for opened in sockets:
            opened.close()
        raise problem or OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
    return sockets


class WebServer(uvicorn.Server):
    """uvicorn that leaves signals to us and says when it is open."""

    def __init__(self, announce: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                "hotline.asgi:application",
                ws_max_size=LARGEST_FRAME,
                ws_per_message_deflate=False,
                timeout_graceful_shutdown=GRACE,
                # Visitors' paths and addresses are nobody's business; our own LOGGING says what is printed.
                access_log=False,
                log_config=None,
                server_header=False,
            )
        )
        self._announce = announce

    @contextlib.contextmanager
    def capture_signals(self):
        """Nothing: `run` has its own handlers, which end the worker too."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the doors, then announce it."""
        await super().startup(sockets)
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell the application first, so that its long polls answer at once instead of being waited for."""
        await self.lifespan.shutdown()
        await super().shutdown(sockets)


def run(sockets: list[socket.socket], *, with_worker: bool, announce: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM, then end it all within ten seconds. A second signal cuts off what still runs."""
    web = WebServer(announce)
    worker = WorkerThread() if with_worker else None

    def close(*_) -> None:
        if not web.should_exit:
            end_soon()
        web.force_exit, web.should_exit = web.should_exit, True
        if worker:
            worker.end()

    with handling(close), asyncio.Runner(loop_factory=web.config.get_loop_factory()) as runner:
        if worker:
            worker.start()
        runner.run(web.serve(sockets))
        if worker:
            worker.end()
            worker.join()


@contextlib.contextmanager
def handling(close: Callable[..., None]):
    """Call `close` on SIGINT and SIGTERM instead of dying of them."""
    before = {number: signal.signal(number, close) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
