"""The first page a newcomer reads is true."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = subprocess.run([ROOT / "run"], capture_output=True, text=True, check=True).stdout

in_both_languages = pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])


def command_blocks(text: str) -> set[str]:
    return set(re.findall(r"\./run ([a-z0-9]+)", text))


def quoted(text: str) -> list[str]:
    return sorted(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)))


@in_both_languages
def test_every_command_it_names_is_one(name: str) -> None:
    assert command_blocks((ROOT / name).read_text("utf-8")) <= command_blocks(COMMANDS)


@in_both_languages
def test_every_file_it_names_is_there(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    named = re.findall(r"\]\(([\w./-]+)\)", text) + re.findall(r"`([a-z/]+/)`", text)
    assert not [path for path in named if not path.startswith("/") and not (ROOT / path).exists()]


def test_both_languages_name_the_same_commands_accounts_and_files() -> None:
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    assert quoted(english) == quoted(chinese.replace("代码", "CODE"))


def test_run_names_what_it_does_not_know() -> None:
    done = subprocess.run([ROOT / "run", "dance"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "jisui: no command dance; ./run alone lists them\n"
