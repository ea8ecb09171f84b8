"""每一步: the stations of a case as its family sees them, from history and diagram (webapp.course)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from registry import policy
from webapp import course
from webapp.filters import cn_date, local_date
from webapp.services import Services
from webapp.track.offices import SENDING_SCHOOL, Named, Offices
from workflows import definitions
from workflows.model import OPEN, Clock, Task
from workflows.spiff import Execution

FILED, ENDING = "filed", "ending"
STATES = {
    "done": "已办完", "now": "正在办理", "next": "还没到", "returned": "等您补正", "refused": "没有同意",
    "stopped": "到此结束",
}  # fmt: skip
SPOKEN_NAME = "第 %(n)s 步，共 %(of)s 步，%(state)s，%(title)s"
# What happens by itself at the end, told as the last station.
ENDINGS = {"transfer": ("学籍转到%(to)s", "发转学联系函，可在这里下载")}


@dataclass(frozen=True)
class Stop:
    """One station: shape and words. `spoken` is what a screen reader says instead of the title."""

    key: str
    state: str
    title: str
    note: Markup | str = ""
    spoken: str = ""
    office: str = ""
    is_office: bool = False
    due: date | None = None


def of_case(services: Services, session: Session, case: Row[Any], *, knows_school: bool) -> list[Stop]:
    """All stations in order: what was done, where it is, what is still to come."""
    offices = Offices(session, case, knows_school=knows_school)
    ledger = Ledgers(services, session, case)
    stops = [Stop(FILED, "done", _("您提交了申请"), cn_date(case.opened_at))]
    allowed_told = False
    seen: set[str] = set()
    for station in course.stations(session, case):
        if station.key in seen:
            continue  # the two people of a review are one station
        seen.add(station.key)
        if station.state == course.RETURNED:
            station = replace(station, opened_at=_returned_at(session, case))  # noqa: PLW2901
        stops += _stops(station, offices, ledger, services.clock.now(), tell_allowed=not allowed_told)
        allowed_told = allowed_told or station.state == course.NEXT
    stops += _end(case)
    return [_spoken(stop, number, len(stops)) for number, stop in enumerate(stops, 1)]


def waiting(stops: Sequence[Stop]) -> Stop | None:
    """The station where it is now."""
    return next((stop for stop in stops if stop.state in ("now", "returned")), None)


def working_days(session: Session, case: Row[Any]) -> int:
    """How many working days each office has, by the policy of the day of filing."""
    key = f"{case.process}.step_sla_workdays"
    return int(policy.value(session, key, case.place, local_date(case.opened_at)).value)


def office_counts(session: Session, process: str, place: str, now: datetime) -> Mapping[str, int]:
    """How many offices decide, tried out on the diagram in force: inside one authority, inside a province."""
    compiled = definitions.compiled(session, definitions.in_force(session, process, place, now))
    plain = {"stage": "primary", "compulsory": True, "filed_by": "guardian", "same_province": True}
    reviews = {
        f"{side}_{level}_review": False
        for side in ("receiving", "sending")
        for level in ("county", "prefecture", "province")
    }
    found = {}
    for scope, same in (("same_authority", True), ("same_province", False)):
        rehearsal = course.Rehearsal(compiled)
        execution = Execution.start(compiled, plain | reviews | {"same_authority": same}, rehearsal)
        lanes: dict[str, None] = {}
        for _turn in range(course.LONGEST):
            steps = execution.open_steps()
            if not steps:
                break
            lanes[str(steps[0].lane)] = None
            execution.complete(steps[0].id, {"decision": _onward(steps[0]), "reason": ""})
        found[scope] = len(lanes)
    return found


class Ledgers:
    """The clocks of a case by station: working days used and allowed."""

    def __init__(self, services: Services, session: Session, case: Row[Any]) -> None:
        self.calendar = services.engine.calendar(session)
        connection = session.connection()
        self._clocks: dict[str, Row[Any]] = {}
        # The oldest of a station is the office's own; a correction by the family has another.
        mine = select(Clock.__table__).where(Clock.case_id == case.id).order_by(Clock.opened_at)
        for row in connection.execute(mine):
            self._clocks.setdefault(row.element.partition(".")[0], row)
        self.case_days = working_days(session, case)

    def clock(self, key: str) -> Row[Any] | None:
        return self._clocks.get(key)

    def used(self, key: str, now: datetime) -> int | None:
        """Working days that counted against the office, pauses left out."""
        clock = self._clocks.get(key)
        if clock is None or clock.budget is None:
            return None
        if clock.running_since is None:
            return int(clock.used)
        until = clock.closed_at or now
        return int(clock.used) + self.calendar.between(local_date(clock.running_since), local_date(until))


def _returned_at(session: Session, case: Row[Any]) -> datetime | None:
    """Since when the correction waits for the family."""
    return session.connection().scalar(
        select(Task.opened_at)
        .where(Task.case_id == case.id, Task.status == OPEN, Task.lane == course.STARTER)
        .limit(1)
    )


def _stops(
    station: course.Station, offices: Offices, ledger: Ledgers, now: datetime, *, tell_allowed: bool
) -> list[Stop]:
    office = offices.of_lane(station.lane, station.office)
    stop = Stop(
        key=station.key,
        state=station.state,
        title=_title(station, office, offices.knows_school),
        note=_note(station, ledger, now, tell_allowed=tell_allowed),
        office=office.name,
        is_office=station.key.endswith("_review"),
    )
    clock = ledger.clock(station.key)
    if station.state == course.NOW and clock is not None and clock.due_at is not None:
        stop = replace(stop, due=local_date(clock.due_at))
    if station.state != course.RETURNED:
        return [stop]
    onward = Stop(
        f"{station.key}.again", "next", _("%(office)s 继续审核", office=office.name), office=office.name
    )
    return [replace(stop, title=_("现在在您这里：补正"), is_office=False), replace(onward, is_office=True)]


def _title(station: course.Station, office: Named, knows_school: bool) -> str:
    if not station.key.endswith("_review"):
        return _step_title(station, office)
    name = office.name
    sending = station.lane == SENDING_SCHOOL
    if sending and knows_school and station.state != course.DONE_STATE:
        name = _("%(office)s（原学校）", office=office.name)
    if station.state == course.DONE_STATE:
        return _("%(office)s 同意", office=name)
    if station.state == course.REFUSED:
        return _("%(office)s 不同意", office=office.name)
    if station.state == course.NOW:
        return _("%(office)s正在办理", office=name)
    return _("%(office)s办理", office=name) if sending else _("%(office)s 审核", office=name)


def _step_title(station: course.Station, office: Named) -> str:
    """A single step of the diagram, such as the arrival."""
    if station.key == "confirm_arrival":
        told = {
            course.DONE_STATE: _("孩子已到%(office)s报到", office=office.name),
            course.REFUSED: _("孩子没有到%(office)s报到", office=office.name),
        }
        return told.get(station.state, _("带孩子到%(office)s报到", office=office.name))
    return station.name


def _note(station: course.Station, ledger: Ledgers, now: datetime, *, tell_allowed: bool) -> Markup | str:
    used = ledger.used(station.key, now)
    if station.state == course.NEXT:
        told = tell_allowed and station.key.endswith("_review")
        return _("收到后最多 %(n)s 个工作日", n=ledger.case_days) if told else ""
    if station.state == course.RETURNED:
        return Markup("{}{}{}").format(cn_date(station.opened_at), _("起。"), _paused(station, ledger, used))
    if station.state == course.NOW:
        clock = ledger.clock(station.key)
        if used is None or clock is None:
            return ""
        return _("第 %(n)s 个工作日，共 %(of)s 个", n=max(used, 1), of=clock.budget)
    ending = _("，业务结束") if station.state == course.REFUSED else ""
    if used is not None and not ending:
        ending = _("办完，用了 %(n)s 个工作日", n=used) if used else _("当天办完")
    return Markup("{}{}").format(cn_date(station.decided_at), ending)


def _paused(station: course.Station, ledger: Ledgers, used: int | None) -> str:
    clock = ledger.clock(station.key)
    if clock is None or clock.running_since is not None:
        return _("时限照常计算")
    return _("时限已暂停，学校还剩 %(n)s 个工作日", n=max((clock.budget or 0) - (used or 0), 0))


def _end(case: Row[Any]) -> list[Stop]:
    """What the way leads to; nothing more where it ended before."""
    if case.status in ("refused", "terminated"):
        return []
    if case.status == "withdrawn":
        return [Stop(ENDING, "stopped", _("已撤回"), cn_date(case.closed_at))]
    title, note = ENDINGS.get(case.process, ("办好", ""))
    facts = {"to": case.summary.get("to", {}).get("name", "")}
    done = case.status == "completed"
    when = cn_date(case.closed_at) if done else _(note) if note else ""
    return [Stop(ENDING, "done" if done else "next", _(title) % facts, when)]


def _spoken(stop: Stop, number: int, of: int) -> Stop:
    words = _(SPOKEN_NAME) % {"n": number, "of": of, "state": _(STATES[stop.state]), "title": stop.title}
    return replace(stop, spoken=words)


def _onward(step: Any) -> str:
    own = step.element.attributes.get("decisions") or (
        step.box.attributes.get("decisions") if step.box else ""
    )
    return (own or "approve").split()[0]
