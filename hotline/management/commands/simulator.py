"""`manage.py simulator`: the simulated Telegram alone, for tests and for work on the bot."""

import socket
from pathlib import Path

import uvicorn
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from hotline.telegram.simulator.server import PREFIX, Server, configured

GRACE = 3


class Command(BaseCommand):
    """Serve the simulator on 127.0.0.1 until Ctrl-C or SIGTERM."""

    help = "Serves a simulated Telegram Bot API, its control interface and its phones. In the demo only."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8081, help="port on 127.0.0.1 (default: 8081; 0: a free one)")
        parser.add_argument("--state", type=Path, help="JSON file that keeps the phones over a restart (default: none)")

    def handle(self, *, port: int, state: Path | None, **options) -> None:
        """Run until a signal. Raises CommandError when the port is taken or the demo is off."""
        try:
            simulator = configured(state)
        except ImproperlyConfigured as problem:
            raise CommandError(str(problem)) from None
        try:
            listening = socket.create_server(("127.0.0.1", port))
        except OSError as problem:
            raise CommandError(f"Cannot listen on port {port}: {problem.strerror}.") from None
        server = Alone(simulator)
        self.stdout.write(f"Telegram is simulated at http://127.0.0.1:{listening.getsockname()[1]}{PREFIX}/")
        self.stdout.flush()
        server.run([listening])


class Alone(uvicorn.Server):
    """uvicorn around one simulator; a signal first ends its long polls."""

    def __init__(self, simulator) -> None:
        self.simulator = simulator
        application = ASGIStaticFilesHandler(Server(simulator))
        super().__init__(
            uvicorn.Config(application, access_log=False, log_level="warning", timeout_graceful_shutdown=GRACE)
        )

    def handle_exit(self, sig, frame) -> None:
        """Close the simulator and end."""
        self.simulator.close()
        super().handle_exit(sig, frame)
