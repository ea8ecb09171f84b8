"""What bad input gets on the pages of families: a clear answer, never a 500, an unchanged register."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from registry.movements import Movement
from registry.students import StudentRecord
from tests.support.province import A
from tests.webapp.family import FORM, STRANGER, Family, photo
from workflows.model import Case

LONG, NUL = "长" * 10_000, "林\x00航"
HOSTILE = (LONG, NUL, "<script>alert(1)</script>")


@pytest.fixture
def family(province):
    return Family(province.client.application)


def counted(province):
    with province.installation.sessions() as session:
        connection = session.connection()
        return [
            connection.exec_driver_sql(f"select count(*) from {table.__tablename__}").scalar_one()
            for table in (Case, Movement, StudentRecord)
        ]


def test_hostile_text_in_any_field_is_told_and_changes_nothing(province, family):
    before = counted(province)
    family.fill_in()
    pages = (
        ("/apply/transfer/student", ("student_name", "student_number", "grade")),
        ("/apply/transfer/school", ("q", "receiving_school")),
        ("/apply/transfer/reason", ("ground", "explanation")),
        ("/apply/transfer/guardian", ("relation", "name", "phone")),
        ("/apply/transfer/phone", ("code",)),
        ("/apply/transfer/elsewhere", ("phone",)),
        ("/track", ("number", "code")),
        ("/track/recover", ("phone",)),
    )
    for path, fields in pages:
        page = family.get(path)
        token = page.find("input[name=csrf_token]")[0].get("value")
        for field in fields:
            for typed in HOSTILE:
                answer = family.post(path, token, **{field: typed})
                assert answer.status in (200, 303, 422, 429), (path, field, typed[:20], answer.status)
                assert "<script>alert" not in answer.answer.get_data(as_text=True)
    assert counted(province) == before


def test_a_file_of_any_name_stays_in_its_place(family):
    family.tell_student()
    family.tell_school()
    family.tell_reason()
    names = ("../../x.jpg", "..\\..\\x.jpg", "a\x00b.jpg", "x" * 10_000 + ".jpg")
    for place, name in enumerate(names):
        file = photo(f"#{place}{place}8040")
        page = family.show_proofs(household_book=(file, name))
        assert page.status == 422, "the other proof is missing"
    for link in page.find(".slot__file-name a"):
        assert not {"/", "\\", "\x00"} & set(link.text) and 0 < len(link.text) <= 120
    assert len(page.find(".slot__file-name a")) == len(names)


def test_a_query_of_any_kind_finds_no_school_and_breaks_nothing(family):
    family.tell_student()
    for typed in (NUL, LONG, "%", "_", "'", "\\"):
        assert family.get("/apply/transfer/school", query_string={"q": typed}).status == 200
        assert family.get("/apply/transfer/school", query_string={"area": typed}).status == 200


def test_a_wrong_name_and_an_unknown_number_take_the_same_steps(province, family):
    """The time it takes must not tell which of the two it was: the database is asked the same."""
    family.fill_in(phone=STRANGER, name="林一杭")
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    engine = province.installation.database
    event.listen(engine, "before_cursor_execute", note)
    told = []
    for number in (A, "G350102201503150027"):
        family.tell_student(number, name="林一杭")
        check = family.get("/apply/transfer/check")
        asked.clear()
        family.send(check, FORM)
        told.append(list(asked))
    event.remove(engine, "before_cursor_execute", note)
    assert told[0] == told[1]
