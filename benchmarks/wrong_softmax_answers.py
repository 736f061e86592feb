"""Mistakes in the backward passes of softmax: without shifting the logits, as students write it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from wrong_answer import Answer, Mistake

Array = np.ndarray[Any, Any]


# As a student writes it ----------------------------------------------------------------------------------------------


def soft(z: Array) -> SimpleNamespace:
    """e = exp(z), r its sum over the last axis, y = e / r."""
    e = np.exp(z)
    r = e.sum(-1, keepdims=True)
    return SimpleNamespace(e=e, r=r, y=e / r)


def of_graph(formula: Callable[[SimpleNamespace, Array], tuple[Any, Any]]) -> Answer:
    """r as a number, as in the graph of one sample."""

    def answer(z: Array, v: Array) -> tuple[Any, Any]:
        e = np.exp(z)
        return formula(SimpleNamespace(z=z, e=e, r=e.sum(), y=e / e.sum()), v)

    return answer


def follows(r_bar: Callable[[SimpleNamespace, Array], Any]) -> Answer:
    """z_bar that follows from some r_bar."""

    def formula(s: SimpleNamespace, v: Array) -> tuple[Any, Any]:
        r = r_bar(s, v)
        return r, v * s.e / s.r + r * s.e

    return of_graph(formula)


def r_(s: SimpleNamespace, v: Array) -> Any:
    return -np.dot(v, s.e) / s.r**2


def z_(s: SimpleNamespace, v: Array) -> Array:
    return np.asarray(v * s.e / s.r + r_(s, v) * s.e)


def at_logits(change: Callable[[Array], Array]) -> Answer:
    return lambda z, v: of_graph(lambda s, w: (r_(s, w), z_(s, w)))(change(z), v)


# Wrong answers -------------------------------------------------------------------------------------------------------


def backward_mistakes() -> list[Mistake]:
    def m(says: str, named: str, general: str, answer: Answer) -> Mistake:
        return Mistake(
            problem="softmax_backward",
            says=says,
            answer=answer,
            named=named,
            general=tuple(general.split(",")) if general else (),
        )

    on = of_graph
    skipped = "mean_cotangent:is_weighted_cotangent"
    return [
        m("r_bar not summed", "r_bar_not_summed", f"not_summed; {skipped}", follows(lambda s, v: -v * s.e / s.r**2)),
        m(
            "r_bar positive",
            "wrong_sign_of_r_bar",
            "path_through_r+sign,mean_cotangent:sign",
            follows(lambda s, v: -r_(s, v)),
        ),
        m("r not squared", "r_not_squared", "", follows(lambda s, v: -(v * s.e).sum() / s.r)),
        m(
            "no direct path",
            "direct_term_missing",
            "without_direct_path,direct_term:left_out",
            on(lambda s, v: (r_(s, v), r_(s, v) * s.e)),
        ),
        m(
            "no path through r",
            "path_through_r_missing",
            "without_path_through_r,normaliser_term:left_out",
            on(lambda s, v: (r_(s, v), v * s.e / s.r)),
        ),
        m("diagonal only", "diagonal_jacobian", skipped, on(lambda s, v: (r_(s, v), (s.y - s.y**2) * v))),
        m("no exp in r_bar", "no_exponential_in_r_bar", "", follows(lambda s, v: -v.sum() / s.r**2)),
        m("y for exp", "output_for_exponential", "", on(lambda s, v: (r_(s, v), s.y * v + r_(s, v) * s.y))),
        m(
            "no y_bar in r_bar",
            "no_cotangent_in_r_bar",
            "mean_cotangent:as_1,y_bar_ones",
            follows(lambda s, v: -s.e.sum() / s.r**2 + 0 * v[0]),
        ),
        m("only r_bar negated", "", "sign", on(lambda s, v: (-r_(s, v), z_(s, v)))),
        m("only z_bar negated", "", "sign", on(lambda s, v: (r_(s, v), -z_(s, v)))),
        m("both negated", "", "sign", on(lambda s, v: (-r_(s, v), -z_(s, v)))),
        m("z_bar averaged", "", "over_n", on(lambda s, v: (r_(s, v), z_(s, v) / len(v)))),
        m("r_bar averaged, z_bar right", "", "over_n", on(lambda s, v: (r_(s, v) / len(v), z_(s, v)))),
        m(
            "z_bar with +r_bar",
            "",
            "path_through_r+sign,normaliser_term:sign",
            on(lambda s, v: (r_(s, v), v * s.y - r_(s, v) * s.e)),
        ),
        m(
            "z negated",
            "",
            "z_negative",
            at_logits(lambda z: -z),
        ),
        m("r_bar in a list", "", "shape", on(lambda s, v: (np.array([r_(s, v)]), z_(s, v)))),
        m(
            "exp(2z)",
            "",
            "shifted_logit:factor_2",
            at_logits(lambda z: 2 * z),
        ),
    ]


def vjp_mistakes() -> list[Mistake]:
    def m(says: str, named: str, general: str, formula: Callable[[SimpleNamespace, Array], Any]) -> Mistake:
        return Mistake(
            problem="softmax_VJP",
            says=says,
            answer=lambda Z, V: formula(soft(Z), V),
            named=named,
            general=tuple(general.split()),
        )

    def dot(a: Array, b: Array, axis: int | None = 1) -> Array:
        return np.asarray((a * b).sum(axis, keepdims=True))

    def columns(s: SimpleNamespace, V: Array) -> Array:
        y = s.e / s.e.sum(0)
        return np.asarray(y * V - y * dot(y, V, 0))

    def whole(s: SimpleNamespace, V: Array) -> Array:
        y = s.e / s.e.sum()
        return np.asarray(y * V - y * dot(y, V, None))

    def right(s: SimpleNamespace, V: Array) -> Array:
        return np.asarray(s.y * V - s.y * dot(s.y, V))

    return [
        m(
            "no path through R",
            "path_through_r_missing",
            "without_path_through_R normaliser_term:left_out",
            lambda s, V: V * s.e / s.r,
        ),
        m(
            "no direct path",
            "direct_term_missing",
            "without_direct_path direct_term:left_out",
            lambda s, V: -(s.e / s.r**2) * dot(s.e, V),
        ),
        m(
            "diagonal only",
            "diagonal_jacobian",
            "mean_cotangent:is_weighted_cotangent",
            lambda s, V: (s.y - s.y**2) * V,
        ),
        m("axis 0", "wrong_axis", "other_axis", columns),
        m(
            "inner axis 0",
            "inner_sum_over_wrong_axis",
            "mean_cotangent:is_weighted_cotangent_summed_0",
            lambda s, V: s.y * V - s.y * dot(s.y, V, 0),
        ),
        m("no axis", "one_softmax_for_all", "no_axis", whole),
        m(
            "inner sum without axis",
            "inner_sum_over_all",
            "mean_cotangent:summed_0",
            lambda s, V: s.y * V - s.y * dot(s.y, V, None),
        ),
        m("wrong sign", "wrong_sign", "sign", lambda s, V: s.y * (dot(s.y, V) - V)),
        m(
            "R_bar positive",
            "wrong_sign_of_R_bar",
            "path_through_R+sign normaliser_term:sign",
            lambda s, V: s.y * V + s.e * dot(s.e, V) / s.r**2,
        ),
        m(
            "plain mean",
            "plain_mean",
            "mean_cotangent:is_Y_bar_averaged_1",
            lambda s, V: s.y * (V - V.mean(1)[:, None]),
        ),
        m("plain sum", "plain_sum", "weighted_cotangent:is_Y_bar", lambda s, V: s.y * V - s.y * V.sum(1)[:, None]),
        m(
            "Y squared",
            "output_squared",
            "normaliser_term:times_output",
            lambda s, V: s.y * V - s.y * s.y * dot(s.y, V),
        ),
        m("no Y in front", "output_factor_missing", "over_output", lambda s, V: V - dot(s.y, V)),
        m("divided by N", "mean_over_samples", "over_N", lambda s, V: right(s, V) / len(V)),
        m("minus a mean", "", "minus_over_N", lambda s, V: -right(s, V) / len(V)),
        m("np.mean over all", "mean_over_samples+over_C", "over_CN", lambda s, V: right(s, V) / V.size),
        m("plain mean, negated", "plain_mean+sign", "", lambda s, V: s.y * (V.mean(1)[:, None] - V)),
        m("transposed", "", "transpose", lambda s, V: right(s, V).T),
        m("last row forgotten", "", "without_last_0", lambda s, V: np.concatenate([right(s, V)[:-1], 0 * V[-1:]])),
        m("only the first row", "", "only_first_0", lambda s, V: np.concatenate([right(s, V)[:1], 0 * V[1:]])),
        m("summed over rows", "", "summed_0", lambda s, V: right(s, V).sum(0)),
        m("Y not normalised", "", "log_normaliser:left_out", lambda s, V: s.e * V - s.e * dot(s.e, V)),
        m("Y times too often", "", "times_output", lambda s, V: s.y * right(s, V)),
        m(
            "half the second term",
            "",
            "path_through_R+factor_half normaliser_term:factor_half",
            lambda s, V: s.y * V - s.y * dot(s.y, V) / 2,
        ),
        m("0.7 of the second term", "", "path_through_R+coefficient", lambda s, V: s.y * V - 0.7 * s.y * dot(s.y, V)),
        m("plus 0.25", "", "constant_added", lambda s, V: right(s, V) + 0.25),
        m("columns rolled", "", "rolled_1_1", lambda s, V: np.roll(right(s, V), 1, 1)),
        m("Y_bar handed back", "", "is_Y_bar", lambda s, V: V[:, : s.y.shape[1]]),
        m("log-softmax", "", "", lambda s, V: V - s.y * V.sum(1, keepdims=True)),
        m("noise", "", "", lambda s, V: right(s, V) + 0.01 * np.sin(V)),
    ]
