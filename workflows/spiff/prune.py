"""Forget what is finished: only what waits, and the points where its branches parted, are kept.

The library's task tree is as deep as its history and stops working at about
330 human steps. History is rows of our own, so after each step
the tree shrinks to the open tasks, each hung under the nearest step that a
join, a boundary event or a later merge of data will look for.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import EventSplit
from SpiffWorkflow.specs.Join import Join

from workflows.spiff.lean import OPEN, STARTED, LeanTask
from workflows.spiff.specs import EndJoin


def prune(case: Any) -> None:
    """Shrink a case at rest, with the processes it calls."""
    for task_id, called in list(case.subprocesses.items()):
        if called.completed or called.caller._state != STARTED:
            del case.subprocesses[task_id]
    for process in (case, *case.subprocesses.values()):
        _shrink(process)


def _shrink(process: Any) -> None:
    root: LeanTask = process.task_tree
    live = _live(process)
    branches = _branches(live)
    kept = {task for task, ways in branches.items() if ways > 1} | _pinned(live) | set(live)
    kept.discard(root)
    process.tasks = {root.id: root}
    queue = [(root, root)]
    while queue:
        task, above = queue.pop()
        children = [child for child in task._children if child in branches]
        if task in kept:
            task._parent = above
            above._children.append(task)
            process.tasks[task.id] = task
            above = task
        if task in kept or task is root:
            task._children = []
        queue.extend((child, above) for child in reversed(children))
    root.data = {}
    process.last_task = None


def _live(process: Any) -> list[LeanTask]:
    """Open tasks. A finished branch of the case itself leaves nothing that others need."""
    live = [task for task in process.tasks.values() if task._state & OPEN]
    if process.parent_task_id is None:
        return [task for task in live if not isinstance(task.task_spec, EndJoin)]
    return live


def _branches(live: list[LeanTask]) -> dict[LeanTask, int]:
    """How many children of each ancestor (and of each live task itself) lead to something open."""
    found: dict[LeanTask, int] = dict.fromkeys(live, 0)
    for task in live:
        ancestor = task._parent
        while ancestor is not None:
            known = ancestor in found
            found[ancestor] = found.get(ancestor, 0) + 1
            if known:
                break
            ancestor = ancestor._parent
    return found


def _pinned(live: list[LeanTask]) -> set[LeanTask]:
    """Finished steps that are asked for by kind: where an arrival came from, what guards a task."""
    parents = ((task, task._parent) for task in live)
    return {
        parent
        for task, parent in parents
        if parent is not None
        and (isinstance(task.task_spec, Join) or isinstance(parent.task_spec, EventSplit))
    }
