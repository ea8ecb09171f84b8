"""Every refusal becomes a page or a problem document, by its class. Nothing of the inside is told.

Words: what happened, comma, what to do.
"""

from __future__ import annotations

import traceback
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from webapp.redirects import relative
from workflows.errors import WorkflowError

log = structlog.get_logger(__name__)

PAGES = {
    400: (_l("没有看懂这个请求"), _l("请回到上一页，再试一次。")),
    401: (_l("不知道您是谁"), _l("请带上有效的令牌。")),
    403: (_l("您的身份不能办这件事"), _l("请换一个身份，或请有权的同事来办。")),
    404: (_l("没有这个页面"), _l("请看一看地址对不对。没有这件，或者它不在您单位，也是这一页。")),
    405: (_l("这个地址不能这样用"), _l("请回到上一页，再试一次。")),
    409: (_l("别人先了一步"), _l("请刷新页面，看看现在的情况。")),
    413: (_l("内容太大了"), _l("请传 10 MB 以内的文件，或直接拍照。")),
    415: (_l("打不开这种文件"), _l("请传照片或 PDF。")),
    429: (_l("试得太多了"), _l("请 10 分钟后再来。")),
    500: (_l("没有办成，请再试一次"), ""),
    503: (_l("打不开，请重试"), _l("请过一会儿再来。")),
}

RETRY_SECONDS = 5

# Headers of an error that say what to do.
TOLD = frozenset({"Allow", "WWW-Authenticate"})

# What the engine refuses: status, words.
REFUSALS = {
    "case.not_found": (404, _l("没有这件，或者它不在您单位")),
    "case.closed": (409, _l("这件已经结束，请看办理结果")),
    "case.open_exists": (422, _l("学生还有一件业务没办完，办完或撤回后再来")),
    "case.withdrawal_not_allowed": (403, _l("只有发起的学校能撤回，请联系它")),
    "case.start_not_allowed": (403, _l("您单位不能发起这项业务，请联系能发起的学校")),
    "process.not_found": (404, _l("没有这项业务，请看一看地址对不对")),
    "task.not_found": (404, _l("没有这件，或者它不在您单位")),
    "task.already_decided": (409, _l("这件已由别人办完，您的意见没有提交")),
    "task.claimed": (409, _l("同事正在办这件，请等他放回，或请主管领导改派")),
    "task.not_your_role": (403, _l("这一步由另一个角色办，请等同事来办")),
    "task.same_person": (403, _l("初核和核办不能是同一个人，请换一位同事核办")),
    "task.decision_not_offered": (422, _l("这一步没有这个选项，请刷新页面再选")),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(CSRFError, expired)
    app.register_error_handler(RateLimitExceeded, http_error)
    app.register_error_handler(WorkflowError, refused)
    app.register_error_handler(OperationalError, overloaded)
    app.register_error_handler(DataError, unreadable)
    app.register_error_handler(DBAPIError, unexpected)
    app.register_error_handler(Exception, unexpected)


def wants_problem() -> bool:
    return request.path.startswith("/api/")


def http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None and status < 400:
        return error.response
    if status == 401 and not wants_problem():
        return _to_sign_in()
    answer = page(status, retry_after=getattr(error, "retry_after", None))
    answer[2].update({name: value for name, value in error.get_headers() if name in TOLD})
    return answer


def refused(error: WorkflowError) -> ResponseReturnValue:
    status, words = REFUSALS.get(error.code, (409, _l("没有办成，请刷新页面再试")))
    return page(status, heading=str(words), code=error.code)


def expired(error: CSRFError) -> ResponseReturnValue:  # noqa: ARG001
    """The form was open too long: its words are shown so that nothing typed is lost."""
    typed = [
        value for name, value in request.form.items() if name in ("opinion", "explanation") and value.strip()
    ]
    return render_template("errors/expired.html", typed=typed, back=_came_from()), 400


def _came_from() -> str:
    """The page the form stood on, where the browser tells it; some forms post to an address of their own."""
    told = urlsplit(request.referrer or "")
    back = (
        relative(told.path + (f"?{told.query}" if told.query else ""))
        if told.netloc == request.host
        else None
    )
    return back or request.path


def overloaded(error: OperationalError) -> ResponseReturnValue:
    """The database is away, or somebody holds a lock for too long: nothing was changed, worth another try."""
    why = type(error.orig).__name__
    log.error("database away", request_id=g.get("request_id"), route=str(request.url_rule), why=why)
    return page(503, retry_after=RETRY_SECONDS)


def unreadable(_error: DataError) -> ResponseReturnValue:
    """Text that the database cannot hold (a NUL byte): whoever sent it gets it back."""
    return page(400)


def unexpected(error: Exception) -> ResponseReturnValue:
    """Told in the log with the request's number, without the values of variables (they hold names)."""
    trace = "".join(traceback.format_exception(error, limit=-12))
    log.error("request failed", request_id=g.get("request_id"), route=str(request.url_rule), trace=trace)
    try:
        return page(500)
    except Exception:  # the page itself may be what fails
        return (
            f"{PAGES[500][0]}\n{g.get('request_id', '')}\n",
            500,
            {"Content-Type": "text/plain; charset=utf-8"},
        )


def page(
    status: int, heading: str = "", code: str = "", retry_after: object = None
) -> tuple[Response | str, int, dict[str, str]]:
    """The page, or problem document (RFC 9457), for a status."""
    words, advice = PAGES.get(status, PAGES[500 if status >= 500 else 400])
    title = heading or str(words)
    headers = {"Retry-After": str(int(float(str(retry_after))))} if retry_after else {}
    if wants_problem():
        body = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "request_id": g.get("request_id", ""),
        }
        more = {"detail": "" if heading else str(advice), "code": code}
        answer = jsonify(body | {name: text for name, text in more.items() if text})
        answer.content_type = "application/problem+json"
        return answer, status, headers
    text = render_template(
        "errors/error.html",
        status=status,
        heading=title,
        advice="" if heading else str(advice),
        request_id=g.get("request_id", ""),
    )
    return text, status, headers


def _to_sign_in() -> ResponseReturnValue:
    target = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("sign_in.sign_in", next=target) if target else url_for("sign_in.sign_in"), 303)
