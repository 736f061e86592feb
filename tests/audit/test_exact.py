"""Numbers that are enclosed: they hold the truth, never become floats unseen, and tell equal from different."""

import numpy as np
import pytest

pytest.importorskip("flint")

from grader.audit.exact.arrays import LIBRARIES, NAMES, NotExactError, UndecidedError, exact
from grader.audit.exact.ball import Ball
from grader.audit.handed_in import handed_in
from grader.audit.program import Program
from grader.audit.reached import Module

NP = LIBRARIES["numpy"]
A = np.array([[4.0, 1.0], [1.0, 3.0]])


def middle(balls):
    return np.array([float(ball.arb.mid()) for ball in np.asarray(balls).ravel()]).reshape(np.shape(balls))


@pytest.mark.parametrize(
    "compute",
    [
        lambda np, a: np.exp(a - np.max(a, axis=-1, keepdims=True)),
        lambda np, a: np.log(a) * np.pi + np.sqrt(a) - np.tanh(a),
        lambda np, a: np.linalg.inv(a) @ a.T,
        lambda np, a: np.linalg.solve(a, a[0]),
        lambda np, a: np.linalg.det(a),
        lambda np, a: np.linalg.slogdet(a)[1],
        lambda np, a: np.linalg.cholesky(a),
        lambda np, a: np.einsum("ij,jk->ki", a, a),
        lambda np, a: np.var(a, axis=0) + np.mean(a, axis=0) / np.std(a),
        lambda np, a: np.where(a > 2, a, np.zeros_like(a)) + np.maximum(a, 2.0) - np.clip(a, 2, 3),
        lambda np, a: np.max(a, axis=(0, 1)) - np.min(a),
        lambda np, a: np.max(a, axis=-1, keepdims=True, initial=-np.inf, where=a < 4),
        lambda np, a: np.tril(np.abs(a)) * np.eye(2) + np.sign(a - 2),
        lambda np, a: np.logaddexp(a, 1.0) + np.square(a),
        lambda np, a: np.float32(a / 3),
        lambda np, a: np.zeros(2, dtype=np.float64) + a.astype(np.float64)[1],
    ],
)
def test_code_means_on_balls_what_it_means_on_floats(compute):
    np.testing.assert_allclose(
        middle(compute(NP, exact(A))), np.asarray(compute(np, A), dtype=float), rtol=1e-13, atol=1e-15
    )


def test_what_is_equal_in_exact_arithmetic_only_meets_there():
    third = exact(np.array(1.0)) / 3
    assert (third * 3).meets(Ball(1))
    assert not third.meets(Ball(1 / 3))


def test_nothing_becomes_a_float_by_itself():
    with pytest.raises(UndecidedError):
        np.zeros(2)[0] = Ball(1)
    with pytest.raises((UndecidedError, TypeError)):
        np.asarray([Ball(1)], dtype=np.float64)


def test_what_the_balls_leave_open_is_not_decided():
    root = Ball(2).sqrt()
    with pytest.raises(UndecidedError):
        bool(root * root > 2)
    assert root > 1


def test_what_cannot_be_worked_out_says_so():
    for compute in (lambda: NP.linalg.eigh(exact(A)), lambda: NP.random.rand(2)):
        with pytest.raises(NotExactError):
            compute()


def test_a_program_gets_the_libraries_that_it_is_given(course):
    from grader.grading.named import read_rubric

    (problem,) = read_rubric(str(course.rubric)).assignment.problem
    body = "return np.asarray(Z, dtype=float) * math.pi + float(w)"
    source = f"import math\nimport numpy as np\n\n\ndef f(Z, w):\n    {body}\n"
    module = Module(name="answers", file="answers.py", source=source, tree=None)
    submission = handed_in(problem, "answers:f", {"answers": module})
    floats = Program(submission).function("weighted")(np.ones(2), 2)
    balls = Program(submission, LIBRARIES, NAMES).function("weighted")(exact(np.ones(2)), 2)
    np.testing.assert_allclose(middle(balls), floats)
    assert isinstance(balls[0], Ball)
