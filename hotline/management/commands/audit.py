import re

from django.core.management.base import BaseCommand, CommandError

from hotline.staff.actions.audit_chain import compare, find_fault, head
from hotline.staff.models import AuditAnchor, AuditEntry

WRITTEN_DOWN = re.compile(r"(\d{1,18}):([0-9a-fA-F]{64})")


class Command(BaseCommand):
    help = "Looks whether the audit is as it was written, and prints the head of its chain to be written down."

    def add_arguments(self, parser):
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="look at the whole chain; fails at the first line that is wrong")
        verify.add_argument(
            "--expect",
            metavar="POSITION:HASH",
            help="a head that was printed earlier and kept elsewhere: proves that nothing was cut from the end",
        )

    def handle(self, *args, expect=None, **options):
        fault = find_fault() or (self._compared(expect) if expect is not None else None)
        if fault:
            raise CommandError(str(fault))
        position, digits = head()
        gone = AuditAnchor.the().position
        waiting = AuditEntry.objects.filter(link=None).count()
        self.stdout.write(f"The audit is as it was written: {position - gone} lines, {gone} before them gone by age.")
        if waiting:
            self.stdout.write(f"{waiting} lines wait to be put into the chain; the worker does it within seconds.")
        self.stdout.write(f"Write down, away from this machine: {position}:{digits}")

    def _compared(self, expect):
        written = WRITTEN_DOWN.fullmatch(expect)
        if not written:
            raise CommandError("--expect should hold what was printed earlier, as POSITION:HASH.")
        return compare(int(written[1]), written[2])
