"""Why an office may refuse a transfer: the catalogue of reasons.

R17 (fee disputes, quotas of exam results, "the school does not let go") is no
lawful ground and is deliberately not offered anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from registry.statuses import COMPULSORY_STAGES

ALL_STAGES = ("primary", "junior", "senior")


@dataclass(frozen=True)
class Reason:
    """A ground for refusal.

    `requires`: what must come with it, of ``words``, ``vacancies`` (the figure)
    and ``file``; `requires_compulsory`: besides, in the compulsory stage.
    `private`: the words are for the offices that decide; families and the other
    side read only the reason. `offered`: people may choose it; the others are
    found by the pre-check.
    """

    code: str
    words: str
    requires: tuple[str, ...] = ("words",)
    requires_compulsory: tuple[str, ...] = ()
    private: bool = False
    stages: tuple[str, ...] = ALL_STAGES
    offered: bool = True

    def requires_in(self, stage: str) -> tuple[str, ...]:
        """What must come with this reason in a case of this stage."""
        return self.requires + (self.requires_compulsory if stage in COMPULSORY_STAGES else ())


CATALOGUE = {
    reason.code: reason
    for reason in (
        Reason("R01", "学位已满", requires=("vacancies",)),
        Reason("R02", "没有户口、住址或工作变动"),
        Reason("R03", "不在办理时间内", offered=False),
        Reason("R04", "起始年级或毕业年级的限制", offered=False),
        Reason("R05", "学生正在休学", private=True, offered=False),
        Reason("R06", "学生在处分期内", private=True),
        Reason("R07", "同一学区、同一城区内不能转学"),
        Reason("R08", "学校等级、成绩或班级类型不符合规定", stages=("senior",)),
        Reason("R09", "转学不能换年级", offered=False),
        Reason("R10", "学生还有一件业务没办完", private=True, offered=False),
        Reason("R11", "学籍有问题没处理完", private=True, offered=False),
        Reason("R12", "姓名、学籍号或证件信息对不上"),
        Reason("R13", "材料不全、看不清或者不真实"),
        Reason("R14", "民办学校招生计划已满", stages=COMPULSORY_STAGES),
        Reason("R15", "监护关系有疑问", private=True),
        Reason("R16", "学生已经毕业或离校", private=True),
        Reason("R99", "其他", requires_compulsory=("file",)),
    )
}


def offered(stage: str) -> list[Reason]:
    """The reasons an official may choose from in a case of this stage."""
    return [reason for reason in CATALOGUE.values() if reason.offered and stage in reason.stages]
