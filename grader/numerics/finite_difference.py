"""Derivatives from values alone, each with an estimate of its own error.

The plain schemes are here for their order of accuracy; verdicts rest on ``derivative``, which measures the noise first.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.model.case import Array
from grader.numerics.expected import difference_noise
from grader.numerics.tangent import Direction

Real: TypeAlias = NDArray[np.float64]
Function: TypeAlias = Callable[[float], float]

LEVELS = 14
"""Central differences: steps from s/4 down to s/4 * 4**-13 = 4e-9 s."""
SHRINK = 4.0
_NOISE_POINTS = 8
_ORDERS = 5  # Richardson columns: beyond h**10 rounding always wins


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivative:
    """A derivative, and how far it may be off.

    Parameters
    ----------
    value : float
        The derivative; nan where none could be found.
    error : float
        Estimate of the largest absolute error, not below it in 99.5 % of what was tried (docs/numerics.md); inf where
        nothing can be said.
    evaluations : int
        How often the function was called.
    noise : float
        Standard deviation of the rounding noise in one value of the function.
    """

    value: float
    error: float
    evaluations: int
    noise: float


def forward_difference(f: Function, h: float) -> float:
    """Return (f(h) - f(0)) / h.

    Parameters
    ----------
    f : callable
        A function of one number.
    h : float
        The step, not 0.

    Returns
    -------
    float
        The derivative at 0, with an error of O(h) and rounding of eps/h.
    """
    return (f(h) - f(0.0)) / h


def central_difference(f: Function, h: float) -> float:
    """Return (f(h) - f(-h)) / 2h.

    Parameters
    ----------
    f : callable
        A function of one number.
    h : float
        The step, not 0.

    Returns
    -------
    float
        The derivative at 0, with an error of O(h**2) and rounding of eps/h.
    """
    return (f(h) - f(-h)) / (2 * h)


def richardson(f: Function, h: float, levels: int = 2) -> float:
    """Return central differences at h, h/2, h/4, … extrapolated to the step 0.

    Parameters
    ----------
    f : callable
        A function of one number.
    h : float
        The largest step, not 0.
    levels : int
        How many steps, at least 1.

    Returns
    -------
    float
        The derivative at 0, with an error of O(h**(2 levels)).

    Notes
    -----
    The error of a central difference is a series in h**2, so a column p of the tableau cancels h**(2p):
    R[j, p] = R[j, p-1] + (R[j, p-1] - R[j-1, p-1]) / (4**p - 1) (Richardson 1911; Ridders, Adv. Eng. Software 4, 1982).
    """
    column = [central_difference(f, h / 2**j) for j in range(levels)]
    for p in range(1, levels):
        column = [b + (b - a) / (4.0**p - 1) for a, b in pairwise(column)]
    return column[-1]


def directional(f: Callable[[Array], float], direction: Direction, *, scale: float = 1.0) -> Derivative:
    """Return the derivative of a function of an array along a curve.

    Parameters
    ----------
    f : callable
        A function of an array.
    direction : Direction
        The curve.
    scale : float
        As in `derivative`; a Direction keeps to its domain for scales up to 1.

    Returns
    -------
    Derivative
        The inner product of f's gradient with ``direction.tangent``.
    """
    return derivative(lambda t: f(direction.at(t)), scale=scale)


def derivative(f: Function, *, scale: float = 1.0) -> Derivative:
    """Return the derivative at 0 with an estimate of its error.

    Parameters
    ----------
    f : callable
        A function of one number; nan, infinity, an ArithmeticError or a LinAlgError mean: outside the domain.
    scale : float
        Over which distance the function changes its shape: the largest step is a quarter of it. Positive.

    Returns
    -------
    Derivative

    Raises
    ------
    ValueError
        If `scale` is not positive and finite.

    Notes
    -----
    1. The noise of f from its differences at 8 close points (ECnoise: Moré & Wild, SIAM J. Sci. Comput. 33, 2011).
    2. Central differences with steps s/4 * 4**-j inside the domain, extrapolated by Richardson's scheme.
    3. The doubt of an entry of the tableau: truncation (how far it is from its neighbours) plus rounding.
    4. Its estimate: twice the doubt, plus the worst contradiction by any entry with a finer step. The entry with the
       least estimate is taken; a kink's jump of slope is added.
    """
    if not (scale > 0 and math.isfinite(scale)):
        msg = f"scale should be positive and finite, not {scale}"
        raise ValueError(msg)
    probe = _Probe(f)
    middle = probe(0.0)
    noise = _noise(probe, middle, scale) if math.isfinite(middle) else math.nan
    steps, above, below = _ladder(probe, scale) if math.isfinite(noise) else ([], [], [])
    if len(steps) < 3:
        return Derivative(value=math.nan, error=math.inf, evaluations=probe.evaluations, noise=noise)
    value, error = _extrapolated(np.array(steps), np.array(above), np.array(below), middle, noise)
    return Derivative(value=value, error=error, evaluations=probe.evaluations, noise=noise)


class _Probe:
    """Calls the function, counts, and turns leaving the domain into nan."""

    def __init__(self, f: Function) -> None:
        self._f = f
        self.evaluations = 0

    def __call__(self, t: float) -> float:
        self.evaluations += 1
        try:
            with np.errstate(all="ignore"):
                return float(self._f(t))
        except (ArithmeticError, np.linalg.LinAlgError):
            return math.nan


def _noise(probe: _Probe, middle: float, scale: float) -> float:
    """Return the standard deviation of f's rounding noise (ECnoise); nan where f is not finite near 0."""
    # Differences of a smooth f, from the second on, are then below 2**-60. The golden ratio keeps the rounding of round
    # slopes from repeating itself.
    spacing = scale * 2.0**-30 * (math.sqrt(5) - 1) / 2
    offsets = [i for i in range(-(_NOISE_POINTS // 2), _NOISE_POINTS // 2 + 1) if i != 0]
    noise = math.nan
    for attempt in range(4):
        values = [probe(i * spacing) for i in offsets]
        values.insert(_NOISE_POINTS // 2, middle)
        if not all(math.isfinite(v) for v in values):
            break  # the domain ends here: at the least spacing, before the ladder has any step
        table = np.array(values)
        change = np.abs(np.diff(table))
        flat = not change.any()
        measured = (
            0.0 if attempt == 3 else float(difference_noise(table))
        )  # at 2**-9 a smooth f has differences of its own
        # A uniform error of one quantum has the deviation quantum/sqrt(12); values that are all equal tell of none.
        quantum = 0.0 if flat else _quantum(table)
        noise = float(np.fmax(noise, max(measured, 0.3 * quantum, 2.0**-53 * float(np.max(np.abs(table))))))
        # Coarsely rounded values are flat, or a staircase, over small distances, and do not look random: their noise is
        # seen whole only where each step changes them by far more.
        if not flat and (change.mean() >= 16 * measured or attempt == 2):
            break
        spacing *= 2.0**7
    return noise


def _quantum(values: Real) -> float:
    """Return the largest power of two of which all values are multiples: about 2**-24 if they went through float32."""
    mantissa, exponent = np.frexp(values[values != 0])
    whole = np.abs(mantissa * 2.0**53).astype(np.int64)
    return float(np.min(np.ldexp((whole & -whole).astype(np.float64), exponent - 53)))


def _ladder(probe: _Probe, scale: float) -> tuple[list[float], list[float], list[float]]:
    """Return steps, coarsest first, and the values above and below 0; coarser ones than any that left are dropped."""
    steps: list[float] = []
    above: list[float] = []
    below: list[float] = []
    for j in range(LEVELS):
        h = scale / 4 * SHRINK**-j
        up, down = probe(h), probe(-h)
        if not (math.isfinite(up) and math.isfinite(down)):
            steps, above, below = [], [], []
            continue
        steps.append(h)
        above.append(up)
        below.append(down)
    return steps, above, below


def _extrapolated(steps: Real, above: Real, below: Real, middle: float, noise: float) -> tuple[float, float]:
    with np.errstate(all="ignore"):
        central = (above - below) / (2 * steps)  # where it overflows, the entry is never chosen
        # Two independent values: sqrt(2) sigma / 2h; three sigmas of it.
        rounding = 3 * _noise_at(np.maximum(np.abs(above), np.abs(below)), middle, noise) / (math.sqrt(2) * steps)
        tableau, spread = [central], [rounding + 2.0**-53 * np.abs(central)]
        for p in range(1, min(_ORDERS, len(steps))):
            gain = SHRINK ** (2 * p) - 1
            tableau.append(tableau[-1][1:] + np.diff(tableau[-1]) / gain)
            spread.append(spread[-1][1:] * (1 + 1 / gain) + spread[-1][:-1] / gain)
        surprise = _surprise(tableau, rounding)
        values = np.concatenate(tableau)
        doubts = np.concatenate([_truncation(tableau, p) + surprise * noisy for p, noisy in enumerate(spread)])
        doubts = np.where(np.isfinite(values) & np.isfinite(doubts), doubts, np.inf)
        finest = np.concatenate([np.arange(p, len(steps)) for p in range(len(tableau))])  # the least step of each entry
        # [i, j]: how far entry j, of a finer step, is from entry i beyond 1.5 times what j itself doubts.
        gap = np.abs(values[np.newaxis, :] - values[:, np.newaxis]) - 1.5 * doubts[np.newaxis, :]
        finer = (finest[np.newaxis, :] > finest[:, np.newaxis]) & np.isfinite(doubts)[np.newaxis, :]
        contradiction = np.max(gap, axis=1, where=finer, initial=0.0)
        estimate = 2 * doubts + contradiction
        best = int(np.argmin(np.where(np.isnan(estimate), np.inf, estimate)))
        return float(values[best]), float(estimate[best]) + _kink(steps, above - 2 * middle + below, noise)


def _noise_at(size: Real, middle: float, noise: float) -> Real:
    """Return the noise of values of that size: relative to them, where the noise at 0 is plausibly relative."""
    if noise < 2.0**-18 * abs(middle):
        return noise * np.maximum(1.0, size / abs(middle))
    return np.maximum(noise, 2.0**-53 * size)  # 0 lies near a zero of f: its noise says nothing of larger values


def _surprise(tableau: list[Real], rounding: Real) -> float:
    """Return by how much the finest differences contradict each other more than their rounding explains; at least 1."""
    # Extrapolation takes away truncation and leaves rounding as it is: the column with the least jumps shows it best.
    count = max(2, len(rounding) - 2)
    jumps = np.min([np.abs(np.diff(column[-count:])) for column in tableau[:3] if len(column) >= count], axis=0)
    explained = (rounding[1:] + rounding[:-1])[-len(jumps) :]
    return float(np.max((jumps / explained)[-4:], where=explained[-4:] > 0, initial=1.0))


def _truncation(tableau: list[Real], p: int) -> Real:
    """Return how far each entry of column p is from the entries that it was made of."""
    column = tableau[p]
    if p > 0:
        return np.maximum(np.abs(column - tableau[p - 1][1:]), np.abs(column - tableau[p - 1][:-1]) / SHRINK ** (2 * p))
    # A plain central difference is off by what the next column corrects; the coarsest has no such neighbour.
    return np.concatenate([[np.inf], np.abs(np.diff(column)) / (SHRINK**2 - 1)])


def _kink(steps: Real, second: Real, noise: float) -> float:
    """Return half the jump of the slope where it does not vanish with the step: there is no derivative then."""
    jump = np.abs(second) / steps
    seen = jump[jump > 16 * noise / steps]
    if len(seen) < 3:
        return 0.0
    # The jump of a smooth function falls with h, here by 4 a level; half of that rate over two levels is no derivative.
    return float(seen[-1]) / 2 if seen[-1] > seen[-3] / 4 else 0.0
