"""The desk of an office: what it was told, filters it keeps, many at once, and tasks that change hands."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from registry.people import Appointment, Person
from registry.policy import PolicyValue, set_value
from tests.support.province import JINJIANG, NANSHAN, P1, P3, A, B
from tests.webapp.test_inbox import OPINION, decide, open_task
from webapp.accounts import Account
from workflows.model import Case, Task

BATCH, UNREAD = "form#batch", "tr.is-unread"


@pytest.fixture
def case(province):
    """林一航 wants to go from 榕城小学 to 晋江实验小学; the school's registrar has filed."""
    return province.transfer(A, P3)


def test_an_office_reads_what_it_was_told(case, signed_in, province):
    province.on("2026-03-17")
    browser = signed_in(f"leader.{JINJIANG}")
    assert browser.get("/inbox").find(".lists a[data-key='4'] .lists__count")[0].text_content()[0] == "1"
    page = browser.get("/inbox?list=told")
    assert page.says("晋江实验小学超期没办完 没看") and page.says(case["number"])
    notice = page.find("a.number")[0].get("href").partition("?")[0]
    assert signed_in(f"leader.{NANSHAN}").get(notice).status == 404
    assert browser.follow(browser.get(notice)).says("全部记录")
    assert not browser.get("/inbox?list=told").find(UNREAD)
    school = signed_in(f"leader.{P3}")
    page = school.get("/inbox?list=told")
    assert page.says("已到第 5 个工作日，还没办完") and not page.says("超期没办完")
    page = school.follow(school.send(page, "form[action='/inbox/told/read']"))
    assert not page.find(UNREAD) and not page.find("form[action='/inbox/told/read']")


def test_a_filter_is_kept_for_oneself_or_for_the_office(case, signed_in):
    leader, registrar = signed_in(f"leader.{P3}"), signed_in(f"registrar.{P3}")
    save = "form[action^='/inbox/filters']"
    leader.send(leader.get("/inbox?holder=free&who=all"), save, name="先办这些", shared="y")
    leader.send(leader.get("/inbox?urgency=overdue"), save, name="只给我看")
    assert leader.get("/inbox").says("先办这些 全单位") and leader.get("/inbox").says("只给我看")
    page = registrar.get("/inbox")
    assert page.says("先办这些") and not page.says("只给我看")
    link = page.find(".lists__group--saved a")[0].get("href")
    assert registrar.get(link).says(case["number"])
    assert not registrar.get(link).find("form[action$='/forget']")
    leader.send(leader.get(link), "form[action$='/forget']")
    assert not registrar.get("/inbox").says("先办这些")
    assert not signed_in(f"leader.{P1}").get("/inbox").says("先办这些")


def test_a_list_is_narrowed_to_a_step_and_to_what_nobody_holds(case, signed_in):
    browser = signed_in(f"leader.{P3}")
    assert browser.get("/inbox?step=核办&holder=free").says(case["number"])
    assert browser.get("/inbox?step=初核").says("没有符合的")
    browser.send(open_task(browser, case["number"]), "form[data-claim]")
    assert browser.get("/inbox?holder=free").says("没有符合的")
    assert browser.get("/inbox?holder=own").says(case["number"])


def test_nothing_is_agreed_to_in_batches_unless_policy_says_so(case, signed_in, province):
    browser = signed_in(f"leader.{P3}")
    page = browser.get("/inbox")
    assert not page.find(BATCH)
    token = page.find("input[name=csrf_token]")[0].get("value")
    task = province.task(case, P3, "leader")["id"]
    answer = browser.post("/inbox/batch/approve", token, task=task)
    assert answer.says("这项业务不能批量同意")
    assert province.has_task(case, P3, "leader")


def test_a_batch_is_previewed_and_answers_for_each(case, signed_in, province):
    allow_batches(province)
    other = province.transfer(B, P1)
    province.approve(case, P3)
    for office in (P1, "350102"):
        province.approve(other, office)
    province.approve(other, P3)
    browser = signed_in(f"registrar.{JINJIANG}")
    page = browser.get("/inbox")
    tasks = [field.get("value") for field in page.find("input[name=task]")]
    assert len(tasks) == 2
    preview = browser.send(page, BATCH, task=[*tasks, "nonsense", str(uuid4())])
    assert preview.says("批量同意 2 件") and preview.says(case["number"]) and preview.says(other["number"])
    hold(province, other, uuid4(), "李梅")
    preview = browser.send(page, BATCH, task=tasks)
    assert preview.says("批量同意 1 件") and preview.says("李梅正在办")
    done = browser.send(preview, "form.stack", task=tasks, opinion="材料齐全。")
    assert done.says("已同意 1 件，1 件没有。")
    assert province.has_task(case, JINJIANG, "leader") and province.has_task(other, JINJIANG, "registrar")
    again = browser.send(preview, "form.stack", task=tasks)
    assert again.says("已同意 0 件") and again.says("已办完：同意")


def allow_batches(province):
    with province.installation.sessions() as session:
        allowed = PolicyValue(
            key="transfer.batch_approve",
            value=True,
            place="350582",
            version="test",
            from_=date(2026, 1, 1),
            basis="晋江市",
        )
        set_value(session, allowed)
        session.commit()


