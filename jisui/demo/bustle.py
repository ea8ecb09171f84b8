"""An ordinary winter at the generated schools of 台江区: what makes its inbox and overview worth a look.

Each line is one family from 石狮市, or from within 台江区; the day is the one on which the county
had it on its desk (for `school`: on which the family filed).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from jisui.demo.places import GENERATED
from jisui.demo.stage import EXPLANATIONS, Stage, at
from registry import calendar
from registry.calendar import CHINA

CODES = {school.short_name: school.code for school in GENERATED}
LINES = """
1-07 凤里小学 2 义洲小学 done
1-08 湖滨小学 4 茶亭小学 refused R13 房产证的地址和申请上写的不一样。
1-13 凤里小学 5 鳌峰小学 done
1-14 湖滨小学 2 义洲小学 refused R02 现住址没有变动，户口也没有迁。
1-15 石狮初中 8 茶亭初中 done
1-16 茶亭小学 4 鳌峰小学 withdrawn 找到了离家更近的学校
1-20 凤里小学 4 茶亭小学 refused R13 租房合同缺最后一页。
1-21 湖滨小学 5 鳌峰小学 done
1-23 凤里小学 3 义洲小学 refused R07 两所学校在同一学区。
1-28 湖滨小学 3 茶亭小学 done
1-30 石狮初中 8 茶亭初中 refused R13 户口簿看不清。
2-03 凤里小学 2 鳌峰小学 done
2-04 湖滨小学 4 义洲小学 refused R02 工作单位没有变动。
2-05 义洲小学 2 鳌峰小学 full
2-09 凤里小学 5 茶亭小学 claimed
2-10 湖滨小学 2 义洲小学 leader
2-11 石狮初中 8 茶亭初中 leader
2-11 湖滨小学 3 鳌峰小学 returned
2-12 凤里小学 3 鳌峰小学 registrar
2-13 湖滨小学 5 义洲小学 claimed
2-14 凤里小学 2 茶亭小学 leader
2-24 湖滨小学 4 鳌峰小学 registrar
2-24 凤里小学 4 义洲小学 leader
2-24 石狮初中 8 茶亭初中 returned
2-25 湖滨小学 3 茶亭小学 registrar
2-25 凤里小学 5 义洲小学 leader
2-26 湖滨小学 2 鳌峰小学 registrar
2-26 凤里小学 3 茶亭小学 registrar
2-27 石狮初中 8 茶亭初中 registrar
2-27 湖滨小学 5 茶亭小学 leader
2-27 凤里小学 2 鳌峰小学 registrar
2-28 湖滨小学 4 义洲小学 registrar
2-28 凤里小学 4 茶亭小学 registrar
2-13 茶亭小学 5 鳌峰小学 school
2-25 茶亭小学 2 义洲小学 school
2-26 石狮初中 8 茶亭初中 school
2-27 义洲小学 4 鳌峰小学 school
2-28 鳌峰小学 5 义洲小学 school
"""


@dataclass
class Line:
    """One family's case: who asked for what, and how far it has come."""

    stage: Stage
    day: date
    sender: str
    grade: int
    to: str
    words: tuple[str, ...]
    number: int

    def play(self, ending: str) -> None:
        case_id = self._file()
        if ending == "school":
            return
        ENDINGS[ending](self, case_id)

    def _file(self) -> UUID:
        ground = tuple(EXPLANATIONS)[self.number % len(EXPLANATIONS)]
        self.stage.now = self._at(self.day, 8)
        child = self.stage.next_child(self.sender, self.grade)
        return self.stage.file(child, self.to, sender=self.sender, grade=self.grade, ground=ground)

    def reach_county(self, case_id: UUID) -> None:
        self.stage.now = self._at(self.day, 9)
        self.stage.office_agrees(case_id)

    def later(self, days: int) -> None:
        """So many working days after the day of arrival."""
        working = calendar.working_days(self.stage.session)
        self.stage.now = self._at(working.add(self.day, days), 14)

    def _at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour, self.number * 7 % 60), CHINA)


def add_bustle(stage: Stage) -> None:
    """All of them, one after the other."""
    for number, text in enumerate(LINES.strip().splitlines()):
        when, sender, grade, to, ending, *words = text.split()
        month, day = map(int, when.split("-"))
        line = Line(stage, at(month, day).date(), CODES[sender], int(grade), CODES[to], tuple(words), number)
        line.play(ending)


def waits_for_registrar(line: Line, case_id: UUID) -> None:
    line.reach_county(case_id)


def waits_for_leader(line: Line, case_id: UUID) -> None:
    line.reach_county(case_id)
    line.later(1)
    line.stage.now = min(line.stage.now, at(3, 2, 8, 30))
    line.stage.decide(case_id, words="材料齐全，住址属实。")


def is_claimed(line: Line, case_id: UUID) -> None:
    """A colleague took it a minute before the demo's start; half an hour later it is free again."""
    line.reach_county(case_id)
    line.stage.now = at(3, 2, 8, 59)
    line.stage.days_pass(case_id)
    line.stage.claim(case_id)


def is_returned(line: Line, case_id: UUID) -> None:
    line.reach_county(case_id)
    line.later(1)
    line.stage.decide(case_id, "return", items=[{"pointer": "/evidence/1", "text": "缺最后一页，请补传。"}])


def is_refused(line: Line, case_id: UUID) -> None:
    line.reach_county(case_id)
    line.later(3)
    reason, words = line.words
    line.stage.office_refuses(case_id, reason, words)


def is_full(line: Line, case_id: UUID) -> None:
    """The school is full; the county gets a placement case."""
    line.later(1)
    line.stage.office_refuses(case_id, "R01", "本年级学位已满。", vacancies=0)


def is_withdrawn(line: Line, case_id: UUID) -> None:
    line.later(1)
    line.stage.withdraw(case_id, line.to, line.words[0])


def is_done(line: Line, case_id: UUID) -> None:
    line.reach_county(case_id)
    for days in (2, 3, 5):
        line.later(days)
        line.stage.office_agrees(case_id)
    line.later(8)
    line.stage.hand_over(case_id)


ENDINGS: dict[str, Callable[[Line, UUID], None]] = {
    "registrar": waits_for_registrar,
    "leader": waits_for_leader,
    "claimed": is_claimed,
    "returned": is_returned,
    "refused": is_refused,
    "full": is_full,
    "withdrawn": is_withdrawn,
    "done": is_done,
}
