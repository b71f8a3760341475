from django.core.management.base import BaseCommand

from coordinators.loading import load_categories, load_directory


class Command(BaseCommand):
    help = "Loads the kinds of help with their questions and the directory; leaves alone what somebody changed."

    def handle(self, *args, **options):
        for what, loaded in (("kinds of help", load_categories()), ("directory", load_directory())):
            self.stdout.write(
                f"{what}: {loaded.created} new, {loaded.updated} brought up to date, {loaded.kept} kept as changed here"
                + (f", {loaded.waiting} wait for their country to be imported" if loaded.waiting else "")
            )
