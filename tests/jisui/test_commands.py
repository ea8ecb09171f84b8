"""The command line: status 0 only if it holds, 1 for findings, 2 for wrong use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from jisui import settings
from jisui.cli import jisui
from tests.support.province import P2, A

BPMN = Path(__file__).parents[2] / "bpmn"


@pytest.fixture
def run(province):
    """Run a command on a province's data folder; the result."""

    def command(*arguments: str):
        data = str(province.installation.settings.data)
        return CliRunner().invoke(jisui, ["--data", data, *arguments], catch_exceptions=False)

    return command


def test_the_shipped_diagrams_pass_the_lint(run):
    files = [str(path) for path in sorted(BPMN.glob("*.bpmn"))]
    result = run("process", "lint", *files, "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])


def test_a_called_process_is_looked_for_among_the_shipped_ones(run):
    assert run("process", "lint", str(BPMN / "transfer.bpmn")).exit_code == 0


def test_a_diagram_with_an_error_has_findings_and_is_not_published(run, tmp_path):
    bad = tmp_path / "transfer.bpmn"
    bad.write_text(
        (BPMN / "transfer.bpmn").read_text().replace('jisui:effect="move_record"', 'jisui:effect="rm"')
    )
    result = run("process", "lint", str(bad), "--json")
    assert result.exit_code == 1
    finding = json.loads(result.stdout)[0]
    assert (finding["rule"], finding["severity"], finding["element"]) == ("L29", "error", "move_record")
    assert run("process", "publish", str(bad)).exit_code == 1


def test_a_changed_diagram_is_published_as_the_next_version(run, tmp_path):
    new = tmp_path / "transfer.bpmn"
    new.write_text((BPMN / "transfer.bpmn").read_text().replace("国家平台校验", "国家平台核对"))
    assert run("process", "publish", str(new)).stdout == "transfer v2\n"
    assert "国家平台核对" in run("process", "export", "transfer").stdout
    versions = {row["key"]: row["version"] for row in json.loads(run("process", "list", "--json").stdout)}
    assert versions.pop("transfer") == 2
    assert set(versions.values()) == {1}


def test_a_case_is_shown_with_its_steps(run, province):
    case = province.transfer(A, to=P2)
    shown = json.loads(run("case", "show", case["number"], "--json").stdout)
    assert (shown["number"], shown["status"], len(shown["steps"])) == (case["number"], "in_review", 1)
    assert run("case", "show", "ZX000000-2026-00001").exit_code == 1


def test_a_student_is_shown_without_the_number(run):
    shown = json.loads(run("student", "show", A, "--json").stdout)
    assert (shown["name"], shown["grade"]) == ("林一航", 5)
    assert A not in json.dumps(shown)


def test_a_policy_value_says_where_it_comes_from(run):
    result = run(
        "policy", "show", "transfer.step_sla_workdays", "--place", "350102", "--on", "2026-03-02", "--json"
    )
    shown = json.loads(result.stdout)
    assert (shown["value"], shown["place"], shown["version"]) == (10, "000000", "2025")
    assert "第十五条" in shown["basis"]
    assert run("policy", "show", "transfer.no_such_key").exit_code == 2


def test_the_demo_s_clock_moves_at_once(run, province):
    run("clock", "set", "2026-03-17T09:00")
    assert province.clock.now().isoformat()[:13] == "2026-03-17T09"
    run("clock", "advance", "3d")
    assert province.clock.now().isoformat()[:10] == "2026-03-20"
    run("clock", "reset")
    assert province.clock.now().isoformat()[:10] == "2026-03-02"


@pytest.mark.parametrize(
    "arguments", [("set", "tomorrow"), ("advance", "3 weeks"), ("set", "2026-13-01T00:00")]
)
def test_a_time_that_is_none_is_wrong_use(run, arguments):
    assert run("clock", *arguments).exit_code == 2


def test_outside_a_demo_the_clock_stands_where_it_stands(tmp_path):
    settings.set_up(
        tmp_path / "data", demo=False, base_url="http://127.0.0.1", place="", province="", demo_password=""
    )
    result = CliRunner().invoke(jisui, ["--data", str(tmp_path / "data"), "clock", "advance", "1d"])
    assert result.exit_code == 1


def test_every_chain_of_history_holds(run, province):
    province.approve(province.transfer(A, to=P2), at=P2)
    assert run("history", "verify").exit_code == 0
    assert run("check").exit_code == 0


def test_a_token_is_printed_once_for_an_account(run):
    assert run("token", "create", f"registrar.{P2}").stdout.startswith("jst_")
    assert run("token", "create", "nobody").exit_code == 1


def test_a_file_that_is_no_certificate_is_found_out(run, tmp_path):
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF-1.7 no certificate")
    result = run("certificate", "verify", str(paper), "--json")
    assert (result.exit_code, json.loads(result.stdout)["reasons"]) == (1, ["not_a_certificate"])


def test_an_empty_folder_is_told_how_to_be_filled(tmp_path):
    result = CliRunner().invoke(jisui, ["--data", str(tmp_path), "check"])
    assert (result.exit_code, "jisui demo" in result.stderr) == (2, True)


def test_a_production_folder_is_set_up_by_the_migration(tmp_path):
    data = tmp_path / "data"
    result = CliRunner().invoke(jisui, ["--data", str(data), "db", "upgrade"], catch_exceptions=False)
    assert result.exit_code == 0
    assert CliRunner().invoke(jisui, ["--data", str(data), "check"]).exit_code == 0
    assert (data / "keyring.json").stat().st_mode & 0o077 == 0


def test_a_demo_touches_no_folder_that_is_not_its_own(tmp_path):
    (tmp_path / "thesis.txt").write_text("three years of work")
    result = CliRunner().invoke(jisui, ["--data", str(tmp_path), "demo"])
    assert (result.exit_code, (tmp_path / "thesis.txt").exists()) == (2, True)
