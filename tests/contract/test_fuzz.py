"""Schemathesis sends what the document allows and what it forbids: never a 500, never an undocumented answer.

The document is the committed one, which `test_document` holds to what is served.
"""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig

from tests.contract.test_document import GOLDEN
from tests.support.province import P2
from webapp.security import limiter

CALLERS = {"registrar": f"registrar.{P2}", "leader": f"leader.{P2}", "nobody": None}
CONFIG = SchemathesisConfig.from_dict(
    {
        "seed": 20260302,
        "checks": {
            # What fits the schema may still be unknown to the register, or against its rules.
            "positive_data_acceptance": {
                "expected-statuses": ["2xx", "401", "403", "404", "409", "415", "422", "429"]
            }
        },
    }
)
# No file that is made up is a certificate: the answer is that, never an error.
schemathesis.openapi.media_type(
    "application/pdf", st.binary(min_size=1, max_size=200).map(b"%PDF-1.7\n".__add__)
)
contract = schemathesis.openapi.from_path(GOLDEN, config=CONFIG)


@pytest.fixture(scope="module")
def served(standing_province):
    """The application behind the document, without its limit of requests in a minute."""
    limiter.enabled = False
    yield standing_province
    limiter.enabled = True


@pytest.fixture(params=CALLERS)
def headers(request, served):
    caller = CALLERS[request.param]
    return {"Authorization": f"Bearer {served.token(caller)}"} if caller else {}


@contract.parametrize()
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_interface_keeps_its_contract(case, headers, served):
    case.operation.schema.app = case.operation.app = served.installation_app
    case.call_and_validate(headers=headers)
