"""An action is whole or absent, wherever the process dies.

A child is killed at point k, 2k, 3k, … around every statement, every commit and every file that
gets its name, until it survives; k is JISUI_CRASH_STRIDE, 1 tries them all. After each death the
database holds what was before, or what comes after, and nothing between. At the end it holds what it
holds where nobody died.
"""

from __future__ import annotations

import io
import json
import os
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import delete, select, update

from documents.model import Certificate, CertificateOrder
from jisui.press import Printer
from registry.evidence import Evidence
from tests.support.clock import FakeClock
from tests.support.crashes import die_at, outline, rows, wait_for_its_end
from tests.support.province import GULOU, P1, P2, A, B
from tests.support.provinces import copied
from webapp.attempts import Attempt
from workflows import history
from workflows.execution import Step, lock
from workflows.model import Case

STRIDE = int(os.environ.get("JISUI_CRASH_STRIDE", "31"))


@dataclass
class Said:
    """What an act answered: of a request its status and body, of the worker nothing."""

    status: int = 0
    body: Any = None
    again: bool = False


@dataclass
class Path:
    """The whole path in one province. `do` carries out an act; the acts are the same for everybody."""

    province: Any
    real: FakeClock = field(default_factory=lambda: FakeClock(datetime.now(UTC)))
    sent: list[str] = field(default_factory=list)
    deaths: int = 0
    keys: Any = field(default_factory=count)

    def do(self, act: Any) -> Said:
        return act()

    def walk(self) -> None:
        """A transfer with a correction, a delay and a certificate; another that is withdrawn."""
        self.province.clock.set(datetime.fromisoformat("2026-03-02T09:00"))
        picture = io.BytesIO()
        Image.new("RGB", (60, 80), "white").save(picture, "JPEG")

        def upload() -> dict[str, Any]:
            return {"data": {"file": (io.BytesIO(picture.getvalue()), "房产证.jpg")}}

        proof = self.do(self.request(f"registrar.{P2}", "/evidence", upload)).body["id"]
        case = self.file(A, proof)
        self.decide(case, P2, "leader", "approve")
        wrong = {"items": [{"pointer": "/explanation", "text": "请写清楚。"}]}
        self.decide(case, P1, "registrar", "return", fields=wrong)
        self.decide(case, P2, "registrar", "resubmit", fields={"explanation": "搬到学校旁边了。"})
        self.decide(case, P1, "registrar", "approve")
        self.decide(case, P1, "leader", "approve")
        self.decide(case, GULOU, "registrar", "approve")
        self.province.clock.set(datetime.fromisoformat("2026-03-17T09:00"))
        worker = self.worker()
        self.do(worker.fire_timers)
        self.decide(case, GULOU, "leader", "approve")
        other = self.file(B, self.province.upload(f"registrar.{P2}"))
        path, body = f"/cases/{other['number']}/withdraw", {"reason": "家里不搬了"}
        self.do(self.request(f"registrar.{P2}", path, json=body))
        self.do(worker.send_messages)
        self.do(worker.make_certificates)

    def file(self, student: str, proof: str) -> dict[str, Any]:
        body = {
            "process": "transfer",
            "application": self.province.application(student, P2, evidence=[proof]),
        }
        return dict(self.do(self.request(f"registrar.{P2}", "/cases", json=body)).body)

    def decide(self, case: dict[str, Any], office: str, role: str, decision: str, **body: Any) -> None:
        task = self.province.task(case, office, role)
        body = {"decision": decision, "opinion": "看过了。", **body}
        self.do(self.request(f"{role}.{office}", f"/tasks/{task['id']}/complete", json=body))

    def request(self, who: str, path: str, fresh: Any = dict, **body: Any) -> Any:
        """One request under one key, to be sent as often as it takes."""
        headers = {
            "Authorization": f"Bearer {self.province.token(who)}",
            "Idempotency-Key": f"key-{next(self.keys)}",
        }

        def send() -> Said:
            answer = self.province.client.post(f"/api/v1{path}", headers=headers, **fresh(), **body)
            assert answer.status_code in (200, 201), answer.text
            return Said(answer.status_code, answer.json, "Idempotency-Replayed" in answer.headers)

        send.is_a_request = True  # type: ignore[attr-defined]
        return send

    def worker(self) -> Any:
        here = self.province.installation
        printer = Printer(here.desk, here.sessions, self.real.now)
        printer.set_up()
        return replace(here.worker(), printer=printer, deliver=self.deliver, real_now=self.real.now)

    def deliver(self, message: Any) -> None:
        self.sent.append(message.dedup_key)


