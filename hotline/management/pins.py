"""
The pins of requirements*.txt and the hashes of every file that may be installed for them.

`python -m hotline.management.pins` asks the package index that pip is set up with, and writes the hashes; to raise a pin,
change its version and run that. `… advisories` asks it for known weaknesses of what is pinned.
"""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from packaging.requirements import Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_sdist_filename, parse_wheel_filename

ROOT = Path(__file__).resolve().parents[2]
FILES = ("requirements.txt", "requirements-dev.txt", "requirements-places.txt", "requirements-attack.txt")
INDEX = "https://pypi.org/simple"
# The Pythons that the house runs on; what is built for others alone is left out.
PYTHONS = ("cp311", "cp312", "cp313", "py3")
ABI3 = re.compile(r"cp3([2-9]|1[0-3])")
PATIENCE = 30
WRAPPED = " \\\n    --hash=sha256:"


@dataclass(frozen=True)
class Pin:
    """One line that pins something: `line` as it stands there without its hashes."""

    line: str
    hashes: list[str] = field(default_factory=list)

    @property
    def requirement(self) -> Requirement:
        return Requirement(self.line)

    @property
    def version(self) -> str:
        """The one version; "" when the pin is not exact."""
        specifiers = list(self.requirement.specifier)
        exact = len(specifiers) == 1 and specifiers[0].operator == "=="
        return specifiers[0].version if exact else ""


def parsed(text: str) -> list[Pin | str]:
    """The lines of a file: a Pin for each that pins, everything else as it stands."""
    found = []
    for line in text.replace(" \\\n", " ").splitlines():
        words, *hashes = re.split(r"\s+--hash=sha256:", line)
        found.append(line if not line or line.startswith(("#", "-")) else Pin(words, hashes))
    return found


def written(lines: list[Pin | str]) -> str:
    """The text of a file."""
    texts = [WRAPPED.join([one.line, *one.hashes]) if isinstance(one, Pin) else one for one in lines]
    return "\n".join(texts) + "\n"


def pins(name: str) -> list[Pin]:
    """The pins of one of FILES, without those that it takes over from another."""
    return [one for one in parsed((ROOT / name).read_text()) if isinstance(one, Pin)]


def hashes_of(pin: Pin, files: list[dict]) -> list[str]:
    """SHA-256 (hex, sorted) of those of `files` (as the index lists them, PEP 691) that this pin may install."""
    return sorted({one["hashes"]["sha256"] for one in files if _fits(pin, one["filename"])})


def _fits(pin: Pin, filename: str) -> bool:
    try:
        if not filename.endswith(".whl"):
            _name, version = parse_sdist_filename(filename)
            return str(version) == pin.version
        _name, version, _build, tags = parse_wheel_filename(filename)
    except (InvalidWheelFilename, ValueError):
        return False
    runs = any(tag.interpreter in PYTHONS or tag.abi == "abi3" and ABI3.fullmatch(tag.interpreter) for tag in tags)
    # a version for Python 3.13 without its lock is another Python
    return str(version) == pin.version and runs and not all(tag.abi.endswith("t") for tag in tags)


def index() -> str:
    """The address of the index that pip asks, without a slash at its end."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True
    )
    return (os.environ.get("PIP_INDEX_URL") or asked.stdout.strip() or INDEX).rstrip("/")


def write_hashes(client: httpx.Client) -> None:
    """Bring the hashes of all files up to date. Raises httpx.HTTPError, or SystemExit for a pin that the index lacks."""
    for name in FILES:
        lines = []
        for one in parsed((ROOT / name).read_text()):
            if isinstance(one, Pin):
                project = canonicalize_name(one.requirement.name)
                answer = client.get(f"{index()}/{project}/", headers={"Accept": "application/vnd.pypi.simple.v1+json"})
                hashes = hashes_of(one, answer.raise_for_status().json()["files"])
                if not hashes:
                    raise SystemExit(f"{name}: the index has no file for {one.line}.")
                one = Pin(one.line, hashes)
            lines.append(one)
        (ROOT / name).write_text(written(lines))


def advisories(client: httpx.Client) -> int:
    """Print what is known against the pins. The exit code: 0 for nothing, 1 for something, 2 when nobody could be asked."""
    known, silent = [], []
    every = [pin for name in FILES for pin in pins(name)]
    for pin in every:
        project = canonicalize_name(pin.requirement.name)
        try:
            answer = client.get(f"{index().removesuffix('/simple')}/pypi/{project}/{pin.version}/json")
            weaknesses = answer.raise_for_status().json()["vulnerabilities"]
        except (httpx.HTTPError, json.JSONDecodeError, KeyError):
            silent.append(project)
            continue
        for one in weaknesses:
            mended = ", ".join(one.get("fixed_in") or ["no version"])
            known.append(f"{project} {pin.version}: {one.get('id')}, mended in {mended}: {one.get('link')}")
    out = sys.stdout.write
    out("".join(f"{line}\n" for line in known))
    if silent:
        out(f"Not checked, since no registry answers for them: {len(silent)} of {len(every)} pins.\n")
    elif not known:
        out(f"Nothing is known against {len(every)} pins.\n")
    return 1 if known else 2 if silent else 0


if __name__ == "__main__":
    with httpx.Client(timeout=PATIENCE, follow_redirects=True) as asking:
        if sys.argv[1:] == ["advisories"]:
            sys.exit(advisories(asking))
        write_hashes(asking)
