"""The clock of the business. In a demo it can be moved, at once for every process on the data folder."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from registry.calendar import CHINA

DEMO_START = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
STEP = re.compile(r"([0-9]{1,4})([dhm])")
UNITS = {"d": "days", "h": "hours", "m": "minutes"}


class WallClock:
    """Real time, as China reads it."""

    def now(self) -> datetime:
        return datetime.now(CHINA)


class MovableClock:
    """A demo's time: set to a moment once, running on from there.

    Kept in a small file, so that web, worker and command line agree without asking each other.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, timedelta] | None = None

    def now(self) -> datetime:
        return (datetime.now(UTC) + self._offset()).astimezone(CHINA)

    def set(self, moment: datetime) -> None:
        """From now on it is `moment` (local time where no zone is given)."""
        local = moment if moment.tzinfo else moment.replace(tzinfo=CHINA)
        offset = local - datetime.now(UTC)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps({"offset_seconds": offset.total_seconds()}))
        fresh.replace(self._path)

    def advance(self, by: timedelta) -> None:
        self.set(self.now() + by)

    def reset(self) -> None:
        self.set(DEMO_START)

    def _offset(self) -> timedelta:
        changed = self._path.stat().st_mtime_ns
        if self._seen is None or self._seen[0] != changed:
            stored = json.loads(self._path.read_text())
            self._seen = (changed, timedelta(seconds=stored["offset_seconds"]))
        return self._seen[1]


def parse_step(text: str) -> timedelta:
    """A distance such as `3d`, `12h`, `30m`. Raises `ValueError`."""
    found = STEP.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return timedelta(**{UNITS[found[2]]: int(found[1])})
