"""
How long things take and how much they carry, each beside a baseline measured in the same run.

A module here has functions marked with `measures`, which name what they measure and return a `Result` for each name.
The runner (`make bench`) gives them a migrated, empty database of their own and writes var/bench.json.
"""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

PAIRS = 5


@dataclass(frozen=True)
class Result:
    """One figure: `value` in `unit`, `baseline` in the same, their `ratio` where there is one, `setting` in words."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    setting: str = ""


@dataclass(frozen=True)
class Benchmark:
    """A function and the names of what it measures."""

    names: tuple[str, ...]
    function: Callable[[], Iterable[Result]]


registered: list[Benchmark] = []


def measures(*names: str) -> Callable:
    """Mark a function that takes nothing and returns or yields one Result for each of these names."""

    def register(function: Callable[[], Iterable[Result]]) -> Callable[[], Iterable[Result]]:
        registered.append(Benchmark(names, function))
        return function

    return register


def compare(ours: Callable[[], float], baseline: Callable[[], float], pairs: int = PAIRS) -> tuple[float, float, float]:
    """
    Measure both in turn, so that whatever else the machine does hits both: (our median, the baseline's, the ratio's).

    Each callable measures once and returns its figure; the ratio is the median of the pairs' ratios.
    """
    figures = [(ours(), baseline()) for _ in range(pairs)]
    return (
        median(mine for mine, _ in figures),
        median(base for _, base in figures),
        median(mine / base for mine, base in figures),
    )


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least this share (0 to 1) of them does not exceed. Raises ValueError for no values."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("there is no percentile of nothing")
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
