"""What one human step of a transfer costs: ours against the library's engine stored whole.

    python -m benchmarks.engine_step [--cases 40]

Both run the shipped transfer across provinces, with one correction, without a
database: restore, complete, run on, encode. "Library" is SpiffWorkflow as it
comes (its parser, specs, engine and JSON serializer); only the service task,
which it leaves to the application, is an empty one. CPU milliseconds of this
process, median over steps, collector off. Exit status 1 if a promise breaks.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.defaults import ServiceTask
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from benchmarks.support.figures import Figure, report
from workflows.expressions import compile_expression
from workflows.spiff import Compiled, Execution, compile_process
from workflows.untrusted import parse

ROOT = Path(__file__).parents[1]
LEAST_RATIO, MOST_GROWTH, MOST_BYTES = 6.0, 1.15, 4096.0
FILES = {key: (ROOT / "bpmn" / f"{key}.bpmn").read_bytes() for key in ("transfer", "office-review")}
SIDES, LEVELS = ("receiving", "sending"), ("county", "prefecture", "province")
FILED: dict[str, object] = {
    "filed_by": "guardian",
    "stage": "junior",
    "compulsory": True,
    "same_authority": False,
    "same_province": False,
    "validation": "passed",
    "decision": "",
    "reason": "",
    "returned_by": "",
    "desk": "",
    "starter": "",
    **{
        f"{s}_{v}_review": False
        for s in ("receiving", "sending")
        for v in ("county", "prefecture", "province")
    },
}
"""`desk` and `starter` are for the library: ours adds them where they are seen."""

Sample = tuple[float, int]
"""CPU seconds and stored bytes of one step."""


class Empty:
    """An environment whose effects do nothing."""

    def evaluate(self, expression: str, data: Mapping[str, object]) -> object:
        return compile_expression(expression).evaluate(data)

    def effect(self, name: str, element: str, data: Mapping[str, object]) -> None:
        return None

    def decide(self, table: str, data: Mapping[str, object]) -> Mapping[str, object]:
        return {}

    def due(self, expression: str, data: Mapping[str, object]) -> datetime:
        return datetime(2026, 3, 2, tzinfo=UTC)


class EmptyServiceTask(ServiceTask):
    def _run_hook(self, my_task: object) -> bool:
        return True


class StockParser(BpmnParser):
    OVERRIDE_PARSER_CLASSES = {full_tag("serviceTask"): (TaskParser, EmptyServiceTask)}  # noqa: RUF012


def decisions(loops: int) -> Callable[[str], dict[str, object]]:
    """What each step decides: the first review is returned `loops` times, then all agree."""
    left = loops

    def decide(element: str) -> dict[str, object]:
        nonlocal left
        if element == "prepare" and left:
            left -= 1
            return {"decision": "return", "returned_by": "registrar"}
        return {"decision": {"correct": "resubmit", "confirm_arrival": "arrived"}.get(element, "approve")}

    return decide


def ours(compiled: Compiled, loops: int) -> Iterator[Sample]:
    decide, env = decisions(loops), Empty()
    state = Execution.start(compiled, FILED, env).encode()
    ended = False
    while not ended:
        started = time.process_time()
        case = Execution.restore(compiled, state, env)
        (step,) = case.open_steps()
        case.complete(step.id, decide(step.element.id))
        state, ended = case.encode(), case.outcome is not None
        yield time.process_time() - started, len(state)


def library(parser: StockParser, loops: int, *, stored: bool) -> Iterator[Sample]:
    """The library's case: stored whole as JSON after each step, or only kept in memory."""
    decide, codec, case = decisions(loops), serializer(), opened(parser)
    state = codec.serialize_json(case)
    while not case.is_completed():
        started = time.process_time()
        if stored:
            case = codec.deserialize_json(state)
        complete(case, decide)
        if stored:
            state = codec.serialize_json(case)
        yield time.process_time() - started, len(state)


def stock_parser() -> StockParser:
    parser = StockParser()
    for key, data in FILES.items():
        parser.add_bpmn_xml(parse(data), key)
    return parser


def serializer() -> BpmnWorkflowSerializer:
    config = {**DEFAULT_CONFIG, EmptyServiceTask: BpmnTaskSpecConverter}
    return BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(config))


def opened(parser: StockParser) -> BpmnWorkflow:
    case = BpmnWorkflow(parser.get_spec("transfer"), parser.get_subprocess_specs("transfer"))
    case.task_tree.data = dict(FILED)
    case.do_engine_steps()
    return case


def complete(case: BpmnWorkflow, decide: Callable[[str], dict[str, object]]) -> None:
    task = case.get_next_task(state=TaskState.READY, manual=True)
    task.set_data(**decide(task.task_spec.name))
    task.run()
    case.do_engine_steps()


def median(samples: list[Sample]) -> tuple[float, float]:
    """Milliseconds and bytes."""
    return 1000 * statistics.median(s[0] for s in samples), statistics.median(s[1] for s in samples)


def compare(compiled: Compiled, parser: StockParser, cases: int) -> list[Figure]:
    """A step of ours beside the library's, and how many times cheaper ours is than the one stored whole."""
    rows = {
        "library, stored whole as JSON": lambda: library(parser, 1, stored=True),
        "library, in memory, not stored": lambda: library(parser, 1, stored=False),
        "ours, restored and encoded": lambda: ours(compiled, 1),
    }
    found: dict[str, list[Sample]] = {name: [] for name in rows}
    for _ in range(cases):
        for name, run in rows.items():
            found[name] += run()
    result = {name: median(samples) for name, samples in found.items()}
    whole, _, lean = result.values()
    return [
        *(Figure(name, ms, "ms") for name, (ms, _size) in result.items()),
        Figure("the library's state", whole[1], "bytes"),
        Figure("the library's step over ours", whole[0] / lean[0], "x", LEAST_RATIO, at_least=True),
    ]


def growth(compiled: Compiled, repeats: int) -> list[Figure]:
    """A step after 300 corrections against the same step after 3, taken in turns."""
    states = {loops: returned(compiled, loops) for loops in (3, 300)}
    found: dict[int, list[Sample]] = {loops: [] for loops in states}
    for _ in range(repeats):
        for loops, state in states.items():
            started = time.process_time()
            after = a_step(compiled, state, {"decision": "approve"}).encode()
            found[loops].append((time.process_time() - started, len(after)))
    early, late = median(found[3]), median(found[300])
    return [
        Figure("after 300 corrections over after 3", late[0] / early[0], "x", MOST_GROWTH),
        Figure("state after 300 corrections", late[1], "bytes", MOST_BYTES),
    ]


def returned(compiled: Compiled, loops: int) -> bytes:
    """The state of a case whose first review returned it `loops` times."""
    state = Execution.start(compiled, FILED, Empty()).encode()
    for _ in range(loops):
        for data in ({"decision": "return", "returned_by": "registrar"}, {"decision": "resubmit"}):
            state = a_step(compiled, state, data).encode()
    return state


def a_step(compiled: Compiled, state: bytes, data: Mapping[str, object]) -> Execution:
    case = Execution.restore(compiled, state, Empty())
    case.complete(case.open_steps()[0].id, data)
    return case


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--cases", type=int, default=40)
    cases = arguments.parse_args().cases
    compiled = compile_process("transfer", FILES)
    parser = stock_parser()
    gc.collect()
    gc.disable()
    figures = compare(compiled, parser, cases) + growth(compiled, repeats=25 * cases)
    return report("A human step in the engine alone, without a database", figures)


if __name__ == "__main__":
    sys.exit(main())
