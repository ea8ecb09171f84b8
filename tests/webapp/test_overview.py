"""本单位概况: every number is the length of the list behind it."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta

import pytest

from tests.support.province import GULOU, JINJIANG, NANSHAN, P1, P2, P3, A, B
from tests.support.provinces import copied
from tests.webapp.browser import Browser
from webapp.office import chart, export
from webapp.office.figures import Ground, Week


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def busy(request, tmp_path_factory):
    """Two transfers: one refused by the sending school, one returned; a third waits and is late."""
    template = request.getfixturevalue(f"{request.param}_province")
    with copied(*template, tmp_path_factory.mktemp("overview") / "data") as province:
        refused = province.transfer(A, P3)
        for office in (P3, JINJIANG):
            province.approve(refused, office)
        province.days_pass(until="2026-03-05")
        province.refuse(refused, P1, "R13")
        late = province.transfer(A, P2)
        province.approve(late, P2)
        returned = province.transfer(B, P2)
        items = [{"pointer": "/evidence/0", "text": "看不清，请重拍。"}]
        province.decide(returned, P2, "leader", "return", opinion="请补。", fields={"items": items})
        province.days_pass(until="2026-03-20")
        yield province


def browser(province, username):
    one = Browser(province.client.application)
    assert one.sign_in(username).status == 303
    return one


@pytest.fixture(scope="module")
def leader(busy):
    return browser(busy, f"leader.{GULOU}")


def rows_of(page, section):
    return page.find(f"section[aria-labelledby='{section}'] tbody tr")


def test_every_count_is_the_length_of_its_list(busy):
    for username in (f"leader.{GULOU}", f"leader.{P1}", f"registrar.{P2}"):
        someone = browser(busy, username)
        for tile in someone.get("/office").find(".tile a"):
            listed = someone.get(tile.get("href")).find("tr[data-row]")
            assert int(tile.cssselect(".tile__number")[0].text) == len(listed)


def test_every_office_line_leads_to_as_many_tasks(leader):
    lines = rows_of(leader.get("/office"), "s-offices")
    assert lines
    for line in lines:
        listed = leader.get(line.cssselect("a")[0].get("href"))
        n = int(line.cssselect("td.count")[0].text)
        assert len(listed.find("tr[data-row]")) == n and listed.says(f"在办 {n} 件")


def test_the_late_office_is_first_and_says_so(leader):
    first = rows_of(leader.get("/office"), "s-offices")[0]
    assert first.cssselect("th")[0].text == "榕城小学"
    assert first.cssselect(".mark.is-red")[0].text_content().strip() == "1"


def test_the_time_used_is_counted_in_working_days_of_decided_reviews(busy):
    """P1 had the refused case from Monday 2 March to Thursday 5 March."""
    page = browser(busy, f"leader.{P1}").get("/office")
    assert rows_of(page, "s-offices")[0].cssselect(".mean")[0].text_content().strip() == "3.0"
    assert page.says("上限 10")


def test_weeks_tell_what_came_and_what_ended(leader):
    page = leader.get("/office")
    weeks = [[cell.text_content() for cell in row] for row in rows_of(page, "s-weeks")]
    assert len(weeks) == 8
    assert ["2026-03-02", "3", "1"] in weeks
    assert weeks[-1] == ["2026-03-16", "0", "0"]
    drawn = page.find("svg.chart rect.chart__received")
    highest = max(drawn, key=lambda bar: int(bar.get("height")))
    assert drawn.index(highest) == [row[0] for row in weeks].index("2026-03-02")


def test_reasons_are_counted_from_decisions_of_leaders(leader):
    rows = rows_of(leader.get("/office"), "s-grounds")
    assert [[cell.text_content().strip() for cell in row] for row in rows] == [
        ["R13 材料不全、看不清或者不真实", "1"],
        ["退回：材料", "1"],
    ]


def test_figures_of_a_term_end_with_it(busy, leader):
    this, last = leader.get("/office"), leader.get("/office?term=last")
    assert this.says("2026-03-02 至 2026-03-20") and last.says("2025-09-01 至 2026-03-01")
    assert not rows_of(last, "s-grounds") and not last.find(".mean")
    assert [line.text_content() for line in this.find("td.count")] == [
        line.text_content() for line in last.find("td.count")
    ], "what is open now is open in either"


def test_nobody_ranks_persons(leader):
    page = leader.get("/office")
    people = {"吴秀珍", "许志强"}
    table = page.find("section[aria-labelledby='s-offices']")[0].text_content()
    assert not any(person in table for person in people)


def test_another_province_has_nothing_of_it_and_no_way_to_it(busy):
    stranger = browser(busy, f"leader.{NANSHAN}")
    page = stranger.get("/office")
    assert not rows_of(page, "s-offices")[0].cssselect("a")
    assert not rows_of(page, "s-grounds")
    answers = {code: stranger.get(f"/office/{code}").status for code in (P1, GULOU, "nowhere")}
    assert set(answers.values()) == {404}


def test_a_school_does_not_look_into_its_authority_or_its_sister(busy):
    school = browser(busy, f"leader.{P1}")
    assert school.get(f"/office/{P1}").status == 200
    assert [school.get(f"/office/{code}").status for code in (GULOU, P2)] == [404, 404]


def test_bars_reach_as_high_as_their_lines():
    weeks = [Week(date(2026, 3, 2) + timedelta(weeks=n), n * 7, n) for n in range(8)]
    drawn = chart.of_weeks(weeks)
    assert [line.n for line in drawn.lines] == [0, 20, 40, 60]
    assert drawn.groups[0].received.height == 0
    ground, top = drawn.lines[0].y, drawn.lines[-1].y
    assert drawn.groups[-1].received.height == round((ground - top) * 49 / 60)
    assert all(re.fullmatch(r"[0-9]+-[0-9]{2}", group.label) for group in drawn.groups)


def test_a_table_is_taken_along_as_a_file_for_a_spreadsheet(leader):
    page = leader.get("/office")
    for table, link in zip(("offices", "weeks", "grounds"), page.find("a.export"), strict=True):
        answer = leader.get(link.get("href")).answer
        assert (
            answer.mimetype == "text/csv"
            and f"{table}-2026-03-20.csv" in answer.headers["Content-Disposition"]
        )
        head, *lines = csv.reader(answer.get_data().decode("utf-8-sig").splitlines())
        assert len(lines) == len(rows_of(page, f"s-{table}")) and all(len(one) == len(head) for one in lines)
    [first, *_rest] = rows_of(page, "s-offices")
    taken = list(
        csv.reader(leader.get("/office/offices.csv").answer.get_data().decode("utf-8-sig").splitlines())
    )
    assert taken[1][0] == first.cssselect("th")[0].text and taken[1][1] == P1


def test_what_a_spreadsheet_would_run_is_only_shown():
    assert b"'=1+1" in export.grounds([Ground("=1+1", 1)])
