"""`manage.py bounce`: what the mail server hands over that came to EMAIL_BOUNCES."""

import os
import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from hotline.outbox.actions.bounces import take_back

# A report repeats at most the headers of what came back, or a part of it.
LONGEST_MAIL = 1_000_000


class Command(BaseCommand):
    """Reads one mail from standard input. Exit code 0: seen to, whatever it was; 75: try again later (sysexits)."""

    help = "Takes one mail that came back from standard input, as a mail server's pipe gives it."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("address", nargs="?", default="", help="that it came to; else its headers tell")

    def handle(self, *args, address, **options):
        mail = sys.stdin.buffer.read(LONGEST_MAIL)
        try:
            noted = take_back(mail, address)
        except DatabaseError as error:
            raise CommandError(
                "The database is away; the mail server should try again.", returncode=os.EX_TEMPFAIL
            ) from error
        self.stdout.write("Noted: that mail did not arrive." if noted else "Nothing that this house has to know.")
