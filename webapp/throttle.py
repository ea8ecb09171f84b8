"""Nobody asks without end: at most so many requests in a minute from one address.

Counted in each web process by itself and forgotten with the minute. What may be tried
only a few times (passwords, codes, names) is counted in the database: `webapp/attempts.py`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from flask import Flask, g, request
from werkzeug.exceptions import TooManyRequests

MOST_A_MINUTE = 1200
# What every page fetches besides.
NOT_COUNTED = frozenset({"static", "home.favicon"})


class Throttle:
    """How often each address asked in the minute that runs."""

    def __init__(self, most: int = MOST_A_MINUTE, seconds: Callable[[], float] = time.monotonic) -> None:
        self.enabled = True
        self._most = most
        self._seconds = seconds
        self._minute = 0
        self._asked: Counter[str] = Counter()

    def init_app(self, app: Flask) -> None:
        app.before_request(self._count)

    def _count(self) -> None:
        if not self.enabled or request.endpoint in NOT_COUNTED:
            return
        minute, second = divmod(int(self._seconds()), 60)
        if minute != self._minute:
            self._minute, self._asked = minute, Counter()
        self._asked[g.address] += 1
        if self._asked[g.address] > self._most:
            raise TooManyRequests(retry_after=60 - second)


throttle = Throttle()
