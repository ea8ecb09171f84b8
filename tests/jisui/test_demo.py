"""The demo's folder, and the table of commands that it is called through."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import pytest

from jisui import cli
from jisui.demo.build import FolderInUse, ensure_demo


def test_a_folder_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(FolderInUse):
        ensure_demo(tmp_path, "http://127.0.0.1:8000", say=print)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_every_command_can_be_called_and_loads_its_module_only():
    modules = [one.name for one in iter_modules(cli.__path__)]
    found = {
        command.name: module
        for module in modules
        for command in getattr(import_module(f"jisui.cli.{module}"), "COMMANDS", ())
    }
    assert found == cli.MODULES
