import re

from django.conf import settings
from django.core.management.base import BaseCommand

from hotline.lib.kept import markdown

BEGINS, ENDS = "<!-- written by `manage.py kept` -->\n", "\n<!-- end -->"


class Command(BaseCommand):
    help = "Writes the table of what is kept into docs/security.md, from the kept.py of each room."
    requires_system_checks = []

    def handle(self, *args, **options):
        page = settings.BASE_DIR / "docs" / "security.md"
        table = f"{BEGINS}{markdown()}{ENDS}"
        text = page.read_text(encoding="utf-8")
        page.write_text(re.sub(f"{BEGINS}.*?{ENDS}", lambda _found: table, text, count=1, flags=re.S), encoding="utf-8")
        self.stdout.write(f"Wrote the table into {page.relative_to(settings.BASE_DIR)}.")
