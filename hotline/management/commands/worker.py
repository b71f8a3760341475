"""`manage.py worker`: the worker alone, as it runs in production beside any number of `serve --no-worker`."""

import asyncio
import signal

from django.core.management.base import BaseCommand

from hotline.management.ending import end_soon
from hotline.management.ready import make_ready
from hotline.worker import run


class Command(BaseCommand):
    """Send, fetch and sweep until a signal."""

    help = "Sends the outbox, fetches Telegram's updates and runs the sweeps. Any number of these may run."

    def handle(self, **options) -> None:
        """Run until SIGINT or SIGTERM, then end within ten seconds."""
        make_ready()
        asyncio.run(self.work())

    async def work(self) -> None:
        """The worker, with the signals that end it."""
        stop = asyncio.Event()

        def close() -> None:
            if not stop.is_set():
                stop.set()
                end_soon()

        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, close)
        self.stdout.write("The worker is at work. Ctrl-C ends it.")
        self.stdout.flush()
        await run(stop)
