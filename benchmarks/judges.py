"""Checkers that people use, each asked whether some numbers are the derivative: the libraries themselves, as they are.

A library that is not installed is left out, and said to be missing.
"""

import importlib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from benchmarks.forward_models import Framework, Slope

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """One answer to one case.

    Parameters
    ----------
    actual, trusted : tuple of ndarray
        The answer, and ours in float64.
    slopes : tuple of Slope
        What each value is the derivative of.
    """

    actual: tuple[Array, ...]
    trusted: tuple[Array, ...]
    slopes: tuple[Slope, ...]


Accepts = Callable[[Question], bool]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judge:
    """A checker: its name in the table, and whether it takes an answer for right."""

    name: str
    accepts: Accepts


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A checker whose library is not installed."""

    name: str
    package: str


# Against trusted values ----------------------------------------------------------------------------------------------


def by_allclose(question: Question) -> bool:
    try:
        return all(bool(np.allclose(a, t)) for a, t in zip(question.actual, question.trusted, strict=True))
    except ValueError:  # shapes that do not broadcast
        return False


def by_assert_allclose(question: Question) -> bool:
    try:
        for actual, trusted in zip(question.actual, question.trusted, strict=True):
            np.testing.assert_allclose(actual, trusted, rtol=1e-7)
    except AssertionError:
        return False
    return True


# Against differences -------------------------------------------------------------------------------------------------


def for_each(check: Callable[[Slope, Array], bool]) -> Accepts:
    """Ask about each returned value; the backward pass hands out numbers of the forward pass's own precision."""

    def accepts(question: Question) -> bool:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # torch warns of float32; the verdict is what counts here
            return all(
                check(slope, np.asarray(actual).astype(slope.point.dtype))
                for slope, actual in zip(question.slopes, question.actual, strict=True)
            )

    return accepts


def torch_judges() -> Iterator[Judge]:
    torch, answers = importlib.import_module("torch"), importlib.import_module("benchmarks.torch_answers")

    class Answered(torch.autograd.Function):  # type: ignore[misc, name-defined]  # torch is loaded by name
        @staticmethod
        def forward(ctx: Any, x: Any, function: Any, others: Any, gradient: Any) -> Any:
            ctx.gradient = gradient
            return function(answers.TORCH, x, *others)

        @staticmethod
        def backward(ctx: Any, flow: Any) -> Any:
            return flow * ctx.gradient, None, None, None

    def check(slope: Slope, actual: Array, *, fast: bool) -> bool:
        others, gradient = tuple(map(answers.tensor, slope.others)), answers.tensor(actual)
        x = answers.tensor(slope.point, differentiable=True)
        try:
            return bool(
                torch.autograd.gradcheck(
                    lambda v: Answered.apply(v, slope.function, others, gradient), (x,), fast_mode=fast
                )
            )
        except RuntimeError:  # GradcheckError is one; a gradient of a wrong shape raises another
            return False

    yield Judge(name="torch gradcheck", accepts=for_each(lambda s, a: check(s, a, fast=False)))
    yield Judge(name="torch gradcheck, fast mode", accepts=for_each(lambda s, a: check(s, a, fast=True)))


def jax_judges() -> Iterator[Judge]:
    jax = importlib.import_module("jax")
    test_util = importlib.import_module("jax.test_util")
    jnp, linalg = jax.numpy, jax.numpy.linalg
    jax.config.update("jax_enable_x64", val=True)
    jax.config.update("jax_platforms", val="cpu")
    framework = Framework(
        exp=jnp.exp,
        log=jnp.log,
        solve=linalg.solve,
        log_determinant=lambda a: linalg.slogdet(a)[1],
        log_sum=lambda a: jax.scipy.special.logsumexp(a, axis=-1, keepdims=True),
        lower=jnp.tril,
        swapped=lambda a: jnp.swapaxes(a, -1, -2),
    )
    compiled: dict[Any, Any] = {}

    def check(slope: Slope, actual: Array) -> bool:
        if slope.function not in compiled:
            compiled[slope.function] = jax.jit(lambda x, *others: slope.function(framework, x, *others))
        forward, others, gradient = compiled[slope.function], slope.others, jnp.asarray(actual)
        answered = jax.custom_vjp(lambda x: forward(x, *others))
        answered.defvjp(lambda x: (forward(x, *others), None), lambda _, flow: (flow * gradient,))
        try:
            test_util.check_grads(answered, (jnp.asarray(slope.point),), order=1, modes=["rev"])
        except (AssertionError, TypeError, ValueError):  # the latter two: a gradient of a wrong shape
            return False
        return True

    yield Judge(name="jax check_grads", accepts=for_each(check))


def autograd_judges() -> Iterator[Judge]:
    extend, test_util = importlib.import_module("autograd.extend"), importlib.import_module("autograd.test_util")

    def check(slope: Slope, actual: Array) -> bool:
        answered = extend.primitive(slope.value)
        extend.defvjp(answered, lambda _, x: lambda flow: flow * actual)  # noqa: ARG005 - the library's signature
        np.random.seed(0)  # the library draws its directions from there
        try:
            test_util.check_grads(answered, modes=["rev"], order=1)(slope.point)
        except (AssertionError, TypeError, ValueError):  # the latter two: a gradient of a wrong shape
            return False
        return True

    yield Judge(name="HIPS autograd check_grads", accepts=for_each(check))


def scipy_judges() -> Iterator[Judge]:
    optimize = importlib.import_module("scipy.optimize")

    def check(slope: Slope, actual: Array) -> bool:
        shape = slope.point.shape
        try:
            error = optimize.check_grad(
                lambda x: slope.value(x.reshape(shape)), lambda _: actual.reshape(-1), slope.point.reshape(-1)
            )
        except ValueError:  # a gradient of a wrong size
            return False
        return bool(error < 1e-5)

    yield Judge(name="scipy check_grad < 1e-5", accepts=for_each(check))


LIBRARIES = {
    "torch": (torch_judges, ("torch gradcheck", "torch gradcheck, fast mode")),
    "jax": (jax_judges, ("jax check_grads",)),
    "autograd": (autograd_judges, ("HIPS autograd check_grads",)),
    "scipy": (scipy_judges, ("scipy check_grad < 1e-5",)),
}


def judges() -> tuple[tuple[Judge, ...], tuple[Missing, ...]]:
    """The checkers that are there, and those that are not."""
    found = [
        Judge(name="np.allclose", accepts=by_allclose),
        Judge(name="assert_allclose(rtol=1e-7)", accepts=by_assert_allclose),
    ]
    missing = []
    for package, (made, names) in LIBRARIES.items():
        try:
            version(package)
        except PackageNotFoundError:
            missing += [Missing(name=name, package=package) for name in names]
        else:
            found += made()
    return tuple(found), tuple(missing)
