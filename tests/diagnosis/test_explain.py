"""An explanation is given only where it is the only one, and only where it reproduces every number."""

import numpy as np
import pytest

from grader.diagnosis.explain import explain
from grader.diagnosis.observation import Observation
from grader.model.assignment import Misconception
from tests.checks.worlds import case, problem, softmax, vjp
from tests.diagnosis.trusted import Facts as KnownFacts
from tests.diagnosis.trusted import tapped_vjp


def only_diagonal(Z, V):
    Y = softmax(Z)
    return Y * (1 - Y) * V


def plain_mean(Z, V):
    return softmax(Z) * (V - V.mean(axis=-1, keepdims=True))


def summed(Z, V):
    return vjp(Z, V).sum(axis=0)


def raises(Z, V):
    raise ValueError


MISTAKES = {"only_diagonal": only_diagonal, "plain_mean": plain_mean, "summed": summed, "raises": raises}
NAMED = tuple(
    Misconception.model_validate({"id": name, "function": f"m:{name}", "says": f"it is {name}", "hint": "think"})
    for name in MISTAKES
)
CASES = [case(0, n=2, c=4), case(1, n=3, c=4), case(2, n=3, c=5), case(3, n=2, c=5, dtype="float32")]
PROBLEM = problem(misconceptions=NAMED)
FACTS = KnownFacts(mistakes=MISTAKES)


def observed(answer, cases=CASES, of=PROBLEM, facts=FACTS):
    out = []
    for on in cases:
        try:
            value = answer(*(np.array(v) for v in on.values))
            values = tuple(np.asarray(v) for v in (value if isinstance(value, tuple) else (value,)))
        except ValueError:
            values = None
        out.append(Observation(case=on, values=values, expected=facts.expected(of, on)))
    return out


@pytest.mark.parametrize("name", ["only_diagonal", "plain_mean", "summed"])
def test_a_named_misconception_is_recognised_whatever_its_shape(name):
    found = explain(PROBLEM, observed(MISTAKES[name]), FACTS)
    assert found is not None
    assert (found.id, found.says, found.hint) == (name, f"it is {name}", "think")


def test_a_misconception_is_recognised_at_the_rounding_of_another_algebra():
    found = explain(PROBLEM, observed(lambda Z, V: softmax(Z) * V - softmax(Z) ** 2 * V), FACTS)
    assert found is not None
    assert found.id == "only_diagonal"


def test_a_right_answer_is_never_explained():
    assert explain(PROBLEM, observed(vjp), FACTS) is None


def test_one_case_that_contradicts_is_enough_for_silence():
    calls = []

    def answer(Z, V):
        calls.append(1)
        return only_diagonal(Z, V) * (1 + 1e-3 * (len(calls) == 3))

    assert explain(PROBLEM, observed(answer), FACTS) is None


def test_two_explanations_that_fit_are_none():
    twins = tuple(m.model_copy(update={"id": i}) for m in NAMED[:1] for i in ("only_diagonal", "plain_mean"))
    facts = KnownFacts(mistakes={"only_diagonal": only_diagonal, "plain_mean": only_diagonal})
    assert explain(problem(misconceptions=twins), observed(only_diagonal), facts) is None


def test_raising_where_the_misconception_raises_is_no_evidence_by_itself():
    assert explain(PROBLEM, observed(raises), FACTS) is None


def sometimes_raises(Z, V):
    if len(Z) == 2:
        raise ValueError
    return only_diagonal(Z, V)


def test_raising_where_the_misconception_does_and_agreeing_elsewhere_is_that_misconception():
    of, facts = named(raising=sometimes_raises)
    found = explain(of, observed(sometimes_raises, of=of, facts=facts), facts)
    assert found is not None
    assert found.id == "raising"


@pytest.mark.parametrize(("answer", "mistake"), [(only_diagonal, sometimes_raises), (sometimes_raises, only_diagonal)])
def test_raising_where_the_other_does_not_contradicts(answer, mistake):
    of, facts = named(only=mistake)
    found = explain(of, observed(answer, of=of, facts=facts), facts)
    assert found is None or found.id != "only"


def test_a_misconception_that_cancels_to_nothing_is_recognised_at_the_rounding_of_other_algebra():
    def other(Z, V):
        return softmax(Z) * V - softmax(Z) ** 2 * (V - 0.7 + 0.7)

    single = case(4, n=9, c=1)
    assert (only_diagonal(*single.values) == 0).all()
    assert (other(*single.values) != 0).any()
    of, _ = named(only_diagonal=only_diagonal)
    facts = KnownFacts(tapped_vjp, {"only_diagonal": only_diagonal})
    found = explain(of, observed(other, cases=[*CASES, single], of=of, facts=facts), facts)
    assert found is not None
    assert found.id == "only_diagonal"


def test_nothing_observed_is_nothing_explained():
    assert explain(PROBLEM, [], FACTS) is None


