"""A table of figures against their limits; the exit status of a benchmark."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

WIDE = 58


@dataclass(frozen=True)
class Figure:
    """What was measured. `limit` is what issue 3 promises; without one it is told for comparison."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False

    @property
    def is_kept(self) -> bool:
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def report(title: str, figures: Sequence[Figure]) -> int:
    """Print the table; 1 if a figure misses its limit, else 0."""
    print(f"\n{title}\n{'':<{WIDE}}{'value':>12} {'':<6}{'limit':>12}")
    for one in figures:
        limit, verdict = "", ""
        if one.limit is not None:
            limit = f"{'>=' if one.at_least else '<='} {_short(one.limit)}"
            verdict = "ok" if one.is_kept else "NOT OK"
        print(f"{one.name:<{WIDE}}{_short(one.value):>12} {one.unit:<6}{limit:>12}  {verdict}".rstrip())
    return 0 if all(one.is_kept for one in figures) else 1


def median_ms(seconds: Iterable[float]) -> float:
    return 1000 * statistics.median(seconds)


@contextmanager
def no_collection() -> Iterator[None]:
    """The garbage collector runs before a measurement, not in it."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def plain_python() -> float:
    """CPU seconds of a fixed piece of plain Python: how fast the machine is at this moment."""
    before = time.process_time()
    counts: dict[int, int] = {}
    for number in range(100_000):
        counts[number % 1000] = counts.get(number % 999, 0) + 1
    return time.process_time() - before


def _short(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value == round(value) else f"{value:.2f}"
