"""The rules a transfer must keep before it is filed, one function each.

What a rule demands comes from policy; here stands only what it means. Each
answer has a heading, a sentence, a remedy and its legal basis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from registry import statuses
from registry.organisations import Organisation, SchoolStage
from registry.places import Places
from registry.policy import Rules
from registry.students import Student, StudentRecord
from registry.violations import Violation
from registry.windows import Opening, term_on
from registry.words import day_words, grade_words, words


@dataclass(frozen=True)
class Facts:
    """What the rules look at: the student, where they are, where they want to go, by which policy."""

    student: Student
    record: StudentRecord
    present_school: Organisation
    present_stage: SchoolStage | None
    receiving_school: Organisation
    receiving_stage: SchoolStage | None
    grade: int
    ground: str
    places: Places
    today: date
    policy: Rules
    has_open_case: bool


def opening(policy: Rules) -> Opening:
    """When transfers may be filed, by this policy."""
    return Opening(
        policy["transfer.windows"].value,
        policy["transfer.freeze"].value,
        policy["calendar.terms"].value,
    )


def not_now(facts: Facts) -> Violation | None:
    """R03: outside the window, or in the summer freeze."""
    times = opening(facts.policy)
    if times.is_open(facts.today):
        return None
    opens = times.next_after(facts.today)
    frozen = not Opening((), times.freezes, times.terms).is_open(facts.today)
    message = (
        words("下次从 %(day)s开始。", day=day_words(opens, facts.today))
        if opens
        else words("下次办理时间还没有公布。")
    )
    return Violation(
        "R03",
        words("现在不是办理时间"),
        message,
        words("您填的会保留，到时发短信提醒您。"),
        facts.policy["transfer.freeze" if frozen else "transfer.windows"].basis,
        {"opens": opens.isoformat() if opens else None},
    )


def wrong_grade_and_term(facts: Facts) -> Violation | None:
    """R04: first term of a starting grade, last term of a graduating grade, as policy says."""
    blocks = facts.policy["transfer.block"]
    term = term_on(facts.policy["calendar.terms"].value, facts.today).number
    for block in blocks.value:
        if block["term"] == term and facts.grade == _grade_of(block["grade"], facts):
            return _blocked(block["grade"], term, blocks.basis)
    return None


def suspended(facts: Facts) -> Violation | None:
    """R05: a suspended student resumes first."""
    if facts.record.status != statuses.SUSPENDED:
        return None
    until = facts.record.status_until
    message = (
        words("到 %(day)s为止。", day=day_words(until, facts.today)) if until else words("休学期间不能转学。")
    )
    remedy = words("先办复学，病好了可以提前办。")
    details = {"process": "resumption", "until": until.isoformat() if until else None}
    return Violation("R05", words("孩子正在休学"), message, remedy, _basis(facts, "R05"), details)


def level_too_high(facts: Facts) -> Violation | None:
    """R08: where policy says so, senior students move only to a school of the same level or below."""
    rule = facts.policy["transfer.senior.level_rule"]
    here, there = facts.present_stage, facts.receiving_stage
    if rule.value == "off" or here is None or there is None or there.stage != "senior":
        return None
    if not (here.level == "ordinary" and there.level == "model"):
        return None
    return Violation(
        "R08",
        words("不能转到等级更高的学校"),
        words("普通高中只能转到同级或下级的学校。"),
        words("请选同级的学校。"),
        rule.basis,
    )


def other_grade(facts: Facts) -> Violation | None:
    """R09: a transfer does not change the grade, so the receiving school must teach it."""
    if facts.receiving_stage is not None and facts.grade == facts.record.grade:
        return None
    return Violation(
        "R09",
        words("年级不一样"),
        words("转学不能换年级。"),
        words("请选有%(grade)s的学校。", grade=grade_words(facts.record.grade)),
        _basis(facts, "R09"),
        {"grade": facts.record.grade},
    )


def open_case(facts: Facts) -> Violation | None:
    """R10: another case holds the record (2002)."""
    if not facts.has_open_case:
        return None
    return Violation(
        "R10",
        words("孩子还有一件业务没办完"),
        words("一个孩子同时只能办一件业务。"),
        words("办完或撤回那件，再来提交。不知道是哪件？问原学校。"),
        _basis(facts, "R10"),
    )


def problem_record(facts: Facts) -> Violation | None:
    """R11: the record has a problem that its school must clear first (2003)."""
    if not facts.student.problem_record:
        return None
    return Violation(
        "R11",
        words("孩子的学籍有问题没处理完"),
        words("要先由原学校处理。"),
        words(
            "请打电话给%(school)s。处理好了我们发短信给您。",
            school=facts.present_school.short_name or facts.present_school.name,
        ),
        _basis(facts, "R11"),
        {"process": "problem-record"},
    )


def left(facts: Facts) -> Violation | None:
    """R16: who has graduated, left or died cannot transfer."""
    if facts.record.status in (statuses.ENROLLED, statuses.SUSPENDED):
        return None
    return Violation(
        "R16",
        words("孩子已经毕业或离校"),
        words("不能转学。"),
        words("升学、复学请看办事指南。"),
        _basis(facts, "R16"),
    )


def full(facts: Facts) -> Violation | None:
    """R01: no place in the grade. It warns; whether it stops is policy."""
    if facts.receiving_stage is None or facts.places.free > 0:
        return None
    return Violation(
        "R01",
        words("%(grade)s满员了", grade=grade_words(facts.grade)),
        words("%(capacity)s 个学位都满了。", capacity=facts.places.capacity),
        words("可以换一所学校；也可以继续提交，由教育局另行安排。"),
        _basis(facts, "R01"),
        {"capacity": facts.places.capacity, "taken": facts.places.taken},
    )


def mismatch(policy: Rules) -> Violation:
    """R12: number and name do not fit. It is the same for an unknown number, and says no more."""
    basis = policy["transfer.rule_basis"].value["R12"]
    return Violation(
        "R12",
        words("姓名和学籍号对不上"),
        words("姓名和学籍号对不上。"),
        words("请检查这两项，照学生证填。"),
        basis,
    )


# Hardest first: what can never be, what must be cleared elsewhere, what only needs time or another school.
REFUSING: tuple[Callable[[Facts], Violation | None], ...] = (
    left,
    suspended,
    problem_record,
    open_case,
    wrong_grade_and_term,
    other_grade,
    level_too_high,
    not_now,
)


def broken(facts: Facts) -> Iterator[Violation]:
    """Every refusing rule that is not kept, hardest first."""
    return (violation for rule in REFUSING if (violation := rule(facts)) is not None)


def lifted(facts: Facts) -> frozenset[str]:
    """The rules that policy waives for this ground (现役军人调动)."""
    waivers = facts.policy["transfer.waivers"].value
    return frozenset(code for w in waivers if w["ground"] == facts.ground for code in w["lifts"])


def _basis(facts: Facts, code: str) -> str:
    return str(facts.policy["transfer.rule_basis"].value[code])


def _grade_of(name: str | int, facts: Facts) -> int | None:
    """``first`` and ``last`` are the starting and graduating grade of the stage the student is in."""
    if isinstance(name, int):
        return name
    stage = facts.present_stage or facts.receiving_stage
    if stage is None:
        return None
    return stage.grade_from if name == "first" else stage.grade_to


def _blocked(grade: str | int, term: int, basis: str) -> Violation:
    if grade == "first":
        heading, wait = words("起始年级上学期不能转学"), words("等下学期再办。")
    elif grade == "last":
        heading, wait = words("毕业年级下学期不能转学"), words("等升学时再办。")
    else:
        heading, wait = words("这个年级这学期不能转学"), words("请过了这学期再办。")
    remedy = words("军人调动的，请选“军人调动”并上传调令。")
    return Violation("R04", heading, wait, remedy, basis, {"grade": grade, "term": term})
