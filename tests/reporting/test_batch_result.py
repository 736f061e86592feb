"""What is printed after a run: the class by problem, then what a person has to do, and last what was not graded."""

from fractions import Fraction

from grader.model.report import AssignmentReport
from grader.reporting.batch_result import print_batch
from grader.reporting.class_summary import ClassSummary, Counts, Distribution, MistakeSummary, ProblemSummary
from grader.reporting.needs import Need
from tests.reporting.goldens import plain_console, written


def problem(name, most, **numbers):
    return ProblemSummary(id=name, title=name, max_score=Fraction(most), **numbers)


def summary(**changes):
    fields = {
        "grader_version": "1",
        "assignment": AssignmentReport(id="hw1", title="Homework 1", path="a.toml", sha256="0", max_score=Fraction(10)),
        "seed": 1,
        "counts": Counts(
            students=1001, hand_ins=1000, graded=999, undecided=0, not_graded=1, missing=1, late=0, adjusted=0
        ),
        "points": Distribution(
            students=999,
            mean=Fraction(22, 3),
            median=Fraction(8),
            lower_quartile=Fraction(6),
            upper_quartile=Fraction(9),
            least=Fraction(0),
            most=Fraction(10),
            full_marks=Fraction(1, 4),
        ),
        "problems": (
            problem("a", 4, hand_ins=999, mean=Fraction(3), full_marks=Fraction(998, 999)),
            problem("long_name", 6, hand_ins=0, mean=None, full_marks=None),
        ),
        "mistakes": tuple(
            MistakeSummary(problem="a", id=name, says=f"it has a {name}", hand_ins=count)
            for name, count in (("w", 1), ("x", 30), ("y", 2), ("z", 2))
        ),
        "needs_a_person": (),
        "strays": (),
    }
    return ClassSummary(**{**fields, **changes})


def printed(of, width=80):
    return written(plain_console(width), lambda console: print_batch(of, "out", console)).splitlines()


def test_each_problem_has_its_mean_its_share_of_full_marks_and_three_mistakes():
    lines = printed(summary())
    assert lines[0].split("   ")[0] == "Homework 1"
    assert lines[0].endswith("mean 7.3, median 8 of 10")
    table = [line.split() for line in lines[2:5]]
    assert table[0] == ["problem", "mean", "full", "marks", "most", "common", "mistakes"]
    # 998 of 999 are not all: rounded down.
    words = " ".join(" ".join(table[1] + table[2] + lines[5].split()).split())
    assert words.startswith("a 3 / 4 99 % it has a x (30); it has a y (2); it has a z (2) long_name - -")


def test_who_handed_in_nothing_is_counted():
    assert any(line.split("·")[-1].strip() == "1 handed in nothing" for line in printed(summary()))


def test_what_was_not_graded_stands_last_and_names_a_few():
    needs = tuple(Need(student=f"s{i}", kind="not_graded", says="no sandbox") for i in range(7))
    undecided = Need(student="ann", kind="undecided", says="2 points undecided in a")
    lines = printed(summary(needs_a_person=(*needs, undecided)))
    person = lines.index("for a person to look at")
    failed = next(i for i, line in enumerate(lines) if line.startswith("not graded, through no fault"))
    assert person < failed
    assert lines[person + 1] == "? ann: 2 points undecided in a"
    assert lines[failed + 1] == "! s0, s1, s2, s3, s4 and 2 more: no sandbox"
    assert lines[failed + 2 :] == ["", "results: out/report.html", "         out/grades.csv", "         out/feedback"]


def test_a_class_of_which_nothing_was_graded_has_no_table():
    counts = Counts(students=1, hand_ins=1, graded=0, undecided=0, not_graded=1, missing=0, late=0, adjusted=0)
    lines = printed(summary(counts=counts, points=None))
    assert not any("full marks" in line for line in lines)
    assert "  1 student · 1 hand-in · 0 students graded" in lines


def test_foreign_names_are_neither_markup_nor_control():
    needs = (Need(student="[bold]x\x1b[2J", kind="not_graded", says="why"),)
    assert any("[bold]x\\x1b[2J: why" in line for line in printed(summary(needs_a_person=needs)))


def test_a_narrow_terminal_loses_nothing():
    text = " ".join(" ".join(line.split()) for line in printed(summary(), width=40))
    for part in ("it has a x (30);", "z (2)", "99 %", "out/grades.csv"):
        assert part in text