class DeadlyPath(Path):
    """The same, with a death at each point on the way."""

    def do(self, act: Any) -> Said:
        whole = hasattr(act, "is_a_request")
        self.time_passes()
        before, after = rows(self.province), None
        for point in count(STRIDE, STRIDE):
            survived, said = self.in_a_child_that_dies(point, act)
            self.time_passes()
            now = rows(self.province)
            if whole and after is None and now != before:
                after = now
            assert not whole or now in (before, after), "neither what was before nor what comes after"
            self.all_holds()
            if survived:
                break
            self.deaths += 1
        if whole:
            again = act()
            assert (again.status, again.body, again.again) == (said.status, said.body, True)
            assert rows(self.province) == after
        return said

    def in_a_child_that_dies(self, point: int, act: Any) -> tuple[bool, Said]:
        """Run `act` in a fork that is killed at `point`; whether it survived, and what it answered."""
        self.province.installation.database.dispose()
        heard, told = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                die_at(self.province.installation.database, point)
                self.sent.clear()
                self.deliver_to = told
                said = act()
                os.write(told, json.dumps(["end", vars(said) if isinstance(said, Said) else {}]).encode())
                status = 0
            finally:
                os._exit(status)
        os.close(told)
        with os.fdopen(heard) as pipe:
            lines = [json.loads(line) for line in pipe]
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or status == 0, "the child failed instead of dying"
        self.sent += [body for kind, body in lines if kind == "sent"]
        wait_for_its_end(self.province)
        said = next((Said(**body) for kind, body in lines if kind == "end"), Said())
        return not os.WIFSIGNALED(status), said

    def deliver(self, message: Any) -> None:
        os.write(self.deliver_to, json.dumps(["sent", message.dedup_key]).encode() + b"\n")

    def time_passes(self) -> None:
        """Leases are over, and nobody counts the deaths as failures of the order or as guesses of a name."""
        self.real.advance(minutes=10)
        with self.province.installation.sessions() as session:
            session.execute(delete(Attempt))
            session.execute(update(CertificateOrder).values(attempts=0))
            session.commit()

    def all_holds(self) -> None:
        """Every chain of history; and each open case waits for exactly the tasks that people see."""
        here = self.province.installation
        with here.sessions() as session:
            assert list(history.verify(session.connection())) == []
            for case_id in session.scalars(select(Case.id).where(Case.closed_at.is_(None))).all():
                acting = Step(session, here.engine, lock(session, case_id), self.province.clock.now())
                acting.restore()
                waits_for = {step.id for step in acting.running().open_steps()}
                assert waits_for == {str(task) for task in acting.open_tasks} != set()


def files(folder: Any) -> set[str]:
    return {path.name.partition(".")[0] for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_path_loses_and_doubles_nothing_wherever_the_process_dies(database, request, tmp_path):
    """Slow: a fork for each point; some thousand, of which the daily run takes one in 31."""
    made = request.getfixturevalue(f"{database}_province")
    with copied(*made, tmp_path / "calm") as province:
        calm = Path(province)
        calm.walk()
        expected = outline(province)
    assert len(calm.sent) == len(set(calm.sent)) == len(expected["outbox"])
    with copied(*made, tmp_path / "deadly") as province:
        deadly = DeadlyPath(province)
        deadly.walk()
        sys.stdout.write(f"{database}: {deadly.deaths} deaths\n")
        assert deadly.deaths * STRIDE > 500
        assert outline(province) == expected
        assert set(map(what_of, deadly.sent)) == set(map(what_of, calm.sent))
        assert len(set(deadly.sent)) == len(calm.sent)
        nothing_is_left_over(deadly)


def what_of(dedup_key: str) -> str:
    return dedup_key.split(":")[2]


def nothing_is_left_over(path: DeadlyPath) -> None:
    """The certificate is good; each row has its file, and after a week each file its row."""
    here, later = path.province.installation, datetime.now(UTC) + timedelta(days=8)
    here.worker().housekeeping.tidy(now=path.province.clock.now(), at=later)
    with here.sessions() as session:
        (certificate,) = session.scalars(select(Certificate))
        verdict = here.desk.verify(session, here.desk.pdf(certificate), path.province.clock.now())
        assert verdict.valid
        assert files(here.settings.certificates) == {certificate.sha256}
        assert files(here.settings.evidence) == set(session.scalars(select(Evidence.storage_key)))