@pytest.mark.parametrize(
    ("factor", "slip", "besides"),
    [
        (lambda Z: -1.0, "sign", "and the sign is wrong"),
        (lambda Z: 2.0, "factor_2", "and a factor 2 is too much"),
        (lambda Z: 0.5, "factor_half", "and a factor 2 is missing"),
        (lambda Z: 1 / len(Z), "over_N", "and it is divided by N"),
        (lambda Z: -1 / len(Z), "minus_over_N", "and it is divided by -N"),
        (lambda Z: Z.shape[1], "times_C", "and it is multiplied by C"),
    ],
)
def test_a_further_slip_on_a_named_misconception_is_recognised(factor, slip, besides):
    found = explain(PROBLEM, observed(lambda Z, V: factor(Z) * plain_mean(Z, V)), FACTS)
    assert found is not None
    assert (found.id, found.says, found.hint) == (f"plain_mean+{slip}", f"it is plain_mean, {besides}", "think")


def negated(Z, V):
    return -vjp(Z, V)


def averaged(Z, V):
    return vjp(Z, V) / len(Z)


def named(**mistakes):
    """A problem that names these mistakes, and the facts of it."""
    library = tuple(
        Misconception.model_validate({"id": name, "function": f"m:{name}", "says": f"it is {name}"})
        for name in mistakes
    )
    return problem(misconceptions=library), KnownFacts(mistakes=mistakes)


def test_two_named_slips_at_once_are_one_general_mistake():
    of, facts = named(wrong_sign=negated, mean=averaged)
    found = explain(of, observed(lambda Z, V: -averaged(Z, V), of=of, facts=facts), facts)
    assert found is not None
    assert found.id == "minus_over_N"


def test_one_named_slip_with_another_that_has_no_name_is_told_of_the_named_one():
    of, facts = named(wrong_sign=negated)
    found = explain(of, observed(lambda Z, V: -averaged(Z, V), of=of, facts=facts), facts)
    assert found is not None
    assert found.id == "wrong_sign+over_N"


def test_two_named_mistakes_that_a_slip_makes_equal_are_not_told_apart():
    of, facts = named(one=plain_mean, other=lambda Z, V: -2 * plain_mean(Z, V))
    assert explain(of, observed(lambda Z, V: 2 * plain_mean(Z, V), of=of, facts=facts), facts) is None


def test_a_named_misconception_is_preferred_to_a_general_mistake():
    of, facts = named(mean=averaged)
    found = explain(of, observed(averaged, of=of, facts=facts), facts)
    assert found is not None
    assert found.id == "mean"


@pytest.mark.parametrize(
    ("answer", "id_"),
    [
        (lambda Z, V: -vjp(Z, V), "sign"),
        (lambda Z, V: 2 * vjp(Z, V), "factor_2"),
        (lambda Z, V: vjp(Z, V) / 2, "factor_half"),
        (lambda Z, V: vjp(Z, V) / len(Z), "over_N"),
        (lambda Z, V: vjp(Z, V) * Z.shape[1], "times_C"),
        (lambda Z, V: vjp(Z, V) * V, "times_V"),
        (lambda Z, V: vjp(Z, V) / Z, "over_Z"),
        (lambda Z, V: vjp(Z, V) * 3.25, "constant_factor"),
    ],
)
def test_general_mistakes_need_no_word_from_the_rubric(answer, id_):
    bare = problem()
    found = explain(bare, observed(answer, of=bare), FACTS)
    assert found is not None
    assert found.id == id_


def test_a_transpose_is_recognised_where_the_answer_is_square():
    bare = problem()
    cases = [case(i, n=3, c=3) for i in range(3)]
    found = explain(bare, observed(lambda Z, V: vjp(Z, V).T, cases=cases, of=bare), FACTS)
    assert found is not None
    assert found.id == "transpose"


def test_an_unknown_mistake_is_not_guessed_at():
    assert explain(PROBLEM, observed(lambda Z, V: vjp(Z, V) + 0.1 * np.sin(Z)), FACTS) is None


def test_only_the_wrong_one_of_several_values_is_explained():
    two = problem(returns=({"name": "s", "shape": ()}, {"name": "Z_bar", "shape": ("N", "C")}))
    right = lambda Z, V: (np.sum(Z * V), vjp(Z, V))
    facts = KnownFacts(right)
    wrong = lambda Z, V: (-np.sum(Z * V), vjp(Z, V))
    found = explain(two, observed(wrong, of=two, facts=facts), facts)
    assert found is not None
    assert (found.id, found.says) == ("sign", "s has the wrong sign")


def test_a_mistake_that_overflows_where_the_answer_does_is_still_recognised():
    def overflowing(Z, V):
        out = only_diagonal(Z, V)
        return out * np.inf if len(Z) == 2 else out

    facts = KnownFacts(mistakes=MISTAKES | {"only_diagonal": overflowing})
    found = explain(PROBLEM, observed(overflowing, facts=facts), facts)
    assert found is not None
    assert found.id == "only_diagonal"
