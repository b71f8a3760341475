"""Import places: from the public lists of whole countries, or from a compact file that this command wrote."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from coordinators.actions.place_register import load, load_file
from coordinators.gazetteer import compact, geonames, world

NEEDED = "Install the lists first: .venv/bin/pip install -r requirements-places.txt"


class Command(BaseCommand):
    help = (
        "Imports the settlements of countries (500 people and more by GeoNames; all of Ukraine by its codifier), or a "
        "compact file. Known places are corrected, none is removed. With --write nothing is imported: the file is made."
    )

    def add_arguments(self, parser):
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--countries", help="ISO codes, separated by commas: UA,DE,NO")
        source.add_argument("--file", type=Path, help="a compact file that --write made")
        parser.add_argument("--write", type=Path, metavar="FILE", help="write the countries into this compact file")

    def handle(self, *, countries, file, write, **options):
        if file:
            try:
                self._say(load_file(None, file))
            except (OSError, compact.Unreadable) as error:
                raise CommandError(f"This is no file of places: {error}") from error
            return
        entries = self._gather([code.strip().upper() for code in countries.split(",") if code.strip()])
        if write:
            compact.write(write, entries)
            self.stdout.write(f"{len(entries)} places in {write}, {write.stat().st_size} bytes")
        else:
            self._say(load(None, entries))

    def _gather(self, codes):
        try:
            entries, figures = world.gather(codes)
        except ImportError as error:
            raise CommandError(f"{NEEDED} ({error})") from error
        except geonames.UnknownCountry as error:
            raise CommandError(f"There is no country {error}; use ISO codes, as UA,DE,NO.") from error
        for what, number in figures.items():
            self.stdout.write(f"{number:>7}  {what}")
        return entries

    def _say(self, loaded):
        self.stdout.write(
            f"{loaded.new} new places, {loaded.corrected} corrected, {loaded.unchanged} unchanged; "
            f"{loaded.spellings} new spellings"
        )
