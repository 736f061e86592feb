"""Every wrong answer, by problem: named mistakes, submissions, tampered right answers, numerical derivatives."""

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from wrong_mixture_answers import constrained_mistakes, mu_mistakes, pi_mistakes
from wrong_softmax_answers import backward_mistakes, vjp_mistakes

from benchmarks.drawn_cases import ROOT, case_of, trusted_modules
from benchmarks.forward_models import slopes
from benchmarks.right_answers import Answer, Array, right_answers
from grader.model.assignment import Problem

BASES = {"softmax_VJP": "short", "softmax_backward": "shifted"}
"""The right answer that is tampered with; that by `solve` for mixtures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A wrong answer and where it is from."""

    name: str
    answer: Answer


# Tampering -----------------------------------------------------------------------------------------------------------


def entry(change: Callable[[Any], Any], pick: Callable[[Array], Any]) -> Callable[[Array], Array]:
    """Change the one entry that `pick` finds among the magnitudes."""

    def tampered(g: Array) -> Array:
        changed = np.array(g).reshape(-1)
        i = pick(np.abs(changed))
        changed[i] = change(changed[i])
        return changed.reshape(g.shape)

    return tampered


def middle(sizes: Array) -> int:
    return int(np.argsort(sizes)[len(sizes) // 2])


def block(change: Callable[[Array], Any]) -> Callable[[Array], Array]:
    """Change what belongs to the first component."""

    def tampered(g: Array) -> Array:
        changed = np.array(g)
        changed[:1] = change(changed[:1])
        return changed

    return tampered


TAMPERED: dict[str, Callable[[Array], Any]] = {
    "times 1.001": lambda g: g * 1.001,
    "times 1 + 1e-6": lambda g: g * (1 + 1e-6),
    "times 1 + 1e-9": lambda g: g * (1 + 1e-9),
    "times 1 - 1e-4": lambda g: g * (1 - 1e-4),
    "times -1": lambda g: -g,
    "times 2": lambda g: 2 * g,
    "half": lambda g: g / 2,
    "zeros": lambda g: 0 * g,
    "ones": lambda g: 0 * g + 1,
    "largest entry 1 % off": entry(lambda v: v * 1.01, np.argmax),
    "largest entry negated": entry(lambda v: -v, np.argmax),
    "middle entry 1 % off": entry(lambda v: v * 1.01, middle),
    "middle entry is 0": entry(lambda v: v * 0, middle),
    "one nan": entry(lambda v: v * np.nan, middle),
    "one infinity": entry(lambda v: v * 0 + np.inf, middle),
    "first component negated": block(lambda b: -b),
    "first component doubled": block(lambda b: 2 * b),
    "first component off by 1e-5": block(lambda b: b * (1 + 1e-5)),
    "1e-8 of the largest entry added": lambda g: g + 1e-8 * np.abs(g).max(),
    "1e-3 added": lambda g: g + 1e-3,
    "rounded to 6 digits": np.vectorize(lambda v: float(f"{v:.6g}")),
    "in float16": lambda g: g.astype(np.float16),
    "in float32": lambda g: g.astype(np.float32),
    "truncated to whole numbers": np.trunc,
    "absolute": np.abs,
    "rolled": lambda g: np.roll(g, 1),
    "reversed": lambda g: g[::-1],
    "one axis more": lambda g: g[None],
    "transposed": lambda g: g.T,
    "only the first": lambda g: np.concatenate([g[:1], 0 * g[1:]]),
    "last forgotten": lambda g: np.concatenate([g[:-1], 0 * g[-1:]]),
    "scaled to length 1": lambda g: g / np.sqrt((g**2).sum()),
    "minus its mean, plus 0.1 %": lambda g: g - 1e-3 * g.mean(),
    "noise of 1e-5": lambda g: g * (1 + 1e-5 * np.sin(1 + np.arange(g.size).reshape(g.shape))),
}


def tampered(base: Answer, change: Callable[[Array], Any]) -> Answer:
    """Whatever is returned last is changed: the gradient, or z_bar; what is returned before it stays right."""

    def answer(*arguments: Array) -> Any:
        found = base(*arguments)
        if isinstance(found, tuple):
            return *found[:-1], change(np.asarray(found[-1]))
        return change(np.asarray(found))

    return answer


def r_bar(base: Answer, change: Callable[[Array], Any]) -> Answer:
    def answer(*arguments: Array) -> Any:
        first, second = base(*arguments)
        return change(np.asarray(first)), second

    return answer


TAMPERED_NUMBER: dict[str, Callable[[Array], Any]] = {
    "r_bar times 1.001": lambda g: g * 1.001,
    "r_bar times 1 + 1e-6": lambda g: g * (1 + 1e-6),
    "r_bar times 1 + 1e-9": lambda g: g * (1 + 1e-9),
    "r_bar is 0": lambda g: 0 * g,
    "r_bar is nan": lambda g: g * np.nan,
    "r_bar doubled": lambda g: 2 * g,
}


# Numerical derivatives -----------------------------------------------------------------------------------------------


def differenced(problem: Problem, step: float, *, central: bool) -> Answer:
    """What a student gets who differences the forward model, one entry after the other, with a fixed step."""

    def answer(*arguments: Array) -> Any:
        found = []
        for slope in slopes(problem.id, case_of(problem, arguments)):
            point, gradient = slope.point, np.zeros_like(slope.point).reshape(-1)
            for i in range(point.size):
                move = np.zeros(point.size, point.dtype)
                move[i] = step
                up = slope.value(point + move.reshape(point.shape))
                down = slope.value(point - move.reshape(point.shape) if central else point)
                gradient[i] = (up - down) / (2 * step if central else step)
            found.append(gradient.reshape(point.shape))
        return tuple(found) if len(found) > 1 else found[0]

    return answer


# Everything ----------------------------------------------------------------------------------------------------------


def submitted(problem: Problem) -> Iterator[Wrong]:
    """The functions of the submissions that make one mistake in this problem."""
    for path in sorted((ROOT / "submissions").glob(f"wrong_{problem.id}_*.py")):
        mistake = path.stem.removeprefix(f"wrong_{problem.id}_")
        if problem.id == "grad_pi" and mistake.startswith("constrained_"):
            continue
        spec = importlib.util.spec_from_file_location(f"submission_{path.stem}", path)
        if spec is None or spec.loader is None:
            raise ImportError(path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield Wrong(name=f"submission: {mistake}", answer=getattr(module, problem.function))


def wrong_answers(problem: Problem) -> list[Wrong]:
    """All of one problem, each of another name."""
    modules = trusted_modules()
    found = [Wrong(name=f"rubric: {m.id}", answer=modules.function(m.function)) for m in problem.misconception]
    found += submitted(problem)
    written = [*mu_mistakes(), *pi_mistakes(), *constrained_mistakes(), *backward_mistakes(), *vjp_mistakes()]
    found += [Wrong(name=f"student: {m.says}", answer=m.answer) for m in written if m.problem == problem.id]
    base = right_answers(problem.id)[BASES.get(problem.id, "solve, softmax")]
    found += [Wrong(name=f"tampered: {says}", answer=tampered(base, change)) for says, change in TAMPERED.items()]
    if len(problem.returns) > 1:
        found += [Wrong(name=f"tampered: {n}", answer=r_bar(base, change)) for n, change in TAMPERED_NUMBER.items()]
    for step, central in ((1e-8, False), (1e-6, False), (1e-5, True), (1e-3, True)):
        says = f"{'central' if central else 'forward'} difference, step {step:g}"
        found.append(Wrong(name=f"numerical: {says}", answer=differenced(problem, step, central=central)))
    names = [wrong.name for wrong in found]
    if len(set(names)) < len(names):
        msg = f"two wrong answers to {problem.id} have one name"
        raise ValueError(msg)
    return found
