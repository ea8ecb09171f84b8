"""Nothing about a child outside its place.

A whole transfer by a family, one by a school, and what goes wrong on the way: afterwards the full numbers,
the tracking code and the names of child and guardian stand in no log line, message, history or answer kept.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog
from sqlalchemy import select, text

from documents.model import CertificateOrder
from documents.render import Renderer
from jisui import logs
from jisui.database import EVERYTHING, belongs_to
from jisui.tables import METADATA
from registry.students import Student
from tests.support.province import GULOU, NAMES, P1, P2, P4, A, B, Province
from tests.webapp.family import GUARDIAN_OF_A, Family, shown_code
from webapp.rights import public

GUARDIAN = "林建国"


class Told:
    """Everything a process said about itself, and everything that must not be in it."""

    def __init__(self) -> None:
        self.lines = io.StringIO()
        self.secrets: dict[str, str] = {}

    def found_in(self, source: str) -> list[str]:
        """Which of the secrets stand there, in any spelling."""
        plain = source.upper().replace("\\U", "\\u")
        spelled = plain + json.loads(f'"{_escapes(source)}"').upper()
        return [name for name, secret in self.secrets.items() if secret.upper() in spelled]


def _escapes(source: str) -> str:
    """The characters that are written as \\uXXXX, so that JSON hides no name."""
    return "".join(re.findall(r"\\u[0-9a-fA-F]{4}", source))


@pytest.fixture(scope="module")
def told(standing_province) -> Iterator[tuple[Province, Told]]:
    with _listening() as told:
        _remember(standing_province, told)
        _by_family(standing_province, told)
        _by_school(standing_province, told)
        _what_goes_wrong(standing_province)
        yield standing_province, told


@contextmanager
def _listening() -> Iterator[Told]:
    """Our logs and those of the libraries, with every statement of the database, into one text."""
    told = Told()
    handler = logging.StreamHandler(told.lines)
    loggers = logging.getLogger(), logging.getLogger("sqlalchemy.engine")
    before = [logger.level for logger in loggers]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stderr", told.lines)
        logs.set_up()
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    loggers[1].propagate = False  # thousands of statements: once is enough
    try:
        yield told
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)
        loggers[1].propagate = True
        structlog.reset_defaults()


def _remember(province, told) -> None:
    with province.installation.sessions() as session:
        belongs_to(session, EVERYTHING)
        for number in (A, B):
            student = session.scalars(select(Student).where(Student.student_number == number)).one()
            told.secrets |= {f"name {number}": NAMES[number], f"student number {number}": number}
            told.secrets[f"id number {number}"] = student.id_number or ""
    told.secrets |= {"guardian": GUARDIAN, "telephone": GUARDIAN_OF_A}


def _by_family(province, told) -> None:
    """A family applies with a telephone, asks after it, gets the letter, and has it verified."""
    family = Family(province.client.application)
    for step in (lambda: family.tell_student(A), lambda: family.tell_school(P2), family.tell_reason):
        step()
    family.show_proofs()
    told.secrets["code by text message"] = shown_code(family.tell_guardian(GUARDIAN_OF_A))
    family.confirm_phone()
    done = family.send_in()
    number, code = (done.find(place)[0].text for place in (".big-number", ".big-code"))
    told.secrets |= {"tracking code": code, "tracking code, plain": code.replace("-", "")}
    page = family.get("/track")
    family.follow(family.send(page, "main form", number=number, code=code))
    for office in (P2, P1, GULOU):
        province.approve({"number": number}, office)
    province.installation.worker().run_once()
    page = family.get(f"/track/{number}")
    pdf = family.get(page.find("a[download]")[0].get("href")).answer.data
    assert province.client.post("/api/v1/certificates/verify", data=pdf).json["valid"]
    with province.installation.sessions() as session:
        order = session.scalars(select(CertificateOrder)).one()
    told.secrets["check word of the letter"] = order.verify_code
    assert family.get(f"/c/{order.number}-{order.verify_code}").status == 200


def _by_school(province, told) -> None:
    """A school files by the interface, with a key; the same again; and asks for the case."""
    who = f"registrar.{P2}"
    body = {"process": "transfer", "application": province.application(B, P2)}
    filed = province.call(who, "POST", "/cases", body, **{"Idempotency-Key": "leaks-1"})
    assert filed.status_code == 201, filed.text
    again = province.call(who, "POST", "/cases", body, **{"Idempotency-Key": "leaks-1"})
    assert again.headers["Idempotency-Replayed"] == "true" and again.json == filed.json
    told.secrets["tracking code of the school's case"] = filed.json["tracking_code"]
    told.secrets["the same, plain"] = filed.json["tracking_code"].replace("-", "")
    assert province.track(filed.json).status_code == 200


def _what_goes_wrong(province) -> None:
    """A letter that cannot be printed, a page and a call that break, guesses: each is logged."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Renderer, "pdf", _breaks)
        _order_again(province)
        province.installation.worker().make_certificates()
    app = province.client.application
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.view_functions, "track.case", _broken_page)
        assert province.client.get(f"/track/{A}?name={NAMES[A]}&phone={GUARDIAN_OF_A}").status_code == 500
    province.try_transfer(A, P4, student_name="王小明")
    province.client.get(f"/students/{A}", headers={"Authorization": "Bearer jst_not-a-token"})
    province.client.post("/sign-in", data={"username": NAMES[A], "password": GUARDIAN_OF_A})


