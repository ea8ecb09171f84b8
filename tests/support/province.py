"""The driver of the scenario tests: it speaks offices and students, over the HTTP interface.

No task ids, no element ids, so that a redrawn diagram breaks a test only when the law changed.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from PIL import Image
from sqlalchemy import select

from jisui.assembly import Installation
from jisui.clock import MovableClock
from registry.people import appointments_of
from webapp.accounts import Account
from webapp.api.auth import new_token
from webapp.services import real_now
from workflows import cases
from workflows.history import Entry, entries

P1, P2, P3, P4 = "2135000001", "2135000002", "2135000003", "2144000001"
J1, S1, S2 = "3135000001", "3435000001", "3435000002"
GULOU, JINJIANG, NANSHAN, FUZHOU, QUANZHOU = "350102", "350582", "440305", "350100", "350500"
A, B = "G350102201503150019", "L350582201504020417"
C, D = "G350102201105090022", "G350582201011060010"
NAMES = {A: "林一航", B: "陈小雨", C: "王晨", D: "赵启明"}


@dataclass
class Province:
    """An installation, its clock, and a token for whoever acts."""

    installation: Installation
    client: Any
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def installation_app(self) -> Any:
        return self.client.application

    @property
    def clock(self) -> MovableClock:
        clock = self.installation.clock
        assert isinstance(clock, MovableClock)
        return clock

    def on(self, day: str, hour: int = 9) -> None:
        """It is this day; the worker does what is due."""
        self.clock.set(datetime.fromisoformat(f"{day}T{hour:02d}:00"))
        self.installation.worker().fire_timers()

    def days_pass(self, until: str) -> None:
        """The worker runs once each morning until that day."""
        last = date.fromisoformat(until)
        while (day := self.clock.now().date()) < last:
            self.on((day + timedelta(days=1)).isoformat())

    def call(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        headers = {"Authorization": f"Bearer {self.token(who)}", **headers}
        options = {"json": body} if body is not None else {}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)

    def get(self, who: str, path: str) -> Any:
        answer = self.call(who, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def upload(self, who: str, colour: str = "white") -> str:
        picture = io.BytesIO()
        Image.new("RGB", (60, 80), colour).save(picture, "JPEG")
        answer = self.client.post(
            "/api/v1/evidence",
            headers={"Authorization": f"Bearer {self.token(who)}"},
            data={"file": (io.BytesIO(picture.getvalue()), "房产证.jpg")},
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])

    def application(self, student: str, to: str, **changed: Any) -> dict[str, Any]:
        return {
            "student_number": student,
            "student_name": NAMES[student],
            "receiving_school": to,
            "ground": "home_moved",
            "explanation": "",
            "guardian": {"name": "林建国", "relation": "father", "phone": "13800006021"},
            "evidence": [self.upload(f"registrar.{to}")],
            **changed,
        }

    def try_transfer(self, student: str, to: str, **changed: Any) -> Any:
        """The receiving school's registrar files; whatever the answer."""
        body = {"process": "transfer", "application": self.application(student, to, **changed)}
        return self.call(f"registrar.{to}", "POST", "/cases", body)

    def transfer(self, student: str, to: str, **changed: Any) -> dict[str, Any]:
        answer = self.try_transfer(student, to, **changed)
        assert answer.status_code == 201, answer.text
        return dict(answer.json)

    def task(self, case: dict[str, Any], office: str, role: str) -> dict[str, Any]:
        """The task of this case in the inbox of that desk."""
        items = self.get(f"{role}.{office}", "/tasks?limit=200")["items"]
        mine = [item for item in items if item["case_number"] == case["number"]]
        assert len(mine) == 1, f"{office} {role} has {len(mine)} tasks of {case['number']}"
        return dict(mine[0])

    def has_task(self, case: dict[str, Any], office: str, role: str) -> bool:
        items = self.get(f"{role}.{office}", "/tasks?limit=200")["items"]
        return any(item["case_number"] == case["number"] for item in items)

    def answer(self, case: dict[str, Any], office: str, role: str, decision: str, **body: Any) -> Any:
        task = self.task(case, office, role)
        body = {"decision": decision, **body}
        return self.call(f"{role}.{office}", "POST", f"/tasks/{task['id']}/complete", body)

    def decide(
        self, case: dict[str, Any], office: str, role: str, decision: str, **body: Any
    ) -> dict[str, Any]:
        answer = self.answer(case, office, role, decision, **body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def approve(self, case: dict[str, Any], at: str) -> dict[str, Any]:
        """Registrar (where there is a 初核) and leader of an office agree."""
        if self.has_task(case, at, "registrar"):
            self.decide(case, at, "registrar", "approve", opinion="材料齐全。")
        return self.decide(case, at, "leader", "approve", opinion="同意。")

    def refuse(self, case: dict[str, Any], at: str, reason: str, **body: Any) -> dict[str, Any]:
        body = {"reason_code": reason, "opinion": "不符合条件。", **body}
        if self.has_task(case, at, "registrar"):
            self.decide(case, at, "registrar", "refuse", **body)
        return self.decide(case, at, "leader", "refuse", **body)

    def case(self, case: dict[str, Any], who: str) -> dict[str, Any]:
        return dict(self.get(who, f"/cases/{case['number']}"))

    def student(self, number: str, who: str) -> dict[str, Any]:
        return dict(self.get(who, f"/students/{number}"))

    def movements(self, number: str, who: str) -> list[tuple[str, str]]:
        found = self.get(who, f"/students/{number}/movements")["items"]
        return [(one["code"], one["school"]["code"]) for one in found]

    def follow_up(
        self, case: dict[str, Any], process: str, office: str, role: str = "registrar"
    ) -> dict[str, Any]:
        """The task of the case that follows this one, in that office's inbox."""
        items = self.get(f"{role}.{office}", "/tasks?limit=200")["items"]
        mine = [item for item in items if item["process"] == process]
        assert len(mine) == 1
        return dict(mine[0])

    def history(self, case: dict[str, Any], event: str) -> list[dict[str, Any]]:
        """What the history says of one kind of event."""
        return [dict(entry.facts) for entry in self._entries(case) if entry.event == event]

    def moments(self, case: dict[str, Any], event: str) -> list[str]:
        """The days on which it happened."""
        found = (entry for entry in self._entries(case) if entry.event == event)
        return [entry.at.astimezone(self.clock.now().tzinfo).date().isoformat() for entry in found]

    def _entries(self, case: dict[str, Any]) -> list[Entry]:
        with self.installation.sessions() as session:
            row = cases.by_number(session, case["number"])
            assert row is not None
            return entries(session, row.id)

    def track(self, case: dict[str, Any]) -> Any:
        body = {"number": case["number"], "code": case["tracking_code"]}
        return self.client.post("/api/v1/track", json=body)

    def token(self, username: str) -> str:
        if username not in self.tokens:
            with self.installation.sessions() as session:
                account = session.scalars(select(Account).where(Account.username == username)).one()
                held = appointments_of(session, account.person_id, self.clock.now().date())
                self.tokens[username] = new_token(session, account, held[0].id, real_now())
                session.commit()
        return self.tokens[username]


def due_days(case: dict[str, Any]) -> dict[str, str]:
    """Office code to last day, for the steps of a case that have one."""
    return {step["office"]["code"]: step["due_at"][:10] for step in case["steps"] if step["due_at"]}
