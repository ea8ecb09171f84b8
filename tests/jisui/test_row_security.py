"""On PostgreSQL the database holds each office to its own rows, whatever is asked."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import DBAPIError

from jisui import roles, settings
from jisui.assembly import assembled
from jisui.cli import jisui
from jisui.database import EVERYTHING, belongs_to, make_engine, make_sessions
from jisui.row_security import BY_OFFICE
from jisui.tables import METADATA
from registry.base import uuid7
from registry.students import Student
from tests.support.province import GULOU, NANSHAN, P1, P2, P4, A, B, Province
from tests.support.provinces import copied
from workflows import anchors, cases, incidents
from workflows.model import Case

ROLE = "jisui_app_of_tests"
SCHOOL = f"/35/3501/{GULOU}/s{P1}/"
COUNT = text("SELECT count(*) FROM records")  # of students also those of its cases are seen


@pytest.fixture(scope="module")
def province(postgresql_province, tmp_path_factory):
    """A province whose web and worker sign in as a role that owns nothing."""
    folder = tmp_path_factory.mktemp("held") / "data"
    with copied(*postgresql_province, folder) as owned:
        grant(owned.installation.database)
        known = folder / "settings.json"
        address = make_url(owned.installation.settings.database_url).set(username=ROLE, password="app")
        stored = json.loads(known.read_text()) | {
            "database_url": address.render_as_string(hide_password=False)
        }
        known.write_text(json.dumps(stored))
        installation = assembled(settings.load(folder))
        yield Province(installation, installation.app().test_client())
        installation.database.dispose()


def grant(owner):
    with owner.begin() as connection:  # the lock: test processes share the server, and its roles
        connection.execute(text("SELECT pg_advisory_xact_lock(2025)"))
        roles.grant(connection, ROLE)
        connection.execute(text(f"ALTER ROLE {ROLE} PASSWORD 'app'"))


@contextmanager
def connected(province, office=None):
    """A bare connection of the role, of an office or of none."""
    with province.installation.database.connect() as connection:
        if office is not None:
            tell(connection, office)
        yield connection


def tell(connection, office):
    connection.execute(text("SELECT set_config('jisui.office', :office, true)"), {"office": office})


def test_raw_sql_sees_what_the_office_sees(province):
    seen = {}
    for office in ("/", "/35/", SCHOOL, f"{SCHOOL},/44/", "/44/"):
        with connected(province, office) as connection:
            seen[office] = connection.scalar(COUNT)
    assert seen["/"] == seen["/35/"] + seen["/44/"]
    assert 0 < seen[SCHOOL] < seen["/35/"]
    assert seen[f"{SCHOOL},/44/"] == seen[SCHOOL] + seen["/44/"]


@pytest.mark.parametrize("office", [None, "", ",", "%", "3", "35/", "/35"])
def test_without_an_office_nothing_is_seen(province, office):
    with connected(province, office) as connection:
        assert connection.scalar(COUNT) == 0


def test_an_office_does_not_outlive_its_transaction(province):
    with connected(province, "/") as connection:
        assert connection.scalar(COUNT) > 0
        connection.commit()
        assert connection.scalar(text("SELECT current_setting('jisui.office', true)")) == ""
        assert connection.scalar(COUNT) == 0


def test_another_office_s_row_can_be_neither_written_nor_taken(province):
    with connected(province, SCHOOL) as connection:
        key = connection.scalar(select(Student.id).where(Student.office_path == SCHOOL).limit(1))
    with connected(province, "/44/") as connection, pytest.raises(DBAPIError, match="row-level security"):
        connection.execute(
            text(
                "INSERT INTO guardians (id, student_id, name, relation, office_path)"
                " VALUES (:id, :student, '某人', 'other', :path)"
            ),
            {"id": uuid7(), "student": key, "path": SCHOOL},
        )
    with connected(province, "/44/") as connection:
        changed = connection.execute(text("UPDATE students SET quiet = true WHERE id = :id"), {"id": key})
        assert changed.rowcount == 0
    with connected(province, SCHOOL) as connection, pytest.raises(DBAPIError, match="row-level security"):
        connection.execute(text("UPDATE students SET office_path = '/44/' WHERE id = :id"), {"id": key})


def test_what_a_student_was_is_seen_by_who_sees_the_student(province):
    with connected(province, SCHOOL) as connection:
        key = connection.scalar(select(Student.id).where(Student.office_path == SCHOOL).limit(1))
        connection.execute(
            text(
                "INSERT INTO former_data (id, student_id, name, changed_on, case_number, recorded_at)"
                " VALUES (:id, :student, '某人', '2026-03-02', 'GJ350102-2026-00001', now())"
            ),
            {"id": uuid7(), "student": key},
        )
        counts = {}
        for office in (SCHOOL, "/35/", "/44/", ""):
            tell(connection, office)
            counts[office] = connection.scalar(text("SELECT count(*) FROM former_data"))
    assert counts == {SCHOOL: 1, "/35/": 1, "/44/": 0, "": 0}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET body = ''",
        "DELETE FROM history",
        "TRUNCATE history",
        "UPDATE movements SET code = '99'",
        "DELETE FROM movements",
        "TRUNCATE movements",
        "DELETE FROM anchors",
        "DELETE FROM students",
        "DELETE FROM cases",
        "ALTER TABLE students DISABLE ROW LEVEL SECURITY",
        "DROP TRIGGER history_no_change ON history",
        "CREATE TABLE mine (n int)",
        "SET SESSION session_replication_role = replica",
    ],
)
def test_the_role_can_rewrite_nothing(province, statement):
    with connected(province, "/") as connection, pytest.raises(DBAPIError, match=r"denied|must be owner"):
        connection.execute(text(statement))


def test_the_role_is_held(province):
    with connected(province) as connection:
        assert connection.scalar(text("SELECT row_security_active('students')"))


def test_every_table_of_an_office_is_held(province):
    paths = {
        t.name for m in METADATA for t in m.sorted_tables if "office_path" in t.c and t.name != "movements"
    }
    with connected(province) as connection:
        held = set(connection.scalars(text("SELECT relname FROM pg_class WHERE relrowsecurity")))
    assert paths | set(BY_OFFICE) <= held


def test_a_transfer_across_provinces_runs_as_the_role(province):
    case = province.transfer(A, to=P4)
    assert province.track(case).json["status"] == "in_review"
    for office in (P4, NANSHAN, P1):
        province.approve(case, at=office)
    assert province.approve(case, at=GULOU)["status"] == "awaiting_arrival"
    # The last step is taken in Guangdong, and moves a record that lies in Fujian.
    done = province.decide(case, P4, "registrar", "arrived", fields={"arrived_on": "2026-03-02"})
    assert done["status"] == "completed"
    assert province.student(A, f"registrar.{P4}")["school"]["code"] == P4
    assert province.movements(A, f"registrar.{P4}") == [("21", P1), ("22", P4)]
    assert province.call(f"registrar.{P1}", "GET", f"/students/{A}").status_code == 404
    assert province.track(case).json["status"] == "completed"
    province.installation.worker().run_once()
    province.follow_up(case, "archive-handover", P1)
    with province.installation.services.sessions() as nobody:  # the family, with number and code
        found = cases.by_number(nobody, case["number"])
        (handover,) = cases.following(nobody, found.id)
        assert [step.office for step in cases.steps(nobody, handover.id)] == [P1]
    assert [one["kind"] for one in province.case(case, f"registrar.{P4}")["certificates"]] == ["transfer"]


def test_a_correction_and_a_withdrawal_run_as_the_role(province):
    case = province.transfer(B, to=P2)
    items = [{"pointer": "/guardian/phone", "text": "打不通"}]
    province.decide(case, P2, "leader", "return", opinion="请更正", fields={"items": items})
    with province.installation.services.sessions() as nobody, province.installation.looking() as session:
        case_id = session.scalars(select(Case.id).where(Case.number == case["number"])).one()
        incidents.open_incident(nobody, case_id, "step", "it failed", now=province.clock.now())
        nobody.commit()
        assert incidents.is_open(session, case_id)
    province.decide(case, P2, "registrar", "resubmit", fields={"guardian": {"phone": "13800006022"}})
    province.on("2026-03-05")
    withdrawn = province.call(
        f"registrar.{P2}", "POST", f"/cases/{case['number']}/withdraw", {"reason": "不转了"}
    )
    assert withdrawn.status_code == 200, withdrawn.text


def test_the_installation_s_own_work_sees_everything(province):
    province.installation.worker().anchor()
    asked = ["--data", str(province.installation.settings.data), "check", "--quick", "--json"]
    result = CliRunner().invoke(jisui, asked)
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)["rows"]
    assert rows["students"] > 0 and rows["anchors"] == 1


def test_an_owner_is_not_held(database_url):
    """The default of one role for everything goes on working."""
    engine = make_engine(database_url)
    with make_sessions(engine)() as session:
        belongs_to(session, EVERYTHING)
        assert session.scalar(select(Student.id)) is None
        assert anchors.newest_day(session) is None
        assert "reach" not in session.info
    engine.dispose()
