"""What diagrams may name: the lists that the lint compares against."""

from __future__ import annotations

from forms.process import declared
from registry import policy, reasons
from registry.people import ROLES
from workflows.lint.catalogue import Catalogue

LANES = {
    "receiving_school": "转入学校",
    "receiving_county": "转入县区",
    "receiving_authority": "转入学校主管部门",
    "receiving_prefecture": "转入地市",
    "receiving_province": "转入省主管部门",
    "sending_school": "转出学校",
    "sending_county": "转出县区",
    "sending_authority": "转出学校主管部门",
    "sending_prefecture": "转出地市",
    "sending_province": "转出省主管部门",
    "school": "学校",
    "county": "县区",
    "authority": "学籍主管部门",
    "prefecture": "地市",
    "province": "省主管部门",
}
STUDENT = frozenset({"stage", "compulsory"})
TRANSFER = STUDENT | {
    "filed_by",
    "same_authority",
    "same_province",
    "validation",
    *(
        f"{side}_{level}_review"
        for side in ("receiving", "sending")
        for level in ("county", "prefecture", "province")
    ),
}
CHANGE = STUDENT | {"filed_by", "validation", "county_review", "prefecture_review", "province_review"}
VARIABLES = {
    **{process.key: CHANGE.union(process.variables) for process in declared().values()},
    "transfer": TRANSFER,
    "office-review": STUDENT | {"filed_by"},
    "archive-handover": STUDENT,
    "placement": STUDENT,
}


def catalogue(effects: frozenset[str]) -> Catalogue:
    """The names in force: effects that are wired, offices, roles, reasons, policy keys, variables."""
    national = {row["key"]: row["value"] for row in policy.shipped() if row["place"] == policy.NATION}
    return Catalogue(
        effects=effects,
        lanes=LANES,
        roles={role: words for role, words in ROLES.items() if role in ("registrar", "leader")},
        variables=VARIABLES,
        reasons={code: frozenset(reason.stages) for code, reason in reasons.CATALOGUE.items()},
        policies=national,
    )
