"""What the inbox costs as the database grows: 200,000 open tasks against 2,000.

    python -m benchmarks.inbox [--repeats 40]

Two demo provinces on SQLite, alike but for the number of open cases; every second task lies at one
school's desk, the rest at seven schools and bureaus; each page shows fifty. The page is asked for through
the WSGI application by a signed-in official, in turns with the other province. CPU of this process,
medians, collector off. Exit status 1 if a promise breaks.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from werkzeug.test import EnvironBuilder, run_wsgi_app

from benchmarks.support import crowd, world
from benchmarks.support.figures import Figure, median_ms, no_collection, report
from jisui.assembly import Installation, assembled
from jisui.settings import load

FEW, MANY = 2_000, 200_000
MOST_RATIO = 1.3
PAGES = {
    "the busiest desk, its registrar's own": (f"registrar.{crowd.BUSY}", "/inbox"),
    "the busiest desk, the whole office's": (f"leader.{crowd.BUSY}", "/inbox?who=all"),
    "the busiest desk, what is due soon": (f"leader.{crowd.BUSY}", "/inbox?urgency=soon&who=all"),
    "another school, the whole office's": (f"leader.{crowd.SCHOOL}", "/inbox?who=all"),
    "the province, above most of them": (f"leader.{crowd.PROVINCE}", "/inbox?who=all"),
}
Ask = Callable[[str, str], float]


def crowded(folder: Path, like: Path, count: int) -> Installation:
    """A copy of a province, with so many open tasks."""
    shutil.copytree(like, folder)
    installation = assembled(load(folder))
    (case_id,) = world.transfers(installation, 1, crowd.BUSY)
    crowd.add(installation, case_id, count)
    return installation


def asking(installation: Installation) -> Ask:
    """Seconds of CPU that one page takes, from the request to the last byte."""
    app = installation.app()
    clients = {name: world.signed_in(app.test_client(), name) for name, _path in PAGES.values()}

    def ask(username: str, path: str) -> float:
        cookies = clients[username].get_cookie("jisui")
        environ = EnvironBuilder(path, headers={"Cookie": f"jisui={cookies.value}"}).get_environ()
        started = time.process_time()
        _body, status, _headers = run_wsgi_app(app, environ, buffered=True)
        spent = time.process_time() - started
        if not status.startswith("200"):
            raise RuntimeError(f"{path} answered {status}")
        return spent

    return ask


def compare(small: Ask, large: Ask, repeats: int) -> list[Figure]:
    figures = []
    for name, page in PAGES.items():
        few, many = [], []
        for _warm_up in range(3):
            small(*page)
            large(*page)
        with no_collection():
            for _ in range(repeats):
                few.append(small(*page))
                many.append(large(*page))
        ratio = median_ms(many) / median_ms(few)
        figures += [
            Figure(f"{name}: {FEW:,} tasks", median_ms(few), "ms"),
            Figure(f"{'':<{len(name)}}  {MANY:,} tasks", median_ms(many), "ms"),
            Figure(f"{'':<{len(name)}}  ratio", ratio, "", MOST_RATIO),
        ]
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=40)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world.make(folder / "empty").database.dispose()
        both = [crowded(folder / str(count), folder / "empty", count) for count in (FEW, MANY)]
        small, large = (asking(installation) for installation in both)
        figures = compare(small, large, asked.repeats)
        for installation in both:
            installation.database.dispose()
    return report("The inbox as the database grows (CPU of the page through the application)", figures)


if __name__ == "__main__":
    sys.exit(main())
