"""The catalogue of refusals."""

from __future__ import annotations

from registry.reasons import CATALOGUE, offered


def test_what_is_no_lawful_ground_is_offered_nowhere():
    assert "R17" not in CATALOGUE


def test_what_the_check_finds_is_not_offered_to_people():
    for stage in ("primary", "junior", "senior"):
        assert {"R03", "R04", "R05", "R09", "R10", "R11"}.isdisjoint(r.code for r in offered(stage))


def test_reasons_belong_to_stages():
    assert "R08" not in {reason.code for reason in offered("primary")}
    assert "R14" not in {reason.code for reason in offered("senior")}
    assert "R08" in {reason.code for reason in offered("senior")}


def test_a_full_school_gives_its_figure():
    assert CATALOGUE["R01"].requires_in("primary") == ("vacancies",)


def test_another_reason_needs_words_and_in_compulsory_stages_a_file():
    assert CATALOGUE["R99"].requires_in("junior") == ("words", "file")
    assert CATALOGUE["R99"].requires_in("senior") == ("words",)


def test_doubts_about_a_family_stay_with_those_who_decide():
    assert CATALOGUE["R15"].private
    assert CATALOGUE["R15"].words == "监护关系有疑问"
