"""Certificates: how long the first takes, and a hundred more, in one worker process.

    python -m benchmarks.certificates [--count 100]

Processor time of this process and of the programs it starts (`openssl ts`), in milliseconds. The
promise: after start-up the first within 400 ms, then 120 ms each, rendered and signed, on an idle
machine. The last line measures plain Python on the same machine at the same time, for comparison.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from documents import pdfa
from documents.facts import Paper
from documents.press import Press
from documents.render import Renderer
from documents.signing.base import OrgRef
from documents.signing.dev_ca import DevAuthority
from documents.specimen import SPECIMEN
from documents.store import FileStore
from documents.verify import examine

SCHOOLS = 5


def processor_ms() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return 1000 * (own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime)


def timed(step: Callable[[], object]) -> tuple[float, object]:
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


def row(name: str, times: list[float]) -> None:
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95)]
    print(f"{name:<28}{len(times):>6}{statistics.median(times):>10.0f}{p95:>8.0f}{max(times):>8.0f}")


def plain_python() -> float:
    """A fixed piece of work: 100,000 look-ups and stores, about 10 ms on the machine of documents.md."""
    before = time.process_time()
    counts: dict[int, int] = {}
    for number in range(100_000):
        counts[number % 1000] = counts.get(number % 999, 0) + 1
    return 1000 * (time.process_time() - before)


def run(count: int, folder: Path) -> None:
    def start() -> Press:
        authority = DevAuthority(folder / "authority")
        press = Press(
            Renderer("https://v.example.edu.cn/c/"),
            authority.signer(),
            FileStore(folder / "store"),
            authority.trust,
        )
        press.warm_up()
        return press

    starting, press = timed(start)
    assert isinstance(press, Press)
    rendering, signing, checking, both, plain = [], [], [], [], []
    for paper in papers(count + 1):
        plain.append(plain_python())
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
        rendering.append(render_ms)
        signing.append(sign_ms)
        checking.append(check_ms)
        both.append(render_ms + sign_ms)
    print(f"{'processor ms':<28}{'count':>6}{'median':>10}{'p95':>8}{'max':>8}")
    row("start-up", [starting])
    row("first: render and sign", both[:1])
    row("then: render and sign", both[1:])
    row("  of it render", rendering[1:])
    row("  of it sign", signing[1:])
    row("besides: check and verify", checking[1:])
    row("plain Python, beside", plain)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB, file {len(sealed.data) / 1024:.0f} KB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    with tempfile.TemporaryDirectory() as folder:
        run(parser.parse_args().count, Path(folder))


if __name__ == "__main__":
    main()
