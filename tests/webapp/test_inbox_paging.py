"""Long lists: every task once, in order of deadline, those without one last, wherever a page ends."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from tests.support.province import P3, A
from webapp.inbox.following import following
from webapp.inbox.queries import PAGE, Wanted
from workflows.model import Actor, Task


@pytest.fixture
def many(province):
    """130 tasks at one desk: eight on each last day, twelve without one, one of them the real one."""
    province.transfer(A, P3)
    with province.installation.sessions() as session:
        real = session.execute(select(Task.__table__)).one()._asdict()
        rows = [
            real
            | {
                "id": uuid4(),
                "due_at": None if n < 12 else real["due_at"] + timedelta(days=n // 8),
                "opened_at": real["opened_at"] + timedelta(minutes=n),
            }
            for n in range(129)
        ]
        session.connection().execute(insert(Task), rows)
        session.commit()
    return [str(row["id"]) for row in rows] + [str(real["id"])]


def walk(browser, path):
    """The keys of the tasks on every page, by way of “next page”."""
    pages = []
    while path:
        page = browser.get(path)
        pages.append([a.get("href").split("/")[2].partition("?")[0] for a in page.find("a.number")])
        following = page.find("a[rel=next]")
        path = following[0].get("href") if following else None
    return pages


def test_every_task_stands_on_exactly_one_page(many, signed_in):
    pages = walk(signed_in(f"leader.{P3}"), "/inbox")
    assert [len(page) for page in pages] == [PAGE, PAGE, 30]
    seen = [key for page in pages for key in page]
    assert sorted(seen) == sorted(many)


def test_the_nearest_deadline_stands_first_and_none_last(many, signed_in, province):
    seen = [key for page in walk(signed_in(f"leader.{P3}"), "/inbox") for key in page]
    with province.installation.sessions() as session:
        due = {str(row.id): row.due_at for row in session.execute(select(Task.id, Task.due_at))}
    dates = [due[key] for key in seen]
    assert dates[-12:] == [None] * 12
    assert dates[:-12] == sorted(dates[:-12])


def test_counts_are_of_the_whole_list_and_neighbours_follow_it(many, signed_in):
    browser = signed_in(f"leader.{P3}")
    page = browser.get("/inbox")
    assert page.says("待办 130")
    task = browser.get(page.find("a.number")[1].get("href"))
    assert task.says("第 2 件，共 130 件")
    assert task.find("a[data-key=j]")[0].get("href") == page.find("a.number")[2].get("href")
    assert task.find("a[data-key=k]")[0].get("href") == page.find("a.number")[0].get("href")


def test_after_a_decision_the_next_of_the_list_opens_and_at_its_end_the_one_before(many, signed_in, province):
    order = [key for page in walk(signed_in(f"leader.{P3}"), "/inbox") for key in page]
    leader = Actor(uuid4(), "", P3, "leader")
    with province.installation.sessions() as session:
        tasks = {str(row.id): row for row in session.execute(select(Task.id, Task.due_at))}
        opened = [str(following(session, leader, Wanted(), tasks[key])) for key in order]
    assert opened == [*order[1:], order[-2]]
