"""Every way through a process comes to an end, or the shortest run that does not is shown."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.workflows.drawing import draw
from workflows.diagram import Process, processes_of
from workflows.soundness import Soundness, explore
from workflows.untrusted import parse

SHIPPED = Path(__file__).parents[2] / "bpmn"


def process(text: str, key: str = "leave") -> Process:
    return processes_of(key, parse(draw(text, key=key)))[0]


def explored(text: str, *called: Process, **limits: float) -> Soundness:
    return explore(process(text), {part.id: part for part in called}, **limits)


def faults(answer: Soundness) -> list[tuple[str, str]]:
    assert answer.decided
    return [(problem.rule, problem.node.id) for problem in answer.problems]


SOUND = {
    "one step": "start s\nuser a\nend e\ns -> a -> e",
    "choice": "start s\nuser a\nxor x\nend e\nend f\ns -> a -> x\nx -> e\nx -> f",
    "loop by a person": "start s\nxor j\nuser a\nxor x\nend e\ns -> j -> a -> x\nx -> j\nx -> e",
    "side by side": "start s\nand f\nuser a\nuser b\nand j\nend e\ns -> f\nf -> a -> j\nf -> b -> j\nj -> e",
    "loop around side by side": (
        "start s\nxor r\nand f\nuser a\nuser b\nand j\nxor x\nend e\n"
        "s -> r -> f\nf -> a -> j\nf -> b -> j\nj -> x\nx -> r\nx -> e"
    ),
    "reminder beside": (
        "start s\nuser a\nboundary t on=a timer=days(3) calm=yes\nservice m\nend e terminate=x\n"
        "end n terminate=x\ns -> a -> e\nt -> m -> n"
    ),
    "time moves it on": (
        "start s\nuser a\nboundary t on=a timer=days(3)\nuser b\nend e\nend f\ns -> a -> e\nt -> b -> f"
    ),
    "first of two": (
        "start s\nrace r\ncatch m message=a\ncatch t timer=days(1)\nxor j\nend e\n"
        "s -> r\nr -> m -> j\nr -> t -> j\nj -> e"
    ),
    "some of three": (
        "start s\nor f\nuser a\nuser b\nuser c\nor j\nend e\ns -> f\n"
        "f -> a -> j\nf -> b -> j\nf -> c -> j\nj -> e"
    ),
    "subprocess with two ends": (
        "start s\nsub p\nstart i\nand f\nuser a\nuser b\nend x\nend y\n"
        "i -> f\nf -> a -> x\nf -> b -> y\nclose\n"
        "end e\ns -> p -> e"
    ),
    "refused inside side by side": (
        "start s\nsub p\nstart i\nand f\nuser a\nuser b\nand j\nxor x\nend no error=refused\nend ok\n"
        "i -> f\nf -> a -> x\nx -> j\nx -> no\nf -> b -> j\nj -> ok\nclose\n"
        "boundary c on=p error=refused\nend e\nend n\ns -> p -> e\nc -> n"
    ),
    "one ends all": (
        "start s\nand f\nuser a\nuser b\nend e terminate=x\n"
        "end g terminate=x\ns -> f\nf -> a -> e\nf -> b -> g"
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_process_is_called_sound(name):
    answer = explored(SOUND[name])
    assert faults(answer) == []
    assert answer.sound


UNSOUND = {
    "one of two, both awaited": (
        "start s\nxor f\nuser a\nuser b\nand j\nend e\ns -> f\nf -> a -> j\nf -> b -> j\nj -> e",
        [("S01", "j")],
        ("s", "f", "f__a", "a", "a__j", "j"),
    ),
    "deadlock behind a loop": (
        "start s\nxor r\nuser c\nxor x\nuser a\nuser b\nand j\nend e\n"
        "s -> r -> c -> x\nx -> r\nx -> a\nx -> b\na -> j\nb -> j\nj -> e",
        [("S01", "j")],
        ("s", "r", "c", "c__x", "x", "x__a", "a", "a__j", "j"),
    ),
    "work left behind": (
        "start s\nand f\nuser a\nuser b\nend e\nend g\ns -> f\nf -> a -> e\nf -> b -> g",
        [("S02", "e"), ("S02", "g")],
        ("s", "f", "a", "b", "a__e", "e"),
    ),
    "ends twice": (
        (
            "start s\nand f\nuser a\nuser b\nxor j\nservice c\nend e\ns -> f\n"
            "f -> a -> j\nf -> b -> j\nj -> c -> e"
        ),
        [("S03", "e")],
        ("s", "f", "a", "b", "a__j", "j", "c", "e", "b__j", "j", "c", "e"),
    ),
    "the same step twice": (
        (
            "start s\nand f\nservice a\nservice b\nxor j\nuser c\nend e\n"
            "s -> f\nf -> a -> j\nf -> b -> j\nj -> c -> e"
        ),
        [("S06", "c")],
        ("s", "f", "a", "b", "j", "j", "c", "c"),
    ),
    "never": (
        "start s\nservice a\nboundary b on=a error=refused\nend e\nend n\ns -> a -> e\nb -> n",
        [("S04", "b"), ("S04", "n")],
        (),
    ),
    "no way out": (
        "start s\nxor r\nuser a\nxor x\nuser b\nend e\ns -> r -> a -> x\nx -> b -> r\nx -> r",
        [("S05", "a"), ("S04", "e")],
        ("s", "r", "a"),
    ),
    "a trap": (
        "start s\nuser c\nxor x\nend e\nxor r\nuser a\ns -> c -> x\nx -> e\nx -> r -> a -> r",
        [("S05", "a")],
        ("s", "c", "c__x", "x", "x__r", "r", "a"),
    ),
    "refused inside side by side": (
        "start s\nand f\nuser a\nuser b\nxor x\nand j\nend e\nend n\n"
        "s -> f\nf -> a -> x\nx -> j\nx -> n\nf -> b -> j\nj -> e",
        [("S02", "n")],
        ("s", "f", "a", "b", "a__x", "x", "x__n", "n"),
    ),
    "reminder left behind": (
        (
            "start s\nuser a\nboundary t on=a timer=days(3) calm=yes\nuser b\n"
            "end e\nend g\ns -> a -> e\nt -> b -> g"
        ),
        [("S02", "e"), ("S02", "g")],
        ("s", "a", "t", "b", "a__e", "e"),
    ),
}


@pytest.mark.parametrize("name", UNSOUND)
def test_a_fault_is_found_with_the_shortest_run(name):
    text, expected, run = UNSOUND[name]
    answer = explored(text)
    assert faults(answer) == expected
    assert not answer.sound
    assert answer.problems[0].run == run


REVIEW = "start i\nuser prepare\nxor x\nend ok\nend no error=refused\ni -> prepare -> x\nx -> ok\nx -> no"


def test_called_processes_are_looked_into():
    text = (
        "start s\ncall r calledElement=review\n"
        "boundary c on=r error=refused\nend e\nend n\ns -> r -> e\nc -> n"
    )
    assert faults(explored(text, process(REVIEW, "review"))) == []
    milder = process("start i\nuser prepare\nend ok\ni -> prepare -> ok", "review")
    assert faults(explored(text, milder)) == [("S04", "c"), ("S04", "n")]


def test_runs_name_steps_of_called_processes_by_path():
    text = (
        "start s\ncall r calledElement=review\nboundary c on=r error=refused\nuser a\nuser b\nand j\nend e\n"
        "s -> r -> a -> j\nc -> b -> j\nj -> e"
    )
    (problem,) = explored(text, process(REVIEW, "review")).problems
    assert (problem.rule, problem.node.id) == ("S01", "j")
    assert " ".join(problem.run) == "s r r.i r.prepare r.prepare__x r.x r.x__ok r.ok a a__j j"


def wide(branches: int) -> str:
    lines = [f"user u{n}\nf -> u{n} -> j" for n in range(branches)]
    return "start s\nand f\nand j\nend e\ns -> f\nj -> e\n" + "\n".join(lines)


def test_too_many_states_are_never_called_sound():
    answer = explored(wide(12), max_states=1000)
    assert (answer.why, answer.decided, answer.sound) == ("states", False, False)


def test_too_long_is_never_called_sound():
    answer = explored(wide(16), max_seconds=0.05)
    assert (answer.why, answer.sound) == ("time", False)


def test_all_states_of_ten_side_by_side_are_seen():
    answer = explored(wide(10))
    assert (answer.states, answer.sound) == (2**10, True)


def test_an_explosion_of_calls_is_not_decided():
    def nested(n: int) -> Process:
        calls = "\n".join(f"call c{k} calledElement=p{n + 1}" for k in range(20))
        flow = " -> ".join(["s", *(f"c{k}" for k in range(20)), "e"])
        return process(f"start s\n{calls}\nend e\n{flow}", f"p{n}")

    parts = {f"p{n}": nested(n) for n in range(4)} | {"p4": process("start s\nend e\ns -> e", "p4")}
    assert explore(parts["p0"], parts).why == "states"


def test_an_automatic_circle_without_exit_is_not_decided():
    assert not explored("start s\nxor r\nservice a\nend e\ns -> r -> a -> r").decided
    assert explored("start s\nxor r\nservice a\nxor x\nend e\ns -> r -> a -> x\nx -> r\nx -> e").sound


def test_thirty_steps_to_skip_in_a_row_are_not_a_thousand_million_ways():
    lines = [
        f"xor q{n}\nservice a{n}\nxor x{n + 1}\nx{n} -> q{n} -> a{n} -> x{n + 1}\nq{n} -> x{n + 1}"
        for n in range(30)
    ]
    assert explored("\n".join(["start x0", *lines, "end e\nx30 -> e"])).sound


@pytest.fixture(scope="module")
def shipped() -> dict[str, Process]:
    return {
        part.id: part
        for path in SHIPPED.glob("*.bpmn")
        for part in processes_of(path.name, parse(path.read_bytes()))
    }


def test_the_shipped_processes_are_sound(shipped):
    assert {key: explore(part, shipped).sound for key, part in shipped.items()} == dict.fromkeys(
        shipped, True
    )


def test_a_transfer_takes_less_than_fifty_milliseconds(shipped):
    started = time.thread_time()
    explore(shipped["transfer"], shipped)
    assert time.thread_time() - started < 0.05
