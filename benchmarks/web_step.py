"""What one decision costs through HTTP: the opinion bar of a task page, sent to the product's own server.

    python -m benchmarks.web_step [--cases 20]

`jisui serve` runs on a demo province (SQLite, WAL, `synchronous=FULL`) as a process of its own. Each
office's registrar and leader, signed in with their passwords, decide transfers across provinces to the
end: nine decisions each, the last with the effects on the register and the order of the certificate.
Counted is the processor time of the web process, user and system, all threads, from the first byte of
`POST /tasks/<id>/decide` to the last of its answer: HTTP, session, rights, form token, form, rules of the
decision, engine, rows, history, commit, session written back, redirect. The page that follows is told
beside it. Median over decisions. Exit status 1 if the promise breaks.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import html
from sqlalchemy import select

from benchmarks.support import world
from benchmarks.support.figures import Figure, median_ms, plain_python, report
from benchmarks.support.server import Browser, Server, serving
from jisui.assembly import Installation
from jisui.demo.build import PASSWORD
from workflows.model import OPEN, Task

MOST_MS = 8.0
WARMING_UP = 3
"""Cases decided before anything is counted: the first of each kind of step fills the caches."""


@dataclass
class Spent:
    """Seconds of the web process."""

    deciding: list[float] = field(default_factory=list)
    showing: list[float] = field(default_factory=list)


@dataclass
class Desks:
    """The officials' browsers, each signed in once."""

    server: Server
    browsers: dict[str, Browser] = field(default_factory=dict)

    def of(self, task: Task) -> Browser:
        username = f"{task.role}.{task.office}"
        if username not in self.browsers:
            browser = self.browsers[username] = Browser(self.server.port)
            page = browser.get("/sign-in")
            form = next(one for one in html.fromstring(page.text).forms if "password" in one.fields)
            answer = browser.post(
                "/sign-in", dict(form.form_values()) | {"username": username, "password": PASSWORD}
            )
            if answer.status != 303:
                raise RuntimeError(f"{username} could not sign in: {answer.status}")
        return self.browsers[username]


def decide(desks: Desks, task: Task, spent: Spent) -> None:
    """Open the task, choose the first decision it offers, send it."""
    browser, server = desks.of(task), desks.server
    before = server.cpu()
    page = browser.get(f"/tasks/{task.id}")
    spent.showing.append(server.cpu() - before)
    form: Any = html.fromstring(page.text).get_element_by_id("opinion")
    fields = dict(form.form_values()) | {"decision": task.decisions[0], "opinion": "材料齐全。"}
    before = server.cpu()
    answer = browser.post(form.get("action"), fields)
    spent.deciding.append(server.cpu() - before)
    if answer.status != 303:
        raise RuntimeError(f"{task.element} was not decided: {answer.status}")


def measure(installation: Installation, cases: int) -> Spent:
    """Decide `cases` transfers to the end, the first ones uncounted."""
    filed = world.transfers(installation, cases + WARMING_UP)
    spent = Spent()
    with serving(installation.settings.data) as server:
        desks = Desks(server)
        for number, case_id in enumerate(filed):
            counted = spent if number >= WARMING_UP else Spent()
            while (task := _waiting(installation, case_id)) is not None:
                decide(desks, task, counted)
    return spent


def _waiting(installation: Installation, case_id: object) -> Task | None:
    with installation.sessions() as session:
        return session.scalar(select(Task).where(Task.case_id == case_id, Task.status == OPEN))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        installation = world.make(Path(folder) / "province")
        spent = measure(installation, asked.cases)
        installation.database.dispose()
    return report(
        f"A decision through HTTP ({len(spent.deciding)} decisions, CPU of the web process)",
        [
            Figure("POST of the task page, median", median_ms(spent.deciding), "ms", MOST_MS),
            Figure("besides: GET of the task page, median", median_ms(spent.showing), "ms"),
            Figure("plain Python at the same time", 1000 * plain_python(), "ms"),
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
