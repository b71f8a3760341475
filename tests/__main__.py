"""
`make test`: the whole suite on SQLite and memory, and again on PostgreSQL and Redis where there are any.

Ends by naming what could not run here and what passed only by itself, and with one line "N passed, N failed". Arguments
go to pytest.
"""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import psycopg
import redis

VAR = Path(__file__).resolve().parent.parent / "var"
# One more than a small machine has cores: much of the time is waiting, for processes, browsers and time-outs.
PROCESSES = "3"
# Nobody waits longer than this (seconds) for one run that hangs.
LONGEST = 2400
# So many failures of one run are tried once more, each by itself: thousands of tests with real processes, sockets and
# browsers share two busy cores. What passes then is named at the end and is to be mended; more than these are no accident.
UNSTEADY = 3
LOCAL_POSTGRESQL = "postgres://postgres@127.0.0.1:5432/postgres"
# A database of its own there.
LOCAL_REDIS = "redis://127.0.0.1:6379/15"


# What asks neither database nor channel layer, or looks at pages and at who may open them: once is enough.
ONCE = [
    "tests/attacks/matrix",
    "tests/browser",
    "tests/coordinators/test_folding.py",
    "tests/coordinators/test_place_gazetteer.py",
    "tests/coordinators/test_writing.py",
    "tests/dispatch/test_recognition.py",
    "tests/dispatch/test_teams_apart.py",
    "tests/lib/test_crypto.py",
    "tests/lib/test_environment.py",
    "tests/lib/test_errors.py",
    "tests/lib/test_languages.py",
    "tests/process/test_settings.py",
    "tests/telegram/test_simulator*",
    "tests/test_contrast.py",
    "tests/test_guides.py",
    "tests/test_headers.py",
    "tests/test_house.py",
    "tests/test_kept.py",
    "tests/test_translations.py",
]


def say(line: str = "") -> None:
    """One line for whoever watches."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def postgresql() -> str:
    """The URL of a PostgreSQL that lets us make databases, or nothing."""
    url = os.environ.get("DATABASE_URL", LOCAL_POSTGRESQL)
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            return url if row.fetchone()[0] else ""
    except psycopg.Error:
        return ""


def redis_server() -> str:
    """The URL of a Redis that answers, or nothing."""
    url = os.environ.get("REDIS_URL", LOCAL_REDIS)
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3) as client:
            client.ping()
            return url
    except redis.RedisError:
        return ""


class Run:
    """One run of the suite on one pair of database and channel layer."""

    def __init__(self, name: str, **urls: str) -> None:
        self.name = name
        self.report = VAR / f"test-{name.lower().replace(' ', '-')}.xml"
        self.environment = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
        self.environment |= {key: value for key, value in urls.items() if value}
        self.counts: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.unsteady: list[str] = []

    def go(self, arguments: list[str]) -> None:
        """Run pytest; its own lines appear as they come."""
        say(f"\n== {self.name} ==")
        code = self.pytest("-n", PROCESSES, "--dist", "worksteal", *arguments)
        failed = self.read()
        if code == 1 and 0 < len(failed) <= UNSTEADY:
            say(f"\n== {self.name}: once more, by itself ==")
            if self.pytest("--last-failed", "--last-failed-no-failures=none", *arguments) == 0:
                self.unsteady = failed
                self.counts["passed"] += len(failed)
                self.counts["failed"] = code = 0
        # An end that no single test explains: a broken start, a killed process, nothing collected.
        if code and not self.counts["failed"]:
            self.counts["failed"] += 1

    def pytest(self, *arguments: str) -> int:
        """One process of it; its exit code, 2 for one that was ended."""
        self.report.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pytest", "-q", "-r", "fE", f"--junitxml={self.report}", *arguments]
        try:
            return subprocess.run(command, env=self.environment, timeout=LONGEST).returncode
        except subprocess.TimeoutExpired:
            say(f"This run took longer than {LONGEST} s and was ended.")
            return 2

    def read(self) -> list[str]:
        """Count what the report tells; the names of what failed."""
        failed = []
        if not self.report.exists():
            return failed
        for case in ElementTree.parse(self.report).iter("testcase"):
            outcomes = {child.tag for child in case} & {"failure", "error", "skipped"}
            if outcomes & {"failure", "error"}:
                self.counts["failed"] += 1
                failed.append(f"{case.get('classname')}.{case.get('name')}")
            elif outcomes:
                self.counts["skipped"] += 1
                self.skipped[case.find("skipped").get("message", "")] += 1
            else:
                self.counts["passed"] += 1
        return failed


def main(arguments: list[str]) -> int:
    """Run everything that can run here. The exit code is 0 when nothing failed."""
    VAR.mkdir(exist_ok=True)
    database, layer = postgresql(), redis_server()
    runs = [Run("SQLite and memory")]
    if database or layer:
        name = f"{'PostgreSQL' if database else 'SQLite'} and {'Redis' if layer else 'memory'}"
        runs.append(Run(name, DATABASE_URL=database, REDIS_URL=layer))
    once = [] if arguments else [f"--ignore-glob={pattern}" for pattern in ONCE]
    for number, run in enumerate(runs):
        run.go([*arguments, *(once if number else [])])

    say("\n== What did not run here ==")
    missing = [
        *(
            ["PostgreSQL: none answers at 127.0.0.1:5432 or DATABASE_URL, or it lets us make no database"]
            * (not database)
        ),
        *(["Redis: none answers at 127.0.0.1:6379 or REDIS_URL"] * (not layer)),
        *(f"{run.name}: {reason} (tests: {number})" for run in runs for reason, number in run.skipped.items()),
    ]
    for line in missing or ["nothing: all of it ran"]:
        say(f"- {line}")
    if unsteady := [f"{run.name}: {name}" for run in runs for name in run.unsteady]:
        say("\n== Unsteady: failed beside the others, passed by itself ==")
        for line in unsteady:
            say(f"- {line}")
    total = sum((run.counts for run in runs), Counter())
    say()
    for run in runs:
        say(f"{run.name}: {run.counts['passed']} passed, {run.counts['failed']} failed")
    say(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 1 if total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
