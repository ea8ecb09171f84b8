"""One compiled statement serves every office, each with its own paths (jisui.database.Visible)."""

from __future__ import annotations

from sqlalchemy import event, func, select
from sqlalchemy.orm import aliased

from jisui.database import belongs_to, make_engine, make_sessions
from registry.students import Student, StudentRecord
from tests.support.province import GULOU, JINJIANG, P1, P3

OFFICES = {
    (f"/35/3501/{GULOU}/s{P1}/",): {P1},
    (f"/35/3505/{JINJIANG}/s{P3}/",): {P3},
    (f"/35/3501/{GULOU}/s{P1}/", f"/35/3505/{JINJIANG}/s{P3}/"): {P1, P3},
    (): set(),
}
SHAPES = (
    lambda: select(StudentRecord.school_code).distinct(),
    lambda: select(aliased(StudentRecord).school_code).distinct(),
    lambda: select(StudentRecord.school_code).where(
        StudentRecord.student_id.in_(select(Student.id).where(func.length(Student.name) > 1))
    ).distinct(),
)  # fmt: skip


def test_each_office_reads_its_own_through_the_same_statement(province):
    sessions = make_sessions(province.installation.database)
    for shape in SHAPES:
        for _turn in range(2):
            for scope, schools in OFFICES.items():
                with sessions() as session:
                    belongs_to(session, scope)
                    assert set(session.scalars(shape())) == schools


def test_a_statement_is_compiled_once_for_all_offices(province):
    database = make_engine(province.installation.settings.database_url)
    compiled = []
    event.listen(database, "before_cursor_execute", lambda *seen: compiled.append(seen[4].compiled))
    for scope in OFFICES:
        with make_sessions(database)() as session:
            belongs_to(session, scope)
            session.scalars(SHAPES[0]()).all()
    database.dispose()
    asked = [one for one in compiled if one is not None and "records" in str(one)]
    assert len(asked) == len(OFFICES)
    assert len(set(map(id, asked))) == len({len(scope) for scope in OFFICES})
