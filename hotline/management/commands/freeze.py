"""`manage.py freeze`: stops the house from the machine it runs on."""

import time

from django.core.management.base import BaseCommand
from django.utils import timezone

from hotline.staff.actions import freeze as freezing
from hotline.staff.models import Freeze

# Rounds that the command itself goes before it leaves the rest to the worker, and the pause between two of them.
MOST_ROUNDS, PAUSE = 600, 0.5


class Command(BaseCommand):
    """Freeze, and stay until everything that was out is called back."""

    help = "Stops the house: offers withdrawn, messages emptied, chats closed, everybody logged out. Undone by `thaw`."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--reason", default="", help="a few words for the audit")

    def handle(self, *args, reason, **options):
        current = freezing.freeze(None, reason, Freeze.Way.COMMAND)
        self.stdout.write(f"Frozen since {timezone.localtime(current.started_at):%Y-%m-%d %H:%M}. Nothing goes out.")
        for _round in range(MOST_ROUNDS):
            stopped = freezing.carry_on(timezone.now())
            if not stopped:
                break
            self.stdout.write(f"Stopped {stopped} more.")
            time.sleep(PAUSE)
        if Freeze.objects.filter(is_on=True, settled_at=None).exists():
            self.stdout.write(self.style.WARNING("Something is still out; the worker goes on with it. See its log."))
        else:
            self.stdout.write("Everything that was out is called back. The worker empties it on the phones.")
        self.stdout.write(
            "`manage.py thaw --reason …` lets the house go on; `manage.py destroy_keys` destroys its keys."
        )
