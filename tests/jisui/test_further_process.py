"""A further process costs a diagram, a form, a template and policy values: files added, none changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOY = ROOT / "tests" / "support" / "toy"
PRODUCT = (
    "bpmn",
    "documents",
    "forms",
    "jisui",
    "registry",
    "tests",
    "webapp",
    "workflows",
    "pyproject.toml",
)
ALLOWED = ("bpmn", "documents/templates", "forms", "registry/policies", "tests")


def test_a_further_process_is_files_added_and_none_changed(tmp_path):
    for name in PRODUCT:
        copy = shutil.copy if (ROOT / name).is_file() else shutil.copytree
        copy(ROOT / name, tmp_path / name)
    for file in (path for path in TOY.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        added = file.relative_to(TOY)
        assert added.as_posix().startswith(ALLOWED)
        assert not (tmp_path / added).exists()
        shutil.copy(file, tmp_path / added)
    drawn = [str(file) for file in TOY.glob("bpmn/*.bpmn")]
    environment = {name: value for name, value in os.environ.items() if name != "FONTCONFIG_FILE"}
    for command in (
        ["-m", "jisui", "process", "lint", *drawn],
        [
            "-m",
            "pytest",
            "-q",
            "-n0",
            "-p",
            "no:cacheprovider",
            "tests/scenarios/test_student_card.py",
            "-k",
            "sqlite",
        ],
    ):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
