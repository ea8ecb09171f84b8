"""The house rules that a machine can check. Each failure names the places and says what to do instead."""

from __future__ import annotations

import ast
import gc
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("registry", "workflows", "forms", "documents", "webapp", "jisui")
BINARY = {".png", ".jpg", ".ico", ".ttf", ".woff2", ".pdf", ".heic", ".gz", ".zip"}

SYNONYMS = {
    "pupil": "student",
    "ticket": "case or task",
    "workflow_instance": "case",
    "process_instance": "case",
    "work_item": "task",
}
"""Words that others use, and the one of our glossary (docs/glossary)."""

VAGUE = re.compile(r"^(utils?|helpers?|common|misc|models_all|.*_(service|manager|helpers?|utils?))$")
MACHINE_PATH = re.compile(r"(?<![\w.$}/])/(?:work|root|home/\w+|tmp/(?:jisui|bash))\b")
REGISTRY_HOST = re.compile(
    r"files\.pythonhosted|pypi\.org/simple|registry\.(?:npmjs|npmmirror|yarnpkg)|proxy\.golang|deb\.debian\.org"
    r"|repo1?\.maven|mirrors?\.[a-z0-9-]+\.(?:cn|com|org|edu)|\.pkg\.dev"
)


class Module(NamedTuple):
    name: str
    text: str
    nodes: list[ast.AST]

    def all(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        return (node for node in self.nodes if isinstance(node, kinds))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return self.all(ast.FunctionDef, ast.AsyncFunctionDef)  # type: ignore[return-value]

    def calls(self) -> Iterator[tuple[int, str]]:
        """Line and name of what is called: `commit` of `session.commit()`, `eval` of `eval(x)`."""
        for node in self.all(ast.Call):
            match node.func:  # type: ignore[attr-defined]
                case ast.Attribute(attr=name) | ast.Name(id=name):
                    yield node.lineno, name  # type: ignore[attr-defined]

    def imports(self) -> Iterator[str]:
        """Everything imported, by its full dotted name."""
        for node in self.all(ast.Import, ast.ImportFrom):
            if isinstance(node, ast.ImportFrom):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            elif isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)

    def names_given(self) -> Iterator[str]:
        """Names that this module gives: of classes, functions, arguments, variables."""
        for node in self.nodes:
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                    yield name
                case ast.Name(id=name, ctx=ast.Store()):
                    yield name


def tracked(*patterns: str) -> list[Path]:
    """Files that git knows, or would know at the next commit."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def read(path: Path) -> Module:
    text = path.read_text("utf-8")
    gc.disable()  # a finalizer that runs while Python 3.11.2 builds the tree makes it fail (gh-106905)
    try:
        return Module(path.relative_to(ROOT).as_posix(), text, list(ast.walk(ast.parse(text))))
    finally:
        gc.enable()


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    written = tracked(*(f"{package}/**.py" for package in PACKAGES), ":!*/migrations/versions/*")
    return [read(path) for path in written]


@pytest.fixture(scope="module")
def tests() -> list[Module]:
    return [read(path) for path in tracked("tests/**.py") if path != Path(__file__)]


def outside(modules: Iterable[Module], *folders: str) -> list[Module]:
    return [module for module in modules if not module.name.startswith(folders)]


def test_a_module_has_one_subject(modules: list[Module]) -> None:
    long = {m.name: lines for m in modules if (lines := len(m.text.splitlines())) > 300}
    assert not long, "find the second subject and move it out"


def test_a_function_fits_a_screen(modules: list[Module]) -> None:
    long = [
        f"{m.name} {f.name}" for m in modules for f in m.functions() if (f.end_lineno or 0) - f.lineno >= 50
    ]
    assert not long, "name its steps as functions"


def test_only_the_edge_commits(modules: list[Module]) -> None:
    commits = [
        f"{m.name}:{line}"
        for m in outside(modules, "webapp/", "jisui/")
        for line, n in m.calls()
        if n == "commit"
    ]
    assert not commits, "take the caller's session and let webapp, worker or command line commit"


def test_imports_stand_at_the_top(modules: list[Module]) -> None:
    hiding = [
        f"{m.name} {f.name}"
        for m in modules
        for f in m.functions()
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(f))
    ]
    assert not hiding, "a cycle wants a third module"


def test_only_the_engine_room_knows_spiffworkflow(modules: list[Module]) -> None:
    others = outside(modules, "workflows/spiff/")
    assert not [m.name for m in others if any(n.startswith("SpiffWorkflow") for n in m.imports())], (
        "go through workflows.spiff"
    )


def test_only_the_wiring_opens_the_scope(modules: list[Module]) -> None:
    others = outside(modules, "jisui/wiring.py")
    assert not [m.name for m in others if "jisui.database.opened" in m.imports()], (
        "let the engine act for the case"
    )


def test_nothing_evaluates_text_as_python(modules: list[Module]) -> None:
    evaluating = [
        f"{m.name}:{node.lineno}"  # type: ignore[attr-defined]
        for m in modules
        for node in m.all(ast.Call)
        if isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}  # type: ignore[attr-defined]
    ]
    assert not evaluating, "use workflows.expressions"


def test_a_module_is_named_for_what_it_holds(modules: list[Module]) -> None:
    assert not [m.name for m in modules if VAGUE.match(Path(m.name).stem)], (
        "name the subject: cases, tasks, timers"
    )


def test_names_are_words_of_the_glossary(modules: list[Module]) -> None:
    strange = {
        f"{m.name} {name}: say {word}"
        for m in modules
        for name in m.names_given()
        for synonym, word in SYNONYMS.items()
        if synonym in re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    }
    assert not strange


def test_nothing_is_left_for_later(modules: list[Module]) -> None:
    notes = [
        f"{m.name} {note}" for m in modules for note in re.findall(r"# *(?:TODO|FIXME|XXX|HACK)\b.*", m.text)
    ]
    assert not notes, "do it, or open an issue"
    empty = [
        f"{m.name} {f.name}"
        for m in modules
        for f in m.functions()
        if ast.unparse(f.body[-1]) in ("raise NotImplementedError", "raise NotImplementedError()")
    ]
    assert not empty, "write it, or make the class a Protocol"


def test_tests_neither_sleep_nor_skip_nor_replace_our_parts(tests: list[Module]) -> None:
    forbidden = re.compile(r"pytest\.skip|mark\.(?:skip|xfail)|time\.sleep\(|mock\.patch|mocker\.patch")
    found = [f"{m.name} {match}" for m in tests for match in forbidden.findall(m.text)]
    assert not found, "set the clock, inject a fake at the border, or make the test hold"


def test_a_folder_of_tests_mirrors_a_package(tests: list[Module]) -> None:
    folders = {parts[1] for m in tests if len(parts := Path(m.name).parts) > 2}
    strange = folders - {
        *PACKAGES,
        "bpmn",
        "support",
        "scenarios",
        "contract",
        "e2e",
        "migrations",
        "benchmarks",
        "docs",
    }
    assert not strange, "put a test into the folder of the package whose behaviour it states"


def test_no_path_of_a_machine_and_no_registry_is_committed() -> None:
    texts = (path for path in tracked() if path.suffix not in BINARY and path != Path(__file__))
    named = [
        f"{path.relative_to(ROOT)}: {match}"
        for path in texts
        for rule in (MACHINE_PATH, REGISTRY_HOST)
        for match in rule.findall(path.read_text("utf-8", errors="replace"))
    ]
    assert not named, "say it relative to the checkout, or leave the address to the user's settings"
