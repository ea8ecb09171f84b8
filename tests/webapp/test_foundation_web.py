"""What holds for every answer: headers, limits, words instead of traces, sign-in, sessions."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.webapp.browser import Browser
from webapp import attempts, sessions
from webapp.accounts import WebSession
from webapp.services import real_now
from webapp.sessions import token_digest

OFFICIALS_PAGES = ["/inbox", "/office", "/students", "/cases/ZX350582-2026-00001", "/sign-in/appointment"]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@pytest.fixture
def browser(province):
    return Browser(province.client.application)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nothing", "/apply/transfer", "/track"])
def test_every_page_comes_with_strict_headers(browser, path):
    headers = browser.get(path).answer.headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{2}", headers["X-Request-Id"])


@pytest.mark.parametrize(("path", "status"), [("/api/v1/evidence", 401), ("/apply/transfer/evidence", 413)])
def test_a_refused_upload_is_read_to_its_end(province, path, status):
    body = io.BytesIO(bytes(20_000_001))
    answer = province.client.post(
        path,
        input_stream=body,
        content_length=20_000_001,
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == status
    assert body.read() == b""


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nothing"])
def test_no_page_has_an_inline_style_or_script(browser, path):
    page = browser.get(path)
    assert not page.find("//*[@style]") and not page.find("//style")
    assert not page.find("//script[not(@src)]") and not page.find("//@*[starts-with(name(), 'on')]")


def test_looking_around_leaves_no_cookie(browser):
    assert "Set-Cookie" not in browser.get("/").answer.headers
    assert "Set-Cookie" not in browser.get("/nothing").answer.headers


def test_what_fails_inside_is_not_told_outside(province, browser, monkeypatch):
    app = province.client.application
    monkeypatch.setitem(app.view_functions, "home.start", _breaks)
    answer = browser.get("/")
    assert answer.status == 500
    assert "secret of the house" not in answer.answer.text and "Traceback" not in answer.answer.text
    assert answer.says(answer.answer.headers["X-Request-Id"])


def _breaks():
    raise RuntimeError("secret of the house")


_breaks.action = "public"  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", OFFICIALS_PAGES)
def test_the_work_bench_is_for_those_who_signed_in(browser, path):
    answer = browser.get(path)
    assert answer.status == 303
    assert answer.answer.location.startswith("/sign-in")


def test_a_form_without_its_token_is_not_taken_and_nothing_typed_is_lost(browser):
    answer = browser.post("/sign-out", opinion="材料齐全，写了很久。")
    assert answer.status == 400
    assert answer.says("页面过期了") and answer.says("材料齐全，写了很久。")


def test_a_form_of_another_site_is_not_taken(browser):
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert browser.client.post("/display", data={"large": "1"}, headers=headers).status_code == 403


def test_a_request_may_not_be_large(browser):
    assert browser.client.post("/display", data={"back": "a" * 2_000_000}).status_code == 413


def test_large_type_is_one_switch_that_comes_back_to_the_page(browser):
    page = browser.get("/nothing?a=1")
    answer = browser.send(page, "form.type-switch")
    assert answer.answer.location == "/nothing?a=1"
    page = browser.follow(answer)
    assert "large-type" in page.find("//html")[0].get("class")
    assert page.find("form.type-switch button")[0].text_content() == "标准版"


def test_the_switch_leads_nowhere_else(browser):
    answer = browser.post("/display", large="1", back="//evil.example/")
    assert answer.answer.location == "/"


def test_signing_in_leads_to_the_page_one_wanted(browser):
    page = browser.get("/sign-in?next=/office")
    form = "//form[.//input[@name='password']]"
    answer = browser.send(page, form, username="leader.350102", password="jisui-demo-2026")
    assert answer.answer.location == "/office"
    assert browser.follow(answer).says("本单位概况")


def test_signing_in_never_leads_to_another_site(browser):
    page = browser.get("/sign-in?next=//evil.example/")
    form = "//form[.//input[@name='password']]"
    answer = browser.send(page, form, username="leader.350102", password="jisui-demo-2026")
    assert answer.answer.location == "/inbox"


@pytest.mark.parametrize("username", ["leader.350102", "nobody.at.all"])
def test_a_wrong_password_and_an_unknown_name_are_told_alike(browser, username):
    answer = browser.sign_in(username, password="wrong")
    assert answer.status == 422
    assert answer.says("用户名或密码不对")


def test_five_wrong_tries_lock_the_name_for_a_quarter_of_an_hour(province, browser):
    for _ in range(5):
        assert browser.sign_in("leader.350102", password="wrong").status == 422
    answer = browser.sign_in("leader.350102")
    assert answer.status == 429
    assert answer.says("试错 5 次，请 15 分钟后再试，或请管理员解锁")
    assert browser.sign_in("leader.350582").status == 303


def test_the_right_password_starts_the_count_again(browser, province):
    for _ in range(4):
        browser.sign_in("leader.350102", password="wrong")
    assert browser.sign_in("leader.350102").status == 303
    again = Browser(province.client.application)
    assert again.sign_in("leader.350102", password="wrong").status == 422


def test_signing_out_ends_the_session_for_good(signed_in, province):
    browser = signed_in("leader.350102")
    token = browser.client.get_cookie("jisui").value
    page = browser.get("/inbox")
    assert browser.send(page, "form[action='/sign-out']").status == 303
    browser.client.set_cookie("jisui", token)
    assert browser.get("/inbox").status == 303
    with province.installation.sessions() as session:
        assert session.get(WebSession, token_digest(token)).revoked_at is not None


def test_signing_in_takes_a_new_session(browser):
    browser.get("/sign-in")
    before = browser.client.get_cookie("jisui").value
    browser.sign_in("leader.350102")
    assert browser.client.get_cookie("jisui").value != before


def test_a_session_ends_when_nobody_works(signed_in, province):
    browser = signed_in("leader.350102")
    with province.installation.sessions() as session:
        session.execute(update(WebSession).values(last_seen_at=real_now() - timedelta(minutes=31)))
        session.commit()
    assert browser.get("/inbox").status == 303


def test_asking_for_news_does_not_keep_a_session_alive(signed_in, province):
    browser = signed_in("leader.350102")
    earlier = real_now() - timedelta(minutes=20)
    with province.installation.sessions() as session:
        session.execute(update(WebSession).values(last_seen_at=earlier))
        session.commit()
    assert browser.get("/inbox/news?since=2026-03-02T09:00:00%2B08:00").answer.json["n"] == 0
    with province.installation.sessions() as session:
        seen = session.scalars(select(WebSession.last_seen_at).order_by(WebSession.last_seen_at)).all()
    assert abs(seen[-1] - earlier) < timedelta(seconds=1)


def test_a_cookie_from_nowhere_is_no_session(browser):
    browser.client.set_cookie("jisui", "x" * 43)
    assert browser.get("/inbox").status == 303


def test_exactly_so_many_tries_go_through(province):
    opened = province.installation.services.sessions
    options = {"limit": 5, "within": timedelta(minutes=10)}
    now = real_now()
    passed = [attempts.allowed(opened, "test", "key", now=now, **options) for _ in range(8)]
    assert passed == [True] * 5 + [False] * 3
    assert attempts.allowed(opened, "test", "other key", now=now, **options)
    assert attempts.allowed(opened, "test", "key", now=now + timedelta(minutes=10), **options)


def test_sessions_and_counts_that_are_over_are_forgotten(signed_in, province):
    browser, services = signed_in("leader.350102"), province.installation.services
    token, now = browser.client.get_cookie("jisui").value, real_now()
    attempts.allowed(services.sessions, "test", "key", limit=5, within=timedelta(days=1), now=now)
    for later, is_kept in ((timedelta(minutes=20), True), (timedelta(days=3), False)):
        with province.installation.sessions() as session:
            sessions.forget_old(session, services.settings, now + later)
            attempts.forget_old(session, now + later)
            session.commit()
            assert (session.get(WebSession, token_digest(token)) is not None) == is_kept
            assert (session.scalar(select(attempts.Attempt.n).limit(1)) is not None) == is_kept


def test_who_is_unknown_to_the_office_gets_no_further_than_the_door(signed_in):
    assert signed_in("policy.350000").get("/inbox").status == 403
