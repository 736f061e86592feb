"""Every trusted answer of the assignments for courses, on the rubrics' own cases: a derivative, by 80 digits."""

import importlib
import inspect

import mpmath as mp
import numpy as np
import pytest

from grader.grading.engine import trusted_modules
from grader.grading.plan import draw_plan
from grader.numerics.expected import AGREE_UNITS
from grader.numerics.rounding import unit_roundoff
from grader.truth.book import Truth
from tests.reference import course
from tests.reference import high_precision as hp
from tests.reference.course_definitions import DIFFERENTIATED

LARGEST = 100  # entries of an argument; a larger case would take long in 80 digits, and says nothing new
DIRECTIONS = 2
SEED = 7


@pytest.fixture(autouse=True)
def digits():
    with mp.workdps(hp.DIGITS):
        yield


@pytest.fixture(scope="module", params=course.PACKAGES)
def drawn(request):
    rubric = course.rubric(request.param)
    modules = trusted_modules(course.ROOT / "rubrics" / f"{request.param}.toml", rubric.assignment)
    truth = Truth(rubric.assignment, modules, SEED)
    return draw_plan(rubric.assignment, modules, truth, SEED), truth


def function(ref):
    module, _, name = ref.partition(":")
    return getattr(importlib.import_module(f"reference.{module}"), name)


def parts(returned):
    return [np.asarray(v) for v in (returned if isinstance(returned, tuple) else (returned,))]


def test_an_answer_is_the_derivative_of_what_is_asked_along_any_direction(drawn):
    plan, truth = drawn
    for problem in plan.assignment.problem:
        differentiated, arguments = DIFFERENTIATED[problem.id]
        for case in plan.cases[problem.id]:
            if max(value.size for value in case.values) > LARGEST:
                continue
            given = {name: hp.exact(value) for name, value in case.arguments}
            answer = parts(function(problem.reference)(*case.values))
            rng = np.random.default_rng(0)
            for actual, name, due in zip(answer, arguments, truth.expected(problem, case), strict=True):
                assert actual.dtype == np.float64
                directions = [hp.exact(rng.uniform(-1, 1, size=actual.shape)) for _ in range(DIRECTIONS)]
                slopes = hp.central_differences(
                    lambda at, name=name, given=given, of=differentiated: of(**given | {name: at}),
                    given[name],
                    directions,
                )
                # Whatever the precision of the inputs, the answer is computed in float64.
                unit = due.unit * (unit_roundoff("float64") / unit_roundoff(case.dtype))
                for direction, slope in zip(directions, slopes, strict=True):
                    error = abs(np.sum(hp.exact(actual) * direction) - slope)
                    allowed = AGREE_UNITS * np.sum(unit * abs(hp.rounded(direction)))
                    assert error <= allowed, f"{problem.id} {case.id} {case.dtype} {case.says} {name}"


def test_every_generic_case_can_tell_right_from_wrong(drawn):
    plan, truth = drawn
    for problem in plan.assignment.problem:
        for case in plan.cases[problem.id]:
            if case.family == "generic":
                assert all(e.informative for e in truth.expected(problem, case)), f"{problem.id} {case.id}"


def test_a_tap_touches_nothing_by_default_and_everything_tapped_matters(drawn):
    plan, _ = drawn
    for problem in plan.assignment.problem:
        answer = function(problem.reference)
        assert inspect.signature(answer).parameters["tap"].kind is inspect.Parameter.KEYWORD_ONLY
        case = next(c for c in plan.cases[problem.id] if c.family == "generic")
        names = []
        watched = parts(answer(*case.values, tap=lambda name, value, seen=names: seen.append(name) or value))
        plain = parts(answer(*case.values))
        assert all((a == b).all() for a, b in zip(plain, watched, strict=True))
        for name in names:
            moved = parts(answer(*case.values, tap=lambda at, v, n=name: v * (1 + 1e-6 * np.cos(v)) if at == n else v))
            assert any(np.max(abs(m - p)) > 0 for m, p in zip(moved, plain, strict=True)), (problem.id, name)


def test_a_complex_argument_is_refused_by_answers_and_forward_models(drawn):
    plan, _ = drawn
    for problem in plan.assignment.problem:
        first, *others = next(iter(plan.cases[problem.id])).values
        with pytest.raises(TypeError, match="real numbers are needed, not complex128"):
            function(problem.reference)(first + 0j, *others)
