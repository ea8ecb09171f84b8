"""What a chain cannot show of itself the nightly anchor shows: a cut tail, a case that is gone."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from jisui.cli import jisui
from registry.calendar import CHINA
from tests.support.province import P1, P2, P3, A, B
from tests.support.provinces import copied
from workflows.anchors import Anchor, merkle_root
from workflows.history import digest
from workflows.model import Case, HistoryEntry

NIGHT = datetime(2026, 3, 3, 0, 10, tzinfo=CHINA)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def anchored(request, tmp_path_factory):
    """A province with one step taken, anchored in the night after. Tests change it and roll back."""
    template = request.getfixturevalue(f"{request.param}_province")
    with copied(*template, tmp_path_factory.mktemp("anchored") / "data") as province:
        take_a_step(province)
        yield province


def take_a_step(province):
    case = province.transfer(A, to=P2)
    province.decide(case, P2, "leader", "approve")
    anchor(province, NIGHT)
    return case


def anchor(province, at):
    province.installation.notary.each_night(now=province.clock.now(), at=at)


def found(province, *statements):
    """What is found after somebody who owns the database did that, which is then undone."""
    with province.installation.sessions() as session:
        connection = session.connection()
        if statements:
            drop_guards(connection)
        for statement in statements:
            connection.execute(statement)
        return [broken.why for broken in province.installation.notary.findings(connection)]


def drop_guards(connection):
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # foreign keys look away
        for table in ("history", "anchors"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('history', 'anchors')"
    for name in connection.scalars(text(guards)).all():
        connection.execute(text(f"DROP TRIGGER {name}"))
    connection.execute(text("PRAGMA defer_foreign_keys=ON"))


def the_case(province):
    with province.installation.sessions() as session:
        return session.scalars(select(Case)).one()


def test_what_nobody_touched_holds(anchored):
    assert found(anchored) == []


def test_a_tail_cut_off_with_its_trace_in_the_case_is_found(anchored):
    case = the_case(anchored)
    with anchored.installation.sessions() as session:
        links = session.scalars(select(HistoryEntry).where(HistoryEntry.case_id == case.id)).all()
    before = next(link for link in links if link.seq == case.last_seq - 1)
    findings = found(
        anchored,
        delete(HistoryEntry).where(HistoryEntry.case_id == case.id, HistoryEntry.seq == case.last_seq),
        update(Case).where(Case.id == case.id).values(last_seq=before.seq, last_digest=before.digest),
    )
    assert findings == ["anchored on 2026-03-02, and gone or changed since"]


def test_a_link_made_anew_with_the_end_of_its_chain_is_found(anchored):
    case = the_case(anchored)
    with anchored.installation.sessions() as session:
        last = session.get(HistoryEntry, (case.id, case.last_seq))
    body = last.body.replace(P1, P3) if P1 in last.body else last.body.replace("}", ',"x":1}')
    forged = digest(case.id, last.seq, last.prev, body)
    key = (HistoryEntry.case_id == case.id, HistoryEntry.seq == last.seq)
    findings = found(
        anchored,
        update(HistoryEntry).where(*key).values(body=body, digest=forged),
        update(Case).where(Case.id == case.id).values(last_digest=forged),
    )
    assert findings == ["anchored on 2026-03-02, and gone or changed since"]


def test_a_case_taken_away_whole_is_found(anchored):
    case = the_case(anchored)
    tables = [t for t in Case.metadata.sorted_tables if "case_id" in t.c]
    findings = found(
        anchored,
        text("DELETE FROM timers"),
        *(delete(table).where(table.c.case_id == case.id) for table in reversed(tables)),
        delete(Case).where(Case.id == case.id),
    )
    assert findings == ["anchored on 2026-03-02, and gone or changed since"]


def test_anchors_follow_each_other_day_by_day(province):
    case = take_a_step(province)
    province.approve(case, at=P1)
    province.transfer(B, to=P2)
    anchor(province, NIGHT + timedelta(hours=5))  # the same night: nothing more
    anchor(province, NIGHT + timedelta(days=1))
    anchor(province, NIGHT + timedelta(days=2))
    with province.installation.sessions() as session:
        rows = session.scalars(select(Anchor).order_by(Anchor.day)).all()
    assert [(row.day.day, row.cases) for row in rows] == [(2, 1), (3, 2), (4, 0)]
    assert [row.prev for row in rows] == [bytes(32), rows[0].digest, rows[1].digest]
    lines = province.installation.notary.file.read_text().splitlines()
    assert [json.loads(line)["digest"] for line in lines] == [row.digest.hex() for row in rows]
    assert found(province) == []


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (delete(Anchor), "gone from the database"),
        (update(Anchor).values(cases=0, leaves=b"", root=merkle_root([])), "not signed by us"),
        (update(Anchor).values(signature=b"\x30\x00"), "not signed by us"),
        (update(Anchor).values(leaves=b""), "does not hold the ends it names"),
    ],
)
def test_an_anchor_that_was_touched_is_found(anchored, statement, why):
    assert any(why in one for one in found(anchored, statement))


def test_the_file_outside_is_missed(anchored):
    anchored.installation.notary.file.unlink()
    why = "the anchor of 2026-03-02 is not in the file outside the database"
    assert found(anchored) == [why]
    anchor(anchored, NIGHT + timedelta(hours=1))
    assert found(anchored) == []


@pytest.mark.parametrize("statement", ["UPDATE anchors SET cases = 0", "DELETE FROM anchors"])
def test_the_database_refuses_to_change_an_anchor(anchored, statement):
    with (
        pytest.raises(DBAPIError, match="never changed"),
        anchored.installation.database.begin() as connection,
    ):
        connection.execute(text(statement))


def test_the_command_tells_which_case(province):
    take_a_step(province)
    asked = ["--data", str(province.installation.settings.data), "history", "verify"]
    assert CliRunner().invoke(jisui, asked).stdout == "Every chain holds.\n"
    case = the_case(province)
    with province.installation.database.begin() as connection:
        drop_guards(connection)
        connection.execute(delete(HistoryEntry).where(HistoryEntry.case_id == case.id))
    result = CliRunner().invoke(jisui, [*asked, "--json"])
    assert result.exit_code == 1
    assert {one["case"] for one in json.loads(result.stdout)} == {str(case.id)}
    assert CliRunner().invoke(jisui, [*asked, "--since", "2027-01-01"]).exit_code == 0
