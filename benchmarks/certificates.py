"""Certificates: how long the first takes, and a hundred more, in one worker process.

    python -m benchmarks.certificates [--count 100]

Processor time of this process and of the programs it starts (`openssl ts`), in milliseconds. The
promise: after start-up the first within 400 ms, then 120 ms each, rendered and signed. Checking what was
sealed and storing it come on top and are told beside it; so is plain Python on the same machine at the
same time. Exit status 1 if the promise breaks.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from benchmarks.support.figures import Figure, plain_python, report
from documents import pdfa
from documents.facts import Paper
from documents.press import Press
from documents.render import Renderer
from documents.signing.base import OrgRef
from documents.signing.dev_ca import DevAuthority
from documents.specimen import SPECIMEN
from documents.store import FileStore
from documents.verify import examine

Done = TypeVar("Done")
SCHOOLS = 5
FIRST_MS, EACH_MS = 400.0, 120.0


def processor_ms() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return 1000 * (own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime)


def timed(step: Callable[[], Done]) -> tuple[float, Done]:
    before = processor_ms()
    result = step()
    return processor_ms() - before, result


def papers(count: int) -> list[Paper]:
    return [
        replace(
            SPECIMEN,
            number=f"Z000000202600{index:07d}",
            issuer_code=f"213500000{index % SCHOOLS}",
            issuer_name=f"样张第{index % SCHOOLS}小学",
        )
        for index in range(count)
    ]


@dataclass
class Spent:
    """Milliseconds of each certificate, the first one included."""

    starting: float = 0.0
    rendering: list[float] = field(default_factory=list)
    signing: list[float] = field(default_factory=list)
    checking: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)

    @property
    def both(self) -> list[float]:
        return [render + sign for render, sign in zip(self.rendering, self.signing, strict=True)]


def started(folder: Path) -> Press:
    """A worker's press, as it stands when the first order comes."""
    authority = DevAuthority(folder / "authority")
    press = Press(
        Renderer("https://v.example.edu.cn/c/"),
        authority.signer(),
        FileStore(folder / "store"),
        authority.trust,
    )
    press.warm_up()
    return press


def run(count: int, folder: Path) -> Spent:
    spent = Spent()
    spent.starting, press = timed(lambda: started(folder))
    for paper in papers(count + 1):
        spent.plain.append(1000 * plain_python())
        render_ms, page = timed(lambda paper=paper: press.renderer.pdf(paper))
        sign_ms, sealed = timed(
            lambda paper=paper, page=page: press.signer.seal(
                page.pdf,
                org=OrgRef(paper.issuer_code, paper.issuer_name),
                reason="样张",
                box=page.seal,
                idempotency_key=paper.number,
            )
        )
        check_ms, _ = timed(
            lambda sealed=sealed: (pdfa.check(sealed.data), examine(sealed.data, press.trust()))
        )
        spent.rendering.append(render_ms)
        spent.signing.append(sign_ms)
        spent.checking.append(check_ms)
    return spent


def figures(spent: Spent) -> list[Figure]:
    then = spent.both[1:]
    return [
        Figure("the first of a worker, rendered and signed", spent.both[0], "ms", FIRST_MS),
        Figure(f"{len(then)} more in a row, median", statistics.median(then), "ms", EACH_MS),
        Figure(f"{len(then)} more in a row, slowest", max(then), "ms", EACH_MS),
        Figure("  of it rendering, median", statistics.median(spent.rendering[1:]), "ms"),
        Figure("  of it signing, median", statistics.median(spent.signing[1:]), "ms"),
        Figure("besides: check and verify, median", statistics.median(spent.checking[1:]), "ms"),
        Figure("besides: start-up of the worker's press", spent.starting, "ms"),
        Figure("plain Python at the same time, median", statistics.median(spent.plain), "ms"),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        spent = run(asked.count, Path(folder))
    return report("Certificates (CPU of the worker and of what it starts)", figures(spent))


if __name__ == "__main__":
    sys.exit(main())
