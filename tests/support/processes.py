"""Real processes of ours, as a user starts them, for tests that kill them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

PATIENCE_SECONDS = 90


def wait_until(condition: Callable[[], Any], what: str) -> Any:
    """Look again and again, at most so long that a busy machine is not taken for a fault."""
    until = datetime.now(UTC) + timedelta(seconds=PATIENCE_SECONDS)
    while not (found := condition()):
        assert datetime.now(UTC) < until, f"waited in vain: {what}"
        Event().wait(0.02)
    return found


class Process:
    """`jisui serve` or `jisui worker`, with whatever it starts."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.log = data.parent / f"{arguments[0]}.log"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JISUI_")}
        with self.log.open("a") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "jisui", "--data", str(data), *arguments],
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill it and what it started, at once."""
        if self.running.poll() is None:
            os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()

    def children(self) -> list[int]:
        return children(self.running.pid)

    def descendants(self) -> list[int]:
        """All whom it started, and whom those started."""
        return list(_descendants(self.running.pid))


def children(pid: int) -> list[int]:
    """The processes that a process started and that have not been taken leave of."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _descendants(pid: int) -> Iterator[int]:
    for child in children(pid):
        yield child
        yield from _descendants(child)
