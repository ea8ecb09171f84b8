"""`kill -9` of the demo: web and worker end with it."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import ExitStack

import pytest

from tests.support.processes import Process, free_port, is_alive, wait_until
from tests.support.provinces import copied


@pytest.mark.slow
def test_a_demo_that_is_killed_leaves_nobody_behind_that_holds_its_port(sqlite_province, tmp_path):
    """Slow: a start of the demo. The next one finds its port free, and no second worker."""
    port = free_port()
    with copied(*sqlite_province, tmp_path / "data") as province, ExitStack() as ends:
        data = province.installation.settings.data
        (data / "demo-ready").touch()
        demo = Process(data, "demo", "--port", str(port), "--json")
        ends.callback(demo.kill)
        wait_until(lambda: '"url"' in demo.log.read_text(), "the demo")
        started = demo.descendants()
        assert len(started) >= 3, "web, what answers for it, worker"
        os.kill(demo.running.pid, signal.SIGKILL)
        demo.running.wait()
        wait_until(lambda: not any(map(is_alive, started)), "the end of web and worker")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
