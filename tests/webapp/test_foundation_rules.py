"""What holds for every page, tried on its own: filters, deadlines in words, JSON, redirects, rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from webapp import language, redirects, rights
from webapp.filters import (
    age_on,
    capped,
    clock_time,
    cn_date,
    grade,
    grade_figure,
    mask_name,
    mask_number,
    mask_phone,
    paper_date,
    size,
    work_date,
)
from webapp.json_provider import StrictJson
from webapp.wording import LATER, OVERDUE, PAUSED, SOON, clock_short, clock_words, deadline
from workflows.clocks import end_of

CHINA = timedelta(hours=8)


class FiveDayWeek:
    """Working days without holidays, for deadlines in words."""

    def between(self, a: date, b: date) -> int:
        days = (a + timedelta(n) for n in range(1, (b - a).days + 1))
        return sum(day.weekday() < 5 for day in days)


@dataclass
class Ledger:
    budget: int | None = 10
    used: int = 0
    running_since: datetime | None = None
    closed_at: datetime | None = None


@pytest.fixture
def app():
    app = Flask("webapp")
    language.init_app(app)
    with app.test_request_context():
        yield app


def said(words) -> str:
    return words.striptags() if hasattr(words, "striptags") else words


def at(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02d}:00+08:00")


@pytest.mark.parametrize(
    ("today", "last", "kind", "sentence", "short"),
    [
        ("2026-10-13", "2026-10-16", LATER, "还剩 3 个工作日，10月16日（周五）截止", "还剩 3 天"),
        ("2026-10-14", "2026-10-16", SOON, "还剩 2 个工作日，10月16日（周五）截止", "还剩 2 天"),
        ("2026-10-16", "2026-10-16", SOON, "今天截止（10月16日 周五）", "今天截止"),
        ("2026-10-19", "2026-10-16", OVERDUE, "超期 1 个工作日，10月16日（周五）已到期", "超期 1 天"),
        ("2026-10-17", "2026-10-16", OVERDUE, "超期 1 个工作日，10月16日（周五）已到期", "超期 1 天"),
        ("2026-10-21", "2026-10-16", OVERDUE, "超期 3 个工作日，10月16日（周五）已到期", "超期 3 天"),
    ],
)
def test_a_deadline_is_told_in_working_days_and_by_date(app, today, last, kind, sentence, short):
    told = deadline(end_of(date.fromisoformat(last)), at(today), FiveDayWeek())
    assert told.kind == kind
    assert said(clock_words(told)) == sentence
    assert clock_short(told) == short


def test_a_deadline_ends_at_midnight_in_china(app):
    last = end_of(date(2026, 10, 16))
    before, after = datetime(2026, 10, 16, 15, 59, tzinfo=UTC), datetime(2026, 10, 16, 16, 0, tzinfo=UTC)
    assert deadline(last, before, FiveDayWeek()).kind == SOON
    assert deadline(last, after, FiveDayWeek()).kind == OVERDUE


def test_a_paused_clock_tells_what_is_left(app):
    told = deadline(None, at("2026-10-16"), FiveDayWeek(), Ledger(budget=10, used=3))
    assert told.kind == PAUSED
    assert said(clock_words(told)) == "时限已暂停，补好后还剩 7 个工作日"


@pytest.mark.parametrize(
    ("name", "masked"), [("林一航", "林*航"), ("王晨", "王*"), ("买买提江", "买**江"), ("林", "*"), ("", "*")]
)
def test_a_name_on_public_pages_does_not_tell_its_length(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("G350102201503150019", "G350102********0019"), ("350102201503150019", "350102********0019"), ("", "")],
)
def test_a_number_hides_the_birth_date(number, masked):
    assert said(mask_number(number)) == masked


def test_numbers_dates_and_telephones_never_break_over_lines():
    for value in (mask_phone("13800006021"), cn_date(date(2026, 10, 16)), work_date(date(2026, 10, 16))):
        assert value.startswith('<span class="nowrap">')


def test_dates_read_as_people_write_them():
    day = datetime(2026, 10, 16, 1, 41, tzinfo=UTC)
    assert said(cn_date(day)) == "10月16日（周五）"
    assert said(cn_date(date(2027, 1, 18), beside=day)) == "2027年1月18日"
    assert said(work_date(day)) == "10-16 周五"
    assert said(clock_time(day)) == "09:41"
    assert paper_date(date(2026, 10, 20)) == "二〇二六年十月二十日"


def test_grades_ages_sizes_and_counts():
    assert [grade(5), grade(10), grade_figure(9), grade_figure(None)] == ["五年级", "高一", "九", "—"]
    assert age_on(date(2015, 3, 15), date(2026, 3, 14)) == 10
    assert age_on(date(2015, 3, 15), date(2026, 3, 15)) == 11
    assert [size(190_000), size(3_355_443)] == ["186 KB", "3.2 MB"]
    assert [capped(18), capped(1000)] == ["18", "999+"]


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        "[Infinity]",
        "[" * 100_000,
        '{"a":' * 100_000,
        "1" * 10_000,
        "{",
        "",
    ],
)
def test_json_with_two_meanings_or_none_is_not_read(text):
    with pytest.raises(ValueError):
        StrictJson(Flask(__name__)).loads(text)


def test_plain_json_is_read():
    assert StrictJson(Flask(__name__)).loads(b'{"a": [1, null, "\\u9ec4"]}') == {"a": [1, None, "黄"]}


@pytest.mark.parametrize("path", ["/inbox", "/tasks/1?who=all", "/"])
def test_one_may_be_sent_back_to_a_page_of_ours(path):
    assert redirects.relative(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil",
        "/a\\b",
        "/a\nb",
        "evil",
        "",
        None,
        "/" + "a" * 3000,
    ],
)
def test_nobody_is_sent_to_another_site(path):
    assert redirects.relative(path) is None


def test_what_stands_in_no_role_is_allowed_to_nobody():
    assert not rights.may("registrar", "process.publish")
    assert not rights.may("nobody", "inbox.read")
    assert not rights.may("admin", "student.reveal")
    with pytest.raises(rights.UndeclaredView):
        rights.needs("task.anything")


def test_an_application_does_not_start_with_a_view_open_by_mistake():
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: "", endpoint="forgotten")
    with pytest.raises(rights.UndeclaredView, match="forgotten"):
        rights.check(app)
