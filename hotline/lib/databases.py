"""Django's settings of the two databases the house runs on; see design decision 2."""

import secrets
from pathlib import Path

import dj_database_url

SQLITE = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; "
        "PRAGMA foreign_keys=ON; PRAGMA busy_timeout=20000;"
    ),
}


def configured(url: str, var_dir: Path, *, pool: int) -> dict:
    """
    The entry of DATABASES for a URL (sqlite:///path or postgres://…). pool: connections of one process to PostgreSQL;
    the sum over all processes stays below the server's max_connections (100 by default).
    """
    database = dj_database_url.parse(url)
    if database["ENGINE"].endswith("sqlite3"):
        # Our backend, with the write lock of the house. The shared in-memory database of Django's tests fails under
        # threads: every test process has a file of its own.
        test = {"NAME": str(var_dir / "test" / f"{secrets.token_hex(4)}.sqlite3")}
        return database | {"ENGINE": "hotline.lib.sqlite", "OPTIONS": SQLITE, "TEST": test}
    options = {"pool": {"min_size": 1, "max_size": pool, "timeout": 20}}
    return database | {"CONN_MAX_AGE": 0, "OPTIONS": options, "TEST": {"NAME": f"test_hotline_{secrets.token_hex(4)}"}}
