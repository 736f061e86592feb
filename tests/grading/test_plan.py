"""Cases are the same for everyone, smallest first, and able to tell right from wrong."""

from pathlib import Path

import numpy as np
import pytest

from grader.grading.engine import trusted_modules
from grader.grading.plan import PlanError, draw_plan
from grader.loading.rubric import load_rubric
from grader.truth.book import Truth
from grader.truth.modules import TrustedFunctionError, TrustedModules
from grader.truth.seeds import seed_sequence

SMALL = Path(__file__).parents[1] / "integration" / "small" / "rubric.toml"


def plan(assignment=None, seed=1):
    rubric = load_rubric(SMALL)
    assignment = assignment or rubric.assignment
    modules = trusted_modules(rubric.path, assignment)
    return draw_plan(assignment, modules, Truth(assignment, modules, seed), seed)


def changed(**problem):
    assignment = load_rubric(SMALL).assignment
    first = assignment.problem[0].model_copy(update=problem)
    return assignment.model_copy(update={"problem": (first, *assignment.problem[1:])})


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first.values, second.values, strict=True))


def test_the_same_seed_draws_the_same_cases_and_another_draws_others():
    first, again, other = plan(), plan(), plan(seed=2)
    for id_, cases in first.cases.items():
        assert all(same(a, b) for a, b in zip(cases, again.cases[id_], strict=True))
        assert not all(same(a, b) for a, b in zip(cases, other.cases[id_], strict=True))


def test_another_problem_does_not_change_a_problems_cases():
    assignment = load_rubric(SMALL).assignment
    alone = plan(assignment.model_copy(update={"problem": assignment.problem[1:]}))
    both = plan()
    assert all(same(a, b) for a, b in zip(alone.cases["column_sums"], both.cases["column_sums"], strict=True))


def test_cases_come_smallest_first_and_are_numbered_so():
    for cases in plan().cases.values():
        sizes = [sum(v.size for v in case.values) for case in cases]
        assert sizes == sorted(sizes)
        assert [case.index for case in cases] == list(range(len(cases)))


def test_a_misconception_that_never_comes_to_an_answer_is_the_rubrics_fault():
    dead = load_rubric(SMALL).assignment.problem[0].misconception[0].model_copy(update={"function": "answers:fails"})
    with pytest.raises(PlanError, match="`two_missing` raises an exception on every case"):
        plan(changed(misconception=(dead,)))


def test_a_case_that_does_not_fit_into_memory_is_the_rubrics_fault():
    with pytest.raises(PlanError, match="does not fit into memory; make its sizes smaller"):
        plan(changed(reference="answers:hungry"))


def test_arguments_cannot_be_written_to():
    case = plan().cases["gradient"][0]
    with pytest.raises(ValueError, match="read-only"):
        case.values[0][0] = 1.0


def test_a_note_says_what_was_drawn():
    assert plan().notes[0] == "gradient: 3 generic"


def test_a_mistake_that_cannot_be_told_from_the_truth_stops_the_run():
    twin = load_rubric(SMALL).assignment.problem[0].misconception[0].model_copy(update={"function": "answers:gradient"})
    with pytest.raises(PlanError, match="two_missing"):
        plan(changed(misconception=(twin,)))


def test_a_reference_that_fails_is_told_apart_from_everything_else():
    with pytest.raises(TrustedFunctionError, match="has no function `nothing`"):
        plan(changed(reference="answers:nothing"))
    with pytest.raises(TrustedFunctionError, match="failed on generic"):
        plan(changed(reference="answers:fails"))
    with pytest.raises(TrustedFunctionError, match=r"returned shape \(1,\) on generic\[0\]; `g` should have \(2,\)"):
        plan(changed(reference="answers:column_sums"))


def test_cases_that_could_not_tell_right_from_wrong_are_not_drawn():
    # The answer is a difference of nearly equal numbers everywhere: no draw is informative.
    assignment = load_rubric(SMALL).assignment
    values = {"x": assignment.inputs["vector"].values["x"].model_copy(update={"scale": 1e-300})}
    inputs = assignment.inputs | {"vector": assignment.inputs["vector"].model_copy(update={"values": values})}
    with pytest.raises(PlanError, match="no usable case of the family `generic`"):
        plan(assignment.model_copy(update={"inputs": inputs}))


def test_seeds_depend_on_every_part_of_their_path_and_on_nothing_else():
    states = {
        tuple(seed_sequence(*path).generate_state(2)) for path in [(1, "a"), (1, "b"), (2, "a"), ("1a",), (1, "a", 0)]
    }
    assert len(states) == 5
    # A fixed value: seeds must not change with the platform, the process or a hash seed.
    assert seed_sequence(280, "grad_mu").entropy == 7559109071630227881433808561245902260


def test_a_trusted_folder_is_imported_under_a_name_that_nothing_else_has():
    import sys

    modules = TrustedModules(SMALL.parent / "trusted")
    assert modules.function("answers:gradient")(np.ones(2)).tolist() == [2.0, 2.0]
    assert "answers" not in sys.modules
    assert "trusted" not in sys.modules


@pytest.mark.parametrize(
    ("ref", "says"),
    [
        ("nowhere:f", "`nowhere` cannot be imported"),
        ("answers:nothing", "`answers` has no function `nothing`"),
        ("answers:np", "is not a function"),
    ],
)
def test_a_trusted_function_that_is_not_there_says_why(ref, says):
    modules = TrustedModules(SMALL.parent / "trusted")
    with pytest.raises(TrustedFunctionError, match=says):
        modules.function(ref)
    assert modules.signature(ref) is None


def test_a_trusted_module_that_is_broken_says_why(tmp_path):
    (tmp_path / "broken.py").write_text("import numpy as np\nx = 1 / 0\n")
    with pytest.raises(TrustedFunctionError, match="ZeroDivisionError"):
        TrustedModules(tmp_path).function("broken:f")


def test_the_digest_changes_with_any_trusted_file(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n")
    before = TrustedModules(tmp_path).sha256()
    (tmp_path / "b.py").write_text("")
    assert TrustedModules(tmp_path).sha256() != before


def test_further_cases_are_new_ones_and_the_same_for_everybody():
    drawn = plan()
    problem = drawn.assignment.problem[0]
    further = drawn.drawer.further(problem, ("generic",))
    assert len(further) == len(drawn.cases["gradient"])
    assert not {case.draw for case in further} & {case.draw for case in drawn.cases["gradient"]}
    assert not {case.id for case in further} & {case.id for case in drawn.cases["gradient"]}
    assert all(same(a, b) for a, b in zip(further, plan().drawer.further(problem, ("generic",)), strict=True))
