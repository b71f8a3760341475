"""`manage.py serve`: the web server, with the worker beside it in the same process."""

import os
import shlex
import signal
import sys
from contextlib import suppress

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from watchfiles import Change, run_process

RELOADED = (".py", ".html", ".mo", ".txt")


class Command(BaseCommand):
    """Serve pages, sockets and, unless told otherwise, do the worker's work."""

    help = "Serves the house on one port, with the worker in the same process. Ctrl-C or SIGTERM ends both within 10 s."

    def add_arguments(self, parser):
        parser.add_argument("--host", default="localhost", help="name or address to listen on (default: localhost)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="port (default: PORT, else 8000)")
        parser.add_argument("--no-worker", action="store_true", help="without the worker, which then runs elsewhere")
        parser.add_argument("--reload", action="store_true", help="start again when a file changes (development)")

    def handle(self, *, host: str, port: int, no_worker: bool, reload: bool, **options) -> None:
        """Run until a signal. Raises CommandError when it cannot start, with one line that says why."""
        if not 0 < port < 65536:
            raise CommandError(f"--port {port}: a port is a number from 1 to 65535.")
        if port != settings.PORT:
            # The settings name our own addresses (the simulator's too), so they have to know the port.
            os.environ["PORT"] = str(port)
            sys.stdout.flush()
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
        if reload:
            self.watch(host, no_worker)
        else:
            self.serve(host, port, with_worker=not no_worker)

    def serve(self, host: str, port: int, *, with_worker: bool) -> None:
        """The server itself, in this process."""
        # Not above: what they import is not needed to watch files or to say what is wrong.
        from hotline.management import server
        from hotline.management.ready import make_ready

        make_ready()
        try:
            sockets = server.listen(host, port)
        except server.PortTaken:
            raise CommandError(f"Port {port} is in use: end what runs there or choose another with PORT=….") from None
        except OSError as problem:
            raise CommandError(f"Cannot listen on {host}, port {port}: {problem.strerror}.") from None
        server.run(sockets, with_worker=with_worker, announce=self.announce)

    def announce(self) -> None:
        """Say where to go."""
        self.stdout.write(f"Hotline is open at {settings.BASE_URL}/")
        if settings.SIMULATOR:
            self.stdout.write(f"The coordinators' phones are at {settings.BASE_URL}/simulator/")
        self.stdout.write("Ctrl-C closes it.")
        self.stdout.flush()

    def watch(self, host: str, no_worker: bool) -> None:
        """Run the server as a child and start it again whenever code, templates or translations change."""
        child = [sys.executable, sys.argv[0], "serve", "--host", host, *(["--no-worker"] if no_worker else [])]
        rooms = [settings.BASE_DIR / name for name in ("hotline", "coordinators", "chat", "templates")]
        # A shell without job control has its background commands ignore SIGINT, and this one would never end by it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        # It may come while the child is ended for a change, too.
        with suppress(KeyboardInterrupt):
            run_process(
                *(room for room in rooms if room.exists()),
                target=shlex.join(child),
                target_type="command",
                watch_filter=lambda change, path: change != Change.deleted and path.endswith(RELOADED),
                callback=lambda changes: self.stderr.write(f"{len(changes)} files changed: starting again"),
                sigint_timeout=10,
            )
