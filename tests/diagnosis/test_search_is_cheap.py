"""What the first case contradicts is asked for no other, and so the search stays small."""

import numpy as np

from grader.diagnosis.explain import explain
from tests.checks.worlds import problem, vjp
from tests.diagnosis.trusted import Facts, drawn, observed, tapped_vjp

SHAPES = {"Z": ("N", "C"), "V": ("N", "C")}
CASES = drawn(SHAPES, *({"N": 3 + i, "C": 3 + i % 3} for i in range(12)))


class Watched(Facts):
    """Notes the cases on which the trusted function is evaluated with a change, and under which name."""

    def __init__(self) -> None:
        super().__init__(tapped_vjp)
        self.seen: list[tuple[str, str]] = []

    def glimpse(self, problem, case, change, arguments, meddle):
        self.seen.append((change, case.draw))
        return super().glimpse(problem, case, change, arguments, meddle)


def unexplained(Z, V):
    return vjp(Z, V) + 0.1 * np.sin(Z * V)


def test_what_explains_nothing_is_evaluated_on_one_case_only():
    facts = Watched()
    assert explain(problem(), observed(unexplained, CASES, problem(), facts), facts) is None
    assert len({draw for _, draw in facts.seen}) == 1
    assert len(facts.seen) < 1200


def test_a_name_stands_for_one_change_so_that_its_values_may_be_kept():
    facts = Watched()
    kept: dict[tuple[str, str], list[np.ndarray]] = {}

    class Compared(Watched):
        def glimpse(self, problem, case, change, arguments, meddle):
            found = super().glimpse(problem, case, change, arguments, meddle)
            values = [] if found is None else list(found)
            before = kept.setdefault((change, case.draw), values)
            assert len(before) == len(values)
            assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, values, strict=True)), change
            return found

    facts = Compared()
    assert explain(problem(), observed(unexplained, CASES, problem(), facts), facts) is None
    assert len(kept) > 100
