from django.core.management.base import BaseCommand
from django.utils import timezone

from hotline.lib.keyring import DAYS_AHEAD, keyring

ESCROW = (
    "Copy site.key to paper or an offline medium now and lock it away: without it nobody can log in and every local "
    "coordinator's endpoint is lost. Never copy or back up the keys of days: what they cover could be read again."
)


class Command(BaseCommand):
    help = "Makes the site key and the keys of the days ahead, or lists which days have a key."
    # The checks would ask for the very key that this command makes.
    requires_system_checks = []

    def add_arguments(self, parser):
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make the site key unless there is one, and day keys ahead")
        create.add_argument("--days", type=int, default=DAYS_AHEAD, help=f"how many days ahead (default {DAYS_AHEAD})")
        actions.add_parser("list", help="which days have a key")

    def handle(self, *args, action, days=DAYS_AHEAD, **options):
        ring = keyring()
        if action == "create":
            self._create(ring, days)
        else:
            self._list(ring)

    def _create(self, ring, days):
        made_site_key = ring.create_site_key()
        ring.destroy_due(timezone.now())
        made = ring.prepare(days)
        if made_site_key:
            self.stdout.write(f"Made the site key in {ring.folder}.")
            self.stdout.write(self.style.WARNING(ESCROW))
        else:
            self.stdout.write(f"The site key in {ring.folder} was there already and stays as it is.")
        self.stdout.write(f"Made {made} keys of days.")

    def _list(self, ring):
        days = ring.days()
        site = "is there" if ring.has_site_key() else "is MISSING: bring it back from your offline copy"
        self.stdout.write(f"Site key: {site}.")
        if days:
            self.stdout.write(f"Keys of {len(days)} days, {days[0]} to {days[-1]}:")
        else:
            self.stdout.write("No keys of days yet: run `python manage.py keys create`.")
        for day in days:
            self.stdout.write(f"  {day}")
