"""The product's own web server as a child process, and its processor time."""

from __future__ import annotations

import ctypes
import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

LIBC = ctypes.CDLL(None, use_errno=True)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Answer:
    status: int
    text: str
    location: str


@dataclass
class Browser:
    """A browser's cookies; a connection of its own for each request."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, fields: Mapping[str, object]) -> Answer:
        return self._ask("POST", path, urlencode(fields, doseq=True).encode())

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        connection.request(method, path, body, headers | (FORM if body is not None else {}))
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        text = answer.read().decode()
        connection.close()
        return Answer(answer.status, text, answer.headers.get("Location", ""))


@dataclass(frozen=True)
class Server:
    """`jisui serve` with one web process."""

    port: int
    web_process: int

    def cpu(self) -> float:
        """Seconds of user and system time of the web process, all its threads."""
        clock = ctypes.c_int()
        if LIBC.clock_getcpuclockid(self.web_process, ctypes.byref(clock)) != 0:
            raise ProcessLookupError(self.web_process)
        return time.clock_gettime(clock.value)


@contextmanager
def serving(data: Path) -> Iterator[Server]:
    """Start the server on a free port, as it is started for users; stop it in the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "jisui", "--data", str(data), "serve", "--port", str(port)]
    with subprocess.Popen(command) as process:
        try:
            yield Server(port, _wait(process, port))
        finally:
            process.send_signal(signal.SIGTERM)


def _wait(process: subprocess.Popen[bytes], port: int) -> int:
    """The web process under the server's, as soon as it answers."""
    while process.poll() is None:
        try:
            Browser(port).get("/readyz")
        except OSError:
            time.sleep(0.1)
            continue
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        return int(children[0])
    raise RuntimeError(f"the server ended with status {process.returncode}")
