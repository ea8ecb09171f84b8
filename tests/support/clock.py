"""The clock of a test: it stands still until the test moves it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
START = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
"""A Monday morning in term, with no holiday near; the demo province starts then, too."""


class FakeClock:
    """A business clock (`now() -> datetime`, aware, +08:00) that moves only when told."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime | str) -> None:
        """Set it to an instant; text is ISO 8601, taken as China time where it names no zone."""
        moment = datetime.fromisoformat(now) if isinstance(now, str) else now
        self._now = moment if moment.tzinfo else moment.replace(tzinfo=CHINA)

    def advance(self, **by: float) -> None:
        """Move it on: `advance(days=3, hours=1)`."""
        self._now += timedelta(**by)
