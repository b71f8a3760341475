from pathlib import Path

from django.core.management.base import BaseCommand

from hotline.management.backup import write


class Command(BaseCommand):
    help = "Writes a sealed backup of the database into a folder; those in it that are too old are removed."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="where to write it")

    def handle(self, *args, folder, **options):
        path = write(folder)
        self.stdout.write(f"Wrote {path} ({path.stat().st_size / 1e6:.1f} MB).")
