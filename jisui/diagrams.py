"""The diagrams that are shipped with Jisui, and what each of them calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from workflows import definitions
from workflows.untrusted import parse

FOLDER = Path(__file__).parents[1] / "bpmn"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def shipped() -> dict[str, bytes]:
    """Every shipped diagram by its process key."""
    return {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.bpmn"))}


def with_called(key: str, known: Mapping[str, bytes]) -> dict[str, bytes]:
    """A process with all that it calls, directly or not."""
    found: dict[str, bytes] = {}
    waiting = [key]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = known[name]
            calls = parse(known[name]).iter(f"{BPMN}callActivity")
            waiting += [str(call.get("calledElement")) for call in calls]
    return found


def publish_shipped(session: Session, now: datetime) -> None:
    """Release the shipped processes, each once for each content."""
    known = shipped()
    called = {name for key in known for name in with_called(key, known) if name != key}
    for key in known.keys() - called:
        definitions.publish(session, key, with_called(key, known), now=now)
