"""The rules of the house that a machine can check: who imports whom, sizes, pins, what a page may hold, words."""

import ast
import importlib.metadata
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.utils.module_loading import import_string
from packaging.requirements import Requirement

from hotline.management.pins import pins as read_pins

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("hotline", "coordinators", "chat")
# Lines of a file of the house, and of its tests, which tell each case in full.
LONGEST, LONGEST_TEST = 300, 400


def files(*patterns: str, tests: bool = False) -> list[Path]:
    """Our own files that match, migrations aside; those of the tests only when asked for."""
    folders = (*ROOMS, "static", "templates", *(["tests"] if tests else []))
    found = [path for folder in folders for pattern in patterns for path in (ROOT / folder).rglob(pattern)]
    return sorted(path for path in found if path.is_file() and not {"migrations", "__pycache__"} & set(path.parts))


def places(paths: list[Path], pattern: str, flags: int = 0) -> list[str]:
    """`file:line: what` for everything in these files that matches."""
    expression = re.compile(pattern, flags)
    found = []
    for path in paths:
        text = path.read_text()
        for match in expression.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{path.relative_to(ROOT)}:{line}: {match[0].strip()[:80]}")
    return found


def test_rooms_import_downwards_only():
    # In a process of its own: it configures logging, and silences every logger that it finds.
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert result.returncode == 0, result.stdout + result.stderr


def test_a_file_is_one_feature():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in files("*.py", "*.js", "*.css", "*.html", tests=True)
        if (lines := path.read_text().count("\n")) > (LONGEST_TEST if "tests" in path.parts else LONGEST)
    }

    assert long == {}


def test_every_template_compiles():
    engine = engines["django"]
    for path in (ROOT / "templates").rglob("*"):
        if path.suffix in {".html", ".txt", ".svg"}:
            engine.get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize(
    "pattern",
    [
        r"<script(?![^>]*\bsrc=)[^>]*>",
        r"<style\b",
        r"\sstyle\s*=",
        r"\son[a-z]+\s*=\s*[\"']",
        r"javascript:",
        r"\|\s*safe\b",
        r"\{%\s*autoescape\s+off",
        r"(?:src|href|action)=[\"']https?://",
    ],
)
def test_pages_hold_nothing_that_the_policy_forbids(pattern):
    assert places(files("*.html", "*.svg"), pattern, re.IGNORECASE) == []


def test_scripts_make_no_markup_and_no_code():
    pattern = r"\.(?:inner|outer)HTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function\("

    assert places(files("*.js"), pattern) == []


def test_code_has_no_loose_ends():
    pattern = (
        r"\b(?:TO"
        r"DO|FIX"
        r"ME|XX"
        r"X)\b|NotImplemented"
        r"Error|\bmark_"
        r"safe\b|# no"
        r"qa|unsafe-(?:inline|ev"
        r"al)"
        r"|except Exception:\s*pass|\bbreak"
        r"point\(|\bpdb\b"
    )

    assert places(files("*.py", "*.html", "*.js", "*.css", tests=True), pattern) == []


def test_nobody_waits_for_the_database_under_a_lock_of_all():
    """functools.cached_property has one lock for all instances up to Python 3.11: with a pool of connections, a deadlock."""
    assert places(files("*.py"), r"from functools import .*\bcached_property\b|functools\.cached_property") == []


def test_tests_do_not_sleep():
    tests = [path for path in files("*.py", tests=True) if path.is_relative_to(ROOT / "tests")]

    assert places([path for path in tests if path.name.startswith("test_")], r"time\.sle" r"ep\(") == []


def pins(name: str) -> list[Requirement]:
    """The requirements of one file, without those that it takes over from another."""
    return [one.requirement for one in read_pins(name)]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_pins_are_exact_and_are_what_is_installed(name):
    for pin in pins(name):
        assert [specifier.operator for specifier in pin.specifier] == ["=="], pin
        if pin.marker is None or pin.marker.evaluate():
            assert pin.specifier.contains(importlib.metadata.version(pin.name)), pin


