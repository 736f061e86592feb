"""Every attack of the corpus, at every level: it gains, changes and leaves nothing, and the rest goes on."""

import ast
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from grader.model.assignment import Limits
from grader.model.case import Call
from grader.model.outcome import Outcome, Returned, TimedOut
from grader.model.submission import Chunk, Submission
from grader.sandbox import Sandbox, SandboxFaultError, open_sandbox
from grader.sandbox.confined import SPARES

HERE = Path(__file__).parent
CORPUS = sorted((HERE / "corpus").glob("*.py"))
TARGET = (HERE / "target.py").read_text(encoding="utf-8")
ATTACK = Call(function="attack", arguments=(np.zeros(()),), returns=1, seed=3)
NOBODYS = Call(function="not_there", arguments=(), returns=1, seed=3)


@dataclass(frozen=True)
class Attack:
    """One file of the corpus, with the literals at its top."""

    source: str
    outcome: str
    levels: str
    plain: bool
    label: str
    beside: dict[str, str]

    def submission(self, facts: dict[str, object]) -> Submission:
        constants = "".join(f"{name} = {value!r}\n" for name, value in facts.items())
        modules = {"target": TARGET + constants, **self.beside}
        return Submission(
            path=self.label,
            student=self.label,
            sha256="",
            chunks=(Chunk(label=self.label, source=self.source),),
            modules=tuple((name, Chunk(label=f"{name}.py", source=text)) for name, text in modules.items()),
        )


def read(path: Path) -> Attack:
    source = path.read_text(encoding="utf-8")
    literals = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper():
            literals[node.targets[0].id] = ast.literal_eval(node.value)
    return Attack(
        source=source,
        outcome=literals.get("OUTCOME", ""),
        levels=literals.get("LEVELS", "ABC"),
        plain=literals.get("PLAIN", False),
        label=literals.get("LABEL", path.name),
        beside=literals.get("BESIDE", {}),
    )


def descendants(pid: int) -> Iterator[int]:
    try:
        texts = [path.read_text(encoding="ascii") for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return
    for child in " ".join(texts).split():
        yield int(child)
        yield from descendants(int(child))


def strangers(sandbox: Sandbox) -> int:
    """Processes that were forked from a sandbox's zygote, for they have its command, and belong to nobody any more."""
    command = Path(f"/proc/{sandbox._launcher.zygote_pid}/cmdline").read_bytes()
    found = 0
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            if (path.parent / "cmdline").read_bytes() == command:
                lines = dict(line.split(":", 1) for line in path.read_text(encoding="ascii").splitlines())
                found += lines["PPid"].strip() == "1"
        except OSError:
            continue
    return found


def processes_of(sandbox: Sandbox) -> int:
    """How many processes a zygote has made at rest: the spares, and at level A itself from the one outside."""
    return (1 if sandbox.report.level == "A" else 0) + SPARES


def gained(outcome: Outcome) -> bool:
    """True if an attack says that it got through, by any number other than 0."""
    return isinstance(outcome, Returned) and any(np.any(value != 0.0) for value in outcome.values)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_an_attack_gains_nothing_and_leaves_everything_as_it_was(sandbox, world, neighbour, neighbours_call, path):
    attack = read(path)
    if sandbox.report.level not in attack.levels:
        pytest.skip(f"holds at {attack.levels} only, as docs/security.md says")
    with sandbox.session(neighbour) as session:
        expected = session.call(neighbours_call)
        printed = session.printed
    before = world.state()
    assert before["heard"] == [""] * 4

    with sandbox.session(attack.submission(world.facts())) as session:
        outcome = session.call(ATTACK)
        # Again, after whatever it did to its first process; one that had to be ended is not waited for twice.
        second = session.call(NOBODYS if isinstance(outcome, TimedOut) else ATTACK)

    honest = attack.outcome in ("Returned",) or not gained(outcome)
    assert honest, f"the attack got through: {outcome}"
    assert not gained(second) or attack.outcome == "Returned"
    if attack.outcome:
        assert type(outcome).__name__ == attack.outcome, outcome
    assert world.state() == before
    with sandbox.session(neighbour) as session:
        after = session.call(neighbours_call)
        assert session.printed == printed
    assert isinstance(after, Returned)
    assert isinstance(expected, Returned)
    assert [v.tobytes() for v in after.values] == [v.tobytes() for v in expected.values]
    assert [v.tobytes() for v in after.inputs_after] == [v.tobytes() for v in expected.inputs_after]
    # What was killed is cleared away behind our back.
    deadline = time.monotonic() + 20.0
    while len(list(descendants(sandbox._launcher.zygote_pid))) != processes_of(sandbox) or strangers(sandbox):
        assert time.monotonic() < deadline, "processes were left behind"
        os.sched_yield()


def test_the_corpus_is_as_large_as_promised_and_every_attack_says_what_it_is():
    assert len(CORPUS) >= 90
    for path in CORPUS:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path.name


@pytest.mark.skipif(os.getuid() != 0, reason="some attacks work for root only")
@pytest.mark.parametrize("path", [path for path in CORPUS if read(path).plain], ids=lambda path: path.stem)
def test_the_same_attack_gets_through_where_nothing_confines_it(world, path):
    """An attack that could not succeed anywhere would prove nothing; these are harmless enough to let them."""
    with (
        open_sandbox(isolation="none", packages=("numpy",), limits=Limits()) as sandbox,
        sandbox.session(read(path).submission(world.facts())) as session,
    ):
        outcome = session.call(ATTACK)
        assert gained(outcome), outcome


def test_an_attack_on_the_sandbox_itself_is_our_fault_and_stops_nothing(sandbox, neighbour, neighbours_call):
    with sandbox.session(neighbour) as session:
        for _ in range(2):
            kill_zygote(sandbox)
            assert isinstance(session.call(neighbours_call), Returned)
        kill_zygote(sandbox)
        with pytest.raises(SandboxFaultError, match="3 times on this submission"):
            session.call(neighbours_call)
    with sandbox.session(neighbour) as session:
        assert isinstance(session.call(neighbours_call), Returned)


def kill_zygote(sandbox: Sandbox) -> None:
    doomed = list(descendants(sandbox._launcher.zygote_pid))
    sandbox._launcher._zygote._popen.kill()
    sandbox._launcher._zygote._popen.wait()
    while any(is_running(pid) for pid in doomed):
        os.sched_yield()


def is_running(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
