"""`manage.py demo`: the data with which the house can be tried, loaded any number of times."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.module_loading import import_string

from hotline.management.demo import Demo


class Command(BaseCommand):
    """Run the loaders of settings.DEMO_LOADERS in their order and print the accounts."""

    help = "Loads the demo data (any number of times) and prints the accounts. DEMO_PASSWORD sets their password."

    def handle(self, **options) -> None:
        """Load it all. Raises CommandError where accounts with a printed password would be a danger."""
        if not settings.DEBUG and not settings.DEMO_PASSWORD:
            raise CommandError(
                "The demo makes accounts that anybody can read of: without DEBUG=1 it needs a DEMO_PASSWORD of yours."
            )
        demo = Demo.new(settings.DEMO_PASSWORD)
        for path in settings.DEMO_LOADERS:
            # One transaction a loader: it is there or not, and the next run completes what is missing.
            with transaction.atomic():
                import_string(path)(demo)
        self.report(demo)

    def report(self, demo: Demo) -> None:
        """Print who can log in, and where."""
        self.stdout.write("\nThe demo is loaded. These people can log in:\n")
        width = max((len(name) for name, _ in demo.accounts), default=0)
        for name, what in demo.accounts:
            self.stdout.write(f"  {name:<{width}}  {what}")
        self.stdout.write(f"\nPassword of all of them: {demo.password}")
        for line in demo.notes:
            self.stdout.write(line)
        self.stdout.write("")
        self.stdout.flush()
