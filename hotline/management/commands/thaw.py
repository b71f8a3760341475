"""`manage.py thaw`: lets a frozen house go on."""

from django.core.management.base import BaseCommand, CommandError

from hotline.lib.errors import Refused
from hotline.staff.actions.freeze import thaw


class Command(BaseCommand):
    help = "Lets a frozen house go on. What was withdrawn stays so: the requests stand on the desks, with nobody."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--reason", required=True, help="a few words for the audit")

    def handle(self, *args, reason, **options):
        try:
            thaw(None, reason)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write("The house goes on. Each team is rung about requests that are with nobody.")
