"""办理依据: which text each rule of a transfer rests on, since when and where. All of it is policy data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import policy
from registry.policy import NATION, PolicyValue, Rules
from webapp.apply.blueprint import bp
from webapp.apply.guide import home_division
from webapp.apply.questions import today
from webapp.apply.situations import situations
from webapp.database import database
from webapp.rights import public
from webapp.services import services

# What a family meets that rests on a text; what is our own default rests on none.
MATTERS = {
    "transfer.step_sla_workdays": _l("每个单位的办理期限"),
    "transfer.block": _l("毕业年级"),
    "transfer.freeze": _l("暑期暂停办理"),
    "transfer.waivers": _l("军人子女"),
    "transfer.archive_paper_deadline": _l("纸质档案"),
    "transfer.appeal": _l("不服这个决定"),
}
DEFAULTS = "1"  # the version of what this product fixes for the country; it is no text with a date


@dataclass(frozen=True)
class Ground:
    """A matter, the text it rests on, where that holds; from which day it is applied, if a text says so."""

    matter: str
    text: str
    place: str
    since: date | None


@bp.get("/transfer/basis")
@public
def basis() -> ResponseReturnValue:
    rules = policy.rules(database(), home_division(database()), today())
    by_rule = rules["transfer.rule_basis"].value
    return render_template(
        "apply/basis.html",
        grounds=grounds(database(), rules),
        rules=[(code, heading, by_rule[code]) for code, heading, _words in situations() if code in by_rule],
    )


def grounds(session: Session, rules: Rules) -> list[Ground]:
    """What holds at a place on a day, in the order of MATTERS."""
    stored = {
        (row.key, row.place, row.version): row
        for row in session.scalars(select(PolicyValue).where(PolicyValue.key.in_(MATTERS)))
    }
    found = []
    for key, matter in MATTERS.items():
        value = rules[key]
        place = _("全国") if value.place == NATION else services().settings.place
        row = stored[key, value.place, value.version]
        since = row.from_ if row.version != DEFAULTS else None
        found.append(Ground(str(matter), value.basis, place, since))
    return found
