"""Whatever anybody does in whatever order, the laws of the register hold.

In the suite some hundred steps on each database; JISUI_MACHINE_STEPS says how many, and the JUnit report
what they were: `JISUI_MACHINE_STEPS=20000 ./run unit tests/scenarios/test_state_machine.py --junitxml=FILE`.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from jisui.checking import findings
from tests.support.laws import Laws
from tests.support.provinces import copied
from tests.support.wanderer import Wanderer

STEPS = int(os.environ.get("JISUI_MACHINE_STEPS", "150"))
IN_A_LIFE = min(STEPS, 250)
chances = st.integers(0, 2**32).map(random.Random)


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_laws_hold_whatever_is_done(request, engines, database):
    data, template = request.getfixturevalue(f"{database}_province")
    lives: list[Wanderer] = []

    class Life(RuleBasedStateMachine):
        """One province, from 2 March 2026 on."""

        def __init__(self) -> None:
            super().__init__()
            self.folder = TemporaryDirectory()
            self.world = copied(data, template, Path(self.folder.name) / "data", engines)
            self.wanderer = Wanderer(self.world.__enter__())
            self.laws = Laws(self.wanderer.students)
            lives.append(self.wanderer)

        @rule(chance=chances)
        def act(self, chance):
            """One rule for all acts: of several, hypothesis leaves some out of a whole life."""
            self.wanderer.act(chance)

        @invariant()
        def the_laws_hold(self):
            with self.wanderer.province.installation.sessions() as session:
                assert list(self.laws.broken(session)) == []

        def teardown(self):
            self.wanderer.closed = self.wanderer.outcomes()
            assert list(findings(self.wanderer.province.installation, with_press=False)) == []
            self.world.__exit__(None, None, None)
            self.folder.cleanup()

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=1 + STEPS // IN_A_LIFE,
            stateful_step_count=IN_A_LIFE,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    counted = sum((life.counted for life in lives), Counter())
    closed = sum((life.closed for life in lives), Counter())
    report = f"{sum(life.steps for life in lives)} steps: {counted} {closed}"
    done = sum(number for (_what, status), number in counted.items() if status in (200, 201))
    assert done > STEPS / 10, report
    request.node.user_properties.append(("walked", report))
