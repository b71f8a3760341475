from pathlib import Path

from django.core.management.base import BaseCommand

from hotline.management.restore import restore


class Command(BaseCommand):
    help = "Puts a backup in the place of the database and erases again what was erased since."
    # The database may be empty, or another.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="what `backup` wrote")
        parser.add_argument("--replace", action="store_true", help="although the database is not empty")

    def handle(self, *args, file, replace, **options):
        header = restore(file, replace=replace)
        self.stdout.write(
            f"The house is as it was at {header.moment:%Y-%m-%d %H:%M} UTC, but for what was erased since."
        )
        self.stdout.write(
            "Everybody logs in again. What changed since then (accounts, rights, requests) is to be looked at."
        )
