"""`manage.py destroy_passphrase`: sets the words that stand for the second person."""

import sys
from getpass import getpass

from django.core.management.base import BaseCommand, CommandError

from hotline.lib.errors import Refused
from hotline.staff.actions.destruction import set_passphrase

ADVICE = (
    "Whoever knows it and is an administrator, or has FREEZE_SECRET, can destroy the keys alone. Give it to one person "
    "outside the house, on paper, and try it with nobody."
)


def asked_for(prompt):
    """A passphrase (str) from the terminal, unseen, or the first line of what is piped in."""
    return getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


class Command(BaseCommand):
    help = "Sets the passphrase that destroys the keys of a house without a second administrator."

    def handle(self, *args, **options):
        passphrase = asked_for("Passphrase, five or six words: ")
        if sys.stdin.isatty() and getpass("Once more: ") != passphrase:
            raise CommandError("The two differ; nothing was changed.")
        try:
            set_passphrase(passphrase)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write("The passphrase is set.")
        self.stdout.write(self.style.WARNING(ADVICE))
