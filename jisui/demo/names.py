"""Invented names, ID numbers and telephone numbers, the same in every demo."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.cn.ric import calc_check_digit

SURNAMES = "陈林黄张吴李郑王刘苏杨叶许邱方周谢蔡曾洪庄施柯潘何罗江邓赖翁"
GIVEN = (
    "子轩 雨桐 浩然 欣怡 宇航 梓涵 思远 佳琪 俊杰 诗涵 明哲 语嫣 嘉豪 若彤 文博 晨曦 睿 静怡 志远 可欣 "
    "天佑 梦瑶 家乐 婉清 承志 紫萱 建业 心怡 博文 雅雯 伟 芳 宁 敏 磊 洁 安 悦 涛 倩"
).split()
ADULTS = "建国 志强 秀珍 丽华 国华 淑芬 文斌 晓东 美玲 永辉 雅文 海燕 立 慧敏 俊 玉兰 振华 桂香 明 燕".split()


@dataclass(frozen=True)
class Child:
    name: str
    sex: str
    birth_date: date
    id_number: str


class Names:
    """A run of invented people; the same seed gives the same people."""

    def __init__(self, seed: int = 2026) -> None:
        self._random = random.Random(seed)  # noqa: S311  (invented data, not secrets)
        self._serials: dict[tuple[str, date], int] = {}

    def adult(self) -> str:
        return self._random.choice(SURNAMES) + self._random.choice(ADULTS)

    def child(self, division: str, grade: int, school_year: int) -> Child:
        """A child of the right age for a grade in the school year that began in `school_year`."""
        first = date(school_year - grade - 6, 9, 1)
        born = first + timedelta(days=self._random.randrange(365))
        serial = self._serials.get((division, born), 100) + 1
        self._serials[division, born] = serial
        body = f"{division}{born:%Y%m%d}{serial:03d}"
        sex = "1" if serial % 2 else "2"
        name = self._random.choice(SURNAMES) + self._random.choice(GIVEN)
        return Child(name, sex, born, body + calc_check_digit(body + "0"))

    def phone(self) -> str:
        return f"138{self._random.randrange(10**8):08d}"

    def relation(self) -> str:
        return self._random.choice(("father", "mother"))
