"""What must be in order before the house opens, asked at every start of the server and the worker."""

from django.conf import settings
from django.core.management import CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from hotline.lib import keyring, logs
from hotline.management.restore import erase_again, unfinished_mark

# How the secret of docs/production.env begins.
EXAMPLE = "example-"


def make_ready() -> None:
    """
    Bring the keyring up to date, look at the database, and let it forget what the ledger says was erased.

    Raises CommandError (a secret that everybody knows, no database, migrations missing, half restored) or
    ImproperlyConfigured (no site key) with what to do.
    """
    logs.catch_all()
    if settings.SECRET_KEY.startswith(EXAMPLE):
        raise CommandError(
            "SECRET_KEY is still the one of docs/production.env, which everybody knows: put your own there."
        )
    keyring.keyring().site_key()
    keyring.sweep(timezone.now())
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as problem:
        raise CommandError(f"The database of DATABASE_URL does not answer ({type(problem).__name__}).") from None
    finally:
        connection.close()
    if missing:
        raise CommandError(f"The database lacks {len(missing)} migrations: run `python manage.py migrate` first.")
    if unfinished_mark().exists():
        raise CommandError("A restore broke off half-way: run `python manage.py restore --replace …` again.")
    # Whoever brought an old database back by other means than ours has brought back what was erased, too.
    erase_again()