def _order_again(province) -> None:
    """The issued letter is wanted once more: its facts are in the hands of the worker when it fails."""
    with province.installation.sessions() as session:
        belongs_to(session, EVERYTHING)
        order = session.connection().execute(text("SELECT id FROM certificate_orders")).scalar()
        again = text(
            "UPDATE certificate_orders SET state = 'ordered', lease_until = NULL, attempts = 0 WHERE id = :id"
        )
        session.connection().execute(again, {"id": order})
        session.commit()


def _breaks(_renderer: object, paper: object) -> None:
    name, facts = NAMES[A], paper
    raise RuntimeError(f"broken on purpose: {len(name)} {type(facts).__name__}")


@public
def _broken_page(**_values: object) -> None:
    name, phone = NAMES[A], GUARDIAN_OF_A
    raise RuntimeError(f"broken on purpose: {len(name)} {len(phone)}")


def rows(province, table: str) -> str:
    with province.installation.sessions() as session:
        belongs_to(session, EVERYTHING)
        found = session.connection().execute(text(f"SELECT * FROM {table}")).all()
    assert found, f"{table} is empty: this test would prove nothing"
    return "\n".join(repr(tuple(row)) for row in found)


def test_logs_tell_of_no_child(told):
    _province, heard = told
    lines = heard.lines.getvalue()
    assert "certificate failed" in lines and "request failed" in lines and "INSERT INTO" in lines
    assert heard.found_in(lines) == []


@pytest.mark.parametrize("table", ["outbox", "history", "idempotency", "notices", "attempts"])
def test_tables_that_go_round_tell_of_no_child(told, table):
    province, heard = told
    assert heard.found_in(rows(province, table)) == []


def test_telephones_and_codes_stand_nowhere_in_clear(told):
    """In no table at all; and an identity number only as part of a student number."""
    province, heard = told
    wanted = {name: secret for name, secret in heard.secrets.items() if "code" in name or "plain" in name}
    wanted |= {"telephone": GUARDIAN_OF_A, "id number": heard.secrets[f"id number {A}"]}
    places = []
    with province.installation.sessions() as session:
        belongs_to(session, EVERYTHING)
        connection = session.connection()
        for table in sorted(_tables()):
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                for column, value in row._mapping.items():
                    written = re.sub(r"[GLJ][0-9]{17}[0-9X]", "", str(value))
                    places += [(name, table, column) for name, secret in wanted.items() if secret in written]
    assert sorted(set(places)) == []


def test_the_interface_is_described_by_its_one_example(told):
    """The child of the examples is the invented one of the manual; nobody else is there."""
    province, heard = told
    document = province.client.get("/api/v1/openapi.json").text
    example = json.dumps([NAMES[A], A], ensure_ascii=False)
    assert heard.found_in(document) == heard.found_in(example)


def _tables() -> set[str]:
    return {name for metadata in METADATA for name in metadata.tables}
