"""`manage.py destroy_keys`: destroys the keys from the machine, by the passphrase."""

from django.core.management.base import BaseCommand, CommandError

from hotline.lib.errors import Refused
from hotline.management.commands.destroy_passphrase import asked_for
from hotline.staff.actions.destruction import destroy_by_passphrase
from hotline.staff.models import Freeze


class Command(BaseCommand):
    help = "Freezes the house and destroys the keys of all days: what people told us opens nowhere any more."

    def add_arguments(self, parser):
        parser.add_argument("--site-key", action="store_true", help="the site key too: registry, addresses, accounts")

    def handle(self, *args, site_key, **options):
        try:
            destroy_by_passphrase(
                None, asked_for("Passphrase: "), with_site_key=site_key, way=Freeze.Way.COMMAND
            )  # fmt: skip
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write("The keys of all days are destroyed: no copy of the database opens what they covered.")
        if site_key:
            self.stdout.write("The site key is destroyed too. `manage.py keys create` begins anew without it.")
