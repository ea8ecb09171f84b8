"""The state document of a case: what is open, and nothing else.

    1 byte   form of the codec
    16 bytes start of the definition's hash
    JSON     [outcome, [process, ...]]
             process = [number of its calling task or -1, [task, ...]]
             task = [spec name, state, number of its parent or -1, changes, id, internal data]

Tasks are numbered through in the order in which they stand. Data is stored as
the difference to the parent (for the first steps of a called process: to the
calling task), `[changed, [removed]]`. Names, not positions, so that another
version of the library or of our parser reads old states.
"""

from __future__ import annotations

from typing import Any

import orjson
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent

from workflows.spiff.compiled import Compiled
from workflows.spiff.errors import ForeignState
from workflows.spiff.lean import COMPLETED, WAITING, LeanSubWorkflow, LeanTask, LeanWorkflow, is_named
from workflows.spiff.specs import differs

FORM = b"\x01"
NOBODY = -1

Data = dict[str, object]


def encode(compiled: Compiled, case: LeanWorkflow) -> bytes:
    """The state of a pruned case."""
    numbers: dict[LeanTask | None, int] = {}
    processes = [[NOBODY, _rows(case, {}, numbers)]]
    for called in sorted(case.subprocesses.values(), key=lambda called: called.depth):
        caller = called.caller
        processes.append([numbers[caller], _rows(called, caller.data, numbers)])
    return _stamp(compiled) + orjson.dumps([case.outcome, processes])


def restore(compiled: Compiled, state: bytes, script_engine: Any) -> LeanWorkflow:
    """The case as it was encoded. Raises `ForeignState`."""
    stamp = _stamp(compiled)
    if not state.startswith(stamp):
        raise ForeignState(process=compiled.key)
    outcome, processes = orjson.loads(state[len(stamp) :])
    case = LeanWorkflow(compiled.top, compiled.inner, script_engine)
    case.outcome = outcome
    tasks: list[LeanTask] = []
    for caller_number, rows in processes:
        process: Any = case
        if caller_number != NOBODY:
            caller = tasks[caller_number]
            process = LeanSubWorkflow(compiled.inner[caller.task_spec.spec], caller, case)
            process.completed_event.connect(caller.task_spec._on_subworkflow_completed, caller)
        _hang(process, rows, {} if process is case else caller.data, tasks)
    case.completed = not processes[0][1]
    return case


def _stamp(compiled: Compiled) -> bytes:
    return FORM + bytes.fromhex(compiled.hash[:32])


def _rows(process: Any, outside: Data, numbers: dict[LeanTask | None, int]) -> list[list[object]]:
    rows = []
    for task in process.tasks.values():
        if task is process.task_tree:
            continue
        parent = numbers.get(task._parent, NOBODY)
        numbers[task] = len(numbers)
        row: list[Any] = [
            task.task_spec.name,
            task._state,
            parent,
            _changes(outside if parent == NOBODY else task._parent.data, task.data),
            task.id if is_named(task.task_spec) else 0,
            task.internal_data or 0,
        ]
        while not row[-1]:
            row.pop()
        rows.append(row)
    return rows


def _hang(process: Any, rows: list[list[Any]], outside: Data, tasks: list[LeanTask]) -> None:
    root = process.task_tree
    root._state = COMPLETED
    specs = process.spec.task_specs
    manager = process.top_workflow.event_manager.tasks
    for row in rows:
        name, state, parent_number, changes, task_id, internal = row + [0] * (6 - len(row))
        parent = root if parent_number == NOBODY else tasks[parent_number]
        task = LeanTask(process, specs[name], parent, state, task_id)
        task.data = _applied(outside if parent is root else parent.data, changes)
        task.has_data = True
        task.internal_data = internal or {}
        if state == WAITING and isinstance(task.task_spec, CatchingEvent):
            manager[task.id] = task
        tasks.append(task)


def _changes(old: Data, new: Data) -> list[object] | int:
    changed = {key: value for key, value in new.items() if key not in old or differs(old[key], value)}
    removed = [key for key in old if key not in new]
    if removed:
        return [changed, removed]
    return [changed] if changed else 0


def _applied(old: Data, changes: list[Any] | int) -> Data:
    if isinstance(changes, int):
        return dict(old)
    data = {**old, **changes[0]}
    for key in changes[1] if len(changes) > 1 else ():
        del data[key]
    return data