def hold(province, case, person, name):
    with province.installation.sessions() as session:
        found = select(Case.id).where(Case.number == case["number"]).scalar_subquery()
        held = update(Task).where(Task.case_id == found, Task.status == "open")
        now = province.clock.now()
        session.execute(held.values(claimed_by=person, claimed_by_name=name, claimed_at=now))
        session.commit()


def test_a_leader_gives_a_task_to_a_colleague(case, signed_in, province):
    province.approve(case, P3)
    colleague = second_registrar(province, JINJIANG, "李梅")
    registrar, leader = signed_in(f"registrar.{JINJIANG}"), signed_in(f"leader.{JINJIANG}")
    page = open_task(registrar, case["number"])
    assert not page.find("form[action*='hand-over']")
    registrar.send(page, "form[data-claim]")
    page = leader.follow(
        leader.send(open_task(leader, case["number"], "all"), "form[action*='hand-over']", to=str(colleague))
    )
    assert page.says("已改派给李梅")
    page = open_task(registrar, case["number"])
    assert page.says("李梅正在办") and not page.find(OPINION)
    assert page.find(".case-bar .held")
    assert registrar.get(f"/cases/{case['number']}").says("→ 李梅")
    province.clock.set(province.clock.now() + timedelta(hours=1))
    page = open_task(registrar, case["number"])
    assert page.says("改派给李梅") and page.find(OPINION)
    token = page.find("input[name=csrf_token]")[0].get("value")
    path = page.answer.request.path
    assert registrar.post(f"{path}/hand-over", token, to="").status == 403
    leader.send(open_task(leader, case["number"], "all"), "form[action*='hand-over']", to="")
    assert open_task(registrar, case["number"]).says("没人领")


def second_registrar(province, office, name):
    with province.installation.sessions() as session:
        person = Person(name=name)
        session.add(person)
        session.flush()
        held = {"organisation_code": office, "role": "registrar", "from_": date(2026, 1, 1)}
        session.add(Appointment(person_id=person.id, **held))
        session.commit()
        return person.id


def test_who_decides_learns_first_that_the_family_wants_it_back(case, signed_in, province):
    browser = signed_in(f"leader.{P3}")
    page = open_task(browser, case["number"])
    with province.installation.sessions() as session:
        asked = {"withdrawal_asked_at": province.clock.now(), "withdrawal_reason": "不搬家了"}
        session.execute(update(Case).where(Case.number == case["number"]).values(**asked))
        session.commit()
    answer = decide(browser, page, "approve", opinion="我写的话")
    assert answer.status == 409
    assert answer.says("家长已申请撤回，您的意见没有提交") and answer.says("您写的“我写的话”没有生效")
    assert decide(browser, open_task(browser, case["number"]), "approve").status == 303


def test_a_withdrawn_case_says_so_to_whoever_still_writes(case, signed_in, province):
    browser = signed_in(f"leader.{P3}")
    page = open_task(browser, case["number"])
    body = {"reason": "不搬家了"}
    answer = province.call(f"registrar.{P3}", "POST", f"/cases/{case['number']}/withdraw", body)
    assert answer.status_code == 200
    answer = decide(browser, page, "approve", opinion="我写的话")
    assert answer.status == 409
    assert answer.says("这件已撤回，您的意见没有提交") and answer.says("您写的“我写的话”没有生效")


def test_news_tell_what_is_open_no_more(case, signed_in, province):
    browser = signed_in(f"leader.{P3}")
    task = province.task(case, P3, "leader")["id"]
    asked = f"/inbox/news?since=2026-03-05T09:00:00%2B08:00&ids={task},x"
    assert browser.get(asked).answer.json == {"n": 0, "gone": {}}
    province.decide(case, P3, "leader", "approve", opinion="同意。")
    told = browser.get(asked).answer.json["gone"]
    assert list(told) == [task] and told[task].endswith("办完")


def test_who_still_works_says_so(signed_in):
    assert signed_in(f"leader.{P3}").get("/sign-in/stay").status == 204


def test_who_prepared_does_not_decide_and_sees_why(case, signed_in, province):
    province.approve(case, P3)
    with province.installation.sessions() as session:
        account = session.scalars(select(Account).where(Account.username == f"registrar.{JINJIANG}")).one()
        both = {"organisation_code": JINJIANG, "role": "leader", "from_": date(2026, 1, 1)}
        as_leader = Appointment(person_id=account.person_id, **both)
        session.add(as_leader)
        session.commit()
    province.decide(case, JINJIANG, "registrar", "approve", opinion="材料齐全。")
    browser = signed_in(f"registrar.{JINJIANG}")
    choice = browser.get("/sign-in/appointment")
    browser.send(choice, "main form", appointment=str(as_leader.id))
    page = open_task(browser, case["number"])
    assert page.says("初核是您办的，核办要由另一位同事办") and not page.find(OPINION)


def test_a_deadline_is_explained_one_link_away(case, signed_in):
    browser = signed_in(f"leader.{P3}")
    task = open_task(browser, case["number"])
    assert "依据：《中小学生学籍管理办法》" in task.find(".checks details")[0].text_content()
    link = task.find("a.case-bar__why")[0]
    assert browser.get(link.get("href")).says(
        "3月2日（周一）收到，第二天起算。第 10 个工作日是 3月16日（周一）。"
    )