def test_what_is_installed_pulls_in_nothing_that_is_not_pinned():
    pinned = {normal(pin.name) for name in ("requirements.txt", "requirements-dev.txt") for pin in pins(name)}
    missing = set()
    for name in pinned:
        try:
            needed = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:  # a pin for other Pythons than this
            continue
        for requirement in map(Requirement, needed):
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                missing |= {normal(requirement.name)} - pinned

    assert missing == set()


def imported(paths: list[Path]) -> set[str]:
    """The top-level modules that these files import, but for our own and the standard library's."""
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - {*ROOMS, "tests"}


@pytest.mark.parametrize(
    ("names", "tests"),
    [
        # The import of places is done once, by hand, and brings heavy packages of its own.
        (["requirements.txt", "requirements-places.txt"], False),
        (["requirements.txt", "requirements-places.txt", "requirements-dev.txt"], True),
    ],
    ids=["house", "tests"],
)
def test_what_is_imported_is_pinned(names, tests):
    pinned = {normal(pin.name) for name in names for pin in pins(name)}
    providers = importlib.metadata.packages_distributions()
    modules = imported(files("*.py", tests=tests))
    missing = {module for module in modules if not pinned & {normal(name) for name in providers.get(module, [module])}}

    assert missing == set()


def normal(name: str) -> str:
    """A package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_licence_is_named_where_tools_look():
    assert 'license = "AGPL-3.0-or-later"' in (ROOT / "pyproject.toml").read_text()
    assert (ROOT / "LICENSE").read_text().startswith("SPDX-License-Identifier: AGPL-3.0-or-later\n")


@pytest.mark.skipif(shutil.which("git") is None or not (ROOT / ".git").exists(), reason="git: this is not a clone")
def test_git_keeps_our_lib_and_drops_what_a_machine_makes():
    def ignored(path: str) -> bool:
        return subprocess.run(["git", "check-ignore", "--quiet", path], cwd=ROOT).returncode == 0

    assert not ignored("hotline/lib/crypto.py")
    assert not ignored("hotline/locale/de/LC_MESSAGES/django.po")
    assert all(ignored(path) for path in ("var/hotline.sqlite3", "var/keyring/site.key", ".venv/bin/python", ".env"))


def test_what_the_roof_registers_exists():
    lists = (
        "SWEEPS",
        "TELEGRAM_HANDLERS",
        "OUTBOX_LISTENERS",
        "SOCKET_TOPICS",
        "HOME_CARDS",
        "TODAYS_FIGURES",
        "DEMO_LOADERS",
        "KEPT",
        "KEPT_FIGURES",
        "OWN_DATA",
    )
    paths = [path for name in lists for path in getattr(settings, name)] + list(settings.SOCKET_FRAMES.values())

    missing = []
    for path in paths:
        try:
            import_string(path)
        except ImportError as problem:
            missing.append(str(problem))
    assert missing == []


def test_the_documents_name_every_variable_of_the_environment():
    """docs/operations.md has a row for each variable that the settings read."""
    settings = "".join(path.read_text() for path in (ROOT / "hotline" / "settings").glob("*.py"))
    read = set(re.findall(r"env\.[a-z]+\(\s*\"([A-Z_]+)\"", settings))
    written = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE))

    assert read == written


def test_the_documents_name_every_limit():
    """docs/operations.md says of each name of settings.LIMITS how often it may be tried."""
    page = (ROOT / "docs" / "operations.md").read_text()
    table = page.partition("### How often")[2].partition("\n## ")[0]
    written = set(re.findall(r"`([a-z-]+)`", "".join(re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE))))

    assert written == set(settings.LIMITS)


def test_each_attacker_of_the_documents_has_a_test():
    """docs/security.md names for each row of "What stops whom" the modules that prove it, and leaves out no attack."""
    table = (ROOT / "docs" / "security.md").read_text().partition("## What stops whom")[2].partition("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]
    named = {row[0].strip(): re.findall(r"`(tests/[\w/]+\.py)`", row[-1]) for row in rows}

    assert len(rows) > 10 and all(len(row) == 4 for row in rows)
    assert [who for who, modules in named.items() if not modules] == []
    modules = {ROOT / module for found in named.values() for module in found}
    assert [path for path in modules if not path.is_file() or "def test_" not in path.read_text()] == []
    assert set((ROOT / "tests" / "attacks").rglob("test_*.py")) <= modules
