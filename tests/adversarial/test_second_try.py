"""Who is found to have answered wrongly gets no second try, whatever a submission does once it finds that out."""

from grader.grading.graded import Manner, grade_submission
from grader.model.submission import Chunk, Submission
from tests.grading.test_dialogue import new_grading

SUMS = "\ndef column_sums(A):\n    return A.sum(axis=0, keepdims=True)\n"
CLASSMATE = "def gradient(x):\n    return x\n" + SUMS
# A process is asked more than once only if something is wrong, or cannot be told. Then this one answers what nobody has
# answered, so that what was asked ahead of it is taken back and a new process begins, which guesses anew.
GUESSES = (
    """
import os, sys
factor = 1 + (os.urandom(1)[0] & 1)
print(factor)
exchanges = set()
def gradient(x):
    frame = sys._getframe()
    while "asked" not in frame.f_locals:
        frame = frame.f_back
    exchanges.add(frame.f_locals["asked"].nonce)
    if len(exchanges) > 1 and factor == 1:
        return x + os.urandom(1)[0] / 255
    return factor * x
"""
    + SUMS
)


def handed_in(source):
    return Submission(path="a.py", student="a", sha256="", chunks=(Chunk(label="a.py", source=source),))


def test_a_wrong_guess_stays_wrong_in_a_new_process(sandbox):
    grading = new_grading()
    grade_submission(grading, Manner(rubric="r.toml"), sandbox, handed_in(CLASSMATE))
    graded = [grade_submission(grading, Manner(rubric="r.toml"), sandbox, handed_in(GUESSES)) for _ in range(24)]
    # What it prints while it is loaded is told of its first process.
    found = [(one.report.printed.text, one.report.score == one.report.max_score) for one in graded]
    assert set(found) == {("1\n", False), ("2\n", True)}
    # Otherwise nothing was tried.
    assert any(one.usage.processes == 2 for one in graded)
