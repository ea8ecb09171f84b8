"""What an application about a record must keep, one function each; a process lists the demands it makes.

A rule answers with what stands in the way, a member's check with what is wrong with it, or both with
nothing. How much they demand is policy: keys that begin with the process's own name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from registry.changes.actions import ACTIONS, IN_THE_WAY
from registry.changes.facts import Facts
from registry.violations import FieldError, Violation
from registry.windows import Opening, term_on
from registry.words import day_words, words

Rule = Callable[[Facts], Violation | None]
MemberCheck = Callable[[Facts], FieldError | None]
Reviews = Callable[[Facts], Sequence[str]]


def no_more(_facts: Facts) -> Sequence[str]:
    """No review besides those that policy asks for in this stage."""
    return ()


@dataclass(frozen=True)
class Demands:
    """The rules of a process, hardest first, and what its application's members must be besides.

    `reviews`: the levels (county, prefecture, province) that must look because of what is asked.
    """

    rules: tuple[Rule, ...]
    members: tuple[MemberCheck, ...] = ()
    reviews: Reviews = no_more


def may(action: str) -> Rule:
    """R05, R16: the status allows it (`registry.changes.actions`)."""
    allowed = ACTIONS[action]

    def status_allows(facts: Facts) -> Violation | None:
        status = facts.record.status
        if status in allowed:
            return None
        code, heading, remedy = IN_THE_WAY[status]
        message = words("现在不能办%(process)s。", process=words(facts.name))
        return Violation(code, heading, message, remedy, facts.basis(code), {"status": status})

    return status_allows


def for_stage(facts: Facts) -> Violation | None:
    """R04: the process is there for the student's stage (`<process>.stages`)."""
    stages = facts.rule("stages")
    if facts.record.stage in stages.value:
        return None
    return Violation(
        "R04",
        words("这个学段没有%(process)s", process=words(facts.name)),
        words("按规定，这个学段不能办。"),
        words("学籍保留。要办别的，请与学校商量。"),
        stages.basis,
        {"stage": facts.record.stage},
    )


def no_open_case(facts: Facts) -> Violation | None:
    """R10: another case holds the record."""
    if not facts.has_open_case:
        return None
    return Violation(
        "R10",
        words("孩子还有一件业务没办完"),
        words("一个孩子同时只能办一件业务。"),
        words("办完或撤回那件，再来提交。不知道是哪件？问原学校。"),
        facts.basis("R10"),
    )


def no_problem_record(facts: Facts) -> Violation | None:
    """R11: the record has a problem that its school must clear first."""
    if not facts.student.problem_record:
        return None
    return Violation(
        "R11",
        words("孩子的学籍有问题没处理完"),
        words("要先由学校处理。"),
        words("请打电话给%(school)s。处理好了我们发短信给您。", school=facts.school.short_name),
        facts.basis("R11"),
        {"process": "problem-record"},
    )


def open_now(facts: Facts) -> Violation | None:
    """R03: in none of the freezes of this process (`<process>.freeze`)."""
    freezes = facts.rule("freeze")
    times = Opening((), freezes.value, facts.policy["calendar.terms"].value)
    if times.is_open(facts.today):
        return None
    opens = times.next_after(facts.today)
    day = day_words(opens, facts.today) if opens else words("另行通知的日子")
    return Violation(
        "R03",
        words("现在不是办理时间"),
        words("下次从 %(day)s开始。", day=day),
        words("您填的会保留，到时发短信提醒您。"),
        freezes.basis,
        {"opens": opens.isoformat() if opens else None},
    )


def not_in_term(facts: Facts) -> Violation | None:
    """R04: not in the grades and terms that policy closes (`<process>.block`)."""
    blocks = facts.rule("block")
    term = term_on(facts.policy["calendar.terms"].value, facts.today).number
    ends = {"first": facts.stage.grade_from, "last": facts.stage.grade_to}
    for block in blocks.value:
        grade = ends.get(block["grade"], block["grade"])
        if block["term"] in (term, 0) and facts.record.grade == grade:
            return Violation(
                "R04",
                words("这个年级这学期不能办%(process)s", process=words(facts.name)),
                words("起始年级或毕业年级有限制。"),
                words("有特殊情况的，请与学校商量。"),
                blocks.basis,
                {"grade": grade, "term": term},
            )
    return None
