"""Bars as the server draws them: whole numbers of a picture's units, no script, no style in the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.office.figures import Week

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 620, 206, 34, 16, 24
BAR, BESIDE = 24, 3
STEPS = 3


@dataclass(frozen=True)
class Bar:
    """One bar: where it stands and how high it is."""

    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Group:
    """One week: its two bars and its name below."""

    received: Bar
    done: Bar
    label: str
    middle: int


@dataclass(frozen=True)
class Line:
    """A line across, with its number."""

    y: int
    n: int


@dataclass(frozen=True)
class Chart:
    """Bars of weeks, ready to be drawn."""

    groups: Sequence[Group]
    lines: Sequence[Line]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bar: int = BAR
    ground: int = HEIGHT - BOTTOM


def of_weeks(weeks: Sequence[Week]) -> Chart:
    """Filled bars for what came in, outlined ones for what was done."""
    step = _step(max((max(week.received, week.done) for week in weeks), default=0))
    room = HEIGHT - TOP - BOTTOM
    scale = room / (step * STEPS)
    each = (WIDTH - LEFT) / max(len(weeks), 1)
    groups = []
    for place, week in enumerate(weeks):
        middle = round(LEFT + each * (place + 0.5))
        groups.append(
            Group(
                _bar(middle - BAR - BESIDE // 2, week.received, scale),
                _bar(middle + BESIDE - BESIDE // 2, week.done, scale),
                f"{week.monday.month}-{week.monday.day:02d}",
                middle,
            )
        )
    lines = [Line(round(HEIGHT - BOTTOM - step * n * scale), step * n) for n in range(STEPS + 1)]
    return Chart(groups, lines)


def length(value: float, most: float, room: int) -> int:
    """How long a lying bar is, when the longest value has the whole room."""
    return max(round(room * value / most), 2) if most else 0


def _bar(x: int, n: int, scale: float) -> Bar:
    height = round(n * scale)
    return Bar(x, HEIGHT - BOTTOM - height, height)


def _step(most: int) -> int:
    """The distance of the lines: 1, 2 or 5 with noughts, so that three of them reach the highest bar."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if factor * size * STEPS >= most:
                return factor * size
        size *= 10
