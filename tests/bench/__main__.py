"""`make bench [ONLY=prefix]`: run the benchmarks, print a table, write var/bench.json."""

import importlib
import json
import os
import pkgutil
import sys
import traceback
from dataclasses import asdict
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.test.utils import setup_databases, setup_test_environment, teardown_databases

import tests.bench
from hotline.lib.keyring import keyring
from tests.bench import Benchmark, Result, registered
from tests.support.emptying import Fresh

OUTPUT = Path(__file__).resolve().parents[2] / "var" / "bench.json"


def say(line: str) -> None:
    """One line for whoever watches."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def chosen(prefix: str) -> list[Benchmark]:
    """The benchmarks that measure anything whose name begins so."""
    for module in pkgutil.iter_modules(tests.bench.__path__):
        if module.name != "__main__":
            importlib.import_module(f"tests.bench.{module.name}")
    return [benchmark for benchmark in registered if any(name.startswith(prefix) for name in benchmark.names)]


def measure(benchmark: Benchmark) -> list[Result]:
    """Run one. Raises AssertionError when it measured something else than it had named."""
    results = list(benchmark.function())
    named, measured = sorted(benchmark.names), sorted(result.name for result in results)
    if named != measured:
        raise AssertionError(f"{benchmark.function.__module__} named {named} and measured {measured}")
    return results


def figure(number: float | None) -> str:
    """A number as people read it, with three digits that count."""
    if number is None:
        return ""
    return f"{number:,.0f}" if abs(number) >= 1000 or number == int(number) else f"{number:.3g}"


def table(results: list[Result]) -> str:
    """The results in columns."""
    rows = [("name", "value", "unit", "baseline", "ratio", "setting")]
    rows += [(r.name, figure(r.value), r.unit, figure(r.baseline), figure(r.ratio), r.setting) for r in results]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *(row[c].rjust(widths[c]) for c in range(1, 5)), row[5]]).rstrip()
        for row in rows
    )


def main(prefix: str = "") -> int:
    """Run what was chosen. The exit code is 1 when a benchmark failed or none has such a name."""
    benchmarks = chosen(prefix)
    if not benchmarks:
        say(f"No benchmark measures anything whose name begins with {prefix!r}.")
        return 1
    OUTPUT.parent.mkdir(exist_ok=True)
    setup_test_environment(debug=False)
    databases = setup_databases(verbosity=0, interactive=False)
    keyring().create_site_key()
    fresh, results, failed = Fresh(), [], 0
    try:
        for benchmark in benchmarks:
            say(f"measuring {', '.join(benchmark.names)} …")
            fresh.restore()
            try:
                results += [result for result in measure(benchmark) if result.name.startswith(prefix)]
            except Exception:
                failed += 1
                say(traceback.format_exc())
    finally:
        teardown_databases(databases, verbosity=0)
    OUTPUT.write_text(json.dumps([asdict(result) for result in results], indent=2, ensure_ascii=False) + "\n")
    say(f"\n{table(results)}\n\n{len(results)} figures in {OUTPUT}, {failed} benchmarks failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
