"""What a report looks like on a terminal. Goldens are recorded with GRADER_UPDATE_GOLDENS=1 (see goldens.py)."""

import re
import textwrap
from fractions import Fraction

import numpy as np
import pytest
from rich.console import Console

from grader.model.report import Finding, PrintedReport, Report, SubmissionReport, Verdict
from grader.reporting.terminal import print_report
from tests.reporting import sample_reports as sample
from tests.reporting.goldens import FOLDER, assert_golden, colour_console, plain_console, written

REPORTS = {
    "full_marks": sample.report(sample.full_marks()),
    "transcribed": sample.report(sample.transcribed()),
    "scan_unconfined": sample.report(sample.scan(), isolation=sample.LEVEL_N),
    "syntax_error": sample.report(sample.unreadable()),
    "every_finding": sample.report(sample.every_finding()),
    "not_graded": sample.report(sample.not_graded("unlucky", "the sandbox died three times on this submission")),
    "class": sample.class_report(),
}
PASTED = re.compile(r"smallest failing input[^\n]*\n(.*?)\n {4}(?:got|expected)", re.DOTALL)


def shown(report: Report, width: int = 80, *, verbose: bool = False, encoding: str = "utf-8") -> str:
    console = plain_console(width, encoding=encoding)
    return written(console, lambda c: print_report(report, c, verbose=verbose))


def one(submission: SubmissionReport, width: int = 80, *, verbose: bool = False) -> str:
    return shown(sample.report(submission), width, verbose=verbose)


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("name", sorted(REPORTS))
def test_report_looks_as_recorded(name: str, width: int) -> None:
    assert_golden(f"{name}_{width}", shown(REPORTS[name], width))


@pytest.mark.parametrize("name", ["transcribed", "full_marks", "class"])
def test_verbose_report_looks_as_recorded(name: str) -> None:
    assert_golden(f"{name}_verbose", shown(REPORTS[name], verbose=True))


@pytest.mark.parametrize("name", ["transcribed", "class"])
def test_coloured_report_looks_as_recorded(name: str) -> None:
    assert_golden(f"{name}_coloured", written(colour_console(80), lambda c: print_report(REPORTS[name], c)))


@pytest.mark.parametrize("name", ["transcribed", "class"])
def test_ascii_report_looks_as_recorded(name: str) -> None:
    assert_golden(f"{name}_ascii", shown(REPORTS[name], encoding="ascii"))


def test_every_golden_is_of_a_test() -> None:
    names = {f"{name}_{width}" for name in REPORTS for width in (40, 80, 120)}
    names |= {f"{name}_verbose" for name in ("transcribed", "full_marks", "class")}
    names |= {f"{name}_{kind}" for name in ("transcribed", "class") for kind in ("coloured", "ascii")}
    names |= {"diagnostics_40", "diagnostics_80", "diagnostics_coloured"}
    assert {path.stem for path in FOLDER.glob("*.txt")} == names


def test_every_finding_is_in_a_golden() -> None:
    findings = {
        check.outcome
        for report in REPORTS.values()
        for submission in report.submissions
        for problem in submission.problems
        for check in problem.checks
    }
    assert findings == set(Finding)


# Nothing is lost -----------------------------------------------------------------------------------------------------


def squeezed(text: str) -> str:
    """Text without the white space that breaking lines adds."""
    return "".join(text.split())


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 200])
@pytest.mark.parametrize("name", sorted(REPORTS))
def test_no_word_of_a_failure_is_lost_at_any_width(name: str, width: int) -> None:
    text = squeezed(shown(REPORTS[name], width))
    for submission in REPORTS[name].submissions:
        # In a table a long name is folded, and the rest of its row stands between the parts.
        assert submission.student[:28] in text
        assert submission.student[-6:] in text
        assert squeezed(submission.reason) in text
        for problem in submission.problems if submission.score is not None else ():
            assert squeezed(problem.id) in text
        if len(REPORTS[name].submissions) > 1:
            continue
        for problem in submission.problems:
            assert squeezed(problem.reason) in text
            for check in problem.checks:
                if check.score < check.max_score:
                    assert squeezed(check.id.partition(".")[2]) in text
                for diagnosis in check.diagnoses:
                    assert squeezed(diagnosis.says) in text
                    assert squeezed(diagnosis.hint) in text


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_points_are_never_broken_or_cut(width: int) -> None:
    text = one(sample.transcribed(), width)
    for points in ("20 / 20", "6 / 20", "3 / 15", "10 / 20", "22 / 25", "61 / 100"):
        assert points in text


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("name", sorted(REPORTS))
def test_only_what_is_pasted_may_be_wider_than_the_page(name: str, width: int) -> None:
    for line in shown(REPORTS[name], width).splitlines():
        assert len(line) <= width or line.strip().removeprefix("again").strip().startswith("grader replay")


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_no_line_ends_in_a_space(name: str) -> None:
    assert not re.search(r" $", shown(REPORTS[name], 80, verbose=True), re.MULTILINE)


@pytest.mark.parametrize("width", [40, 80])
def test_failing_input_is_python_at_any_width(width: int) -> None:
    inputs = "Sigma = " + repr(np.arange(64.0).reshape(4, 4, 4).tolist()) + "\npi = np.array([0.25, 0.75])"
    shown_failure = sample.failure(inputs=inputs, call="grad_pi(Sigma, pi)")
    check = sample.wrong("grad_pi", "reference", Finding.WRONG_VALUES, "wrong", failure=shown_failure)
    match = PASTED.search(one(sample.submission("a", sample.problem("grad_pi", check)), width))
    assert match is not None
    received: list[object] = []
    exec(textwrap.dedent(match[1]), {"np": np, "grad_pi": lambda *values: received.extend(values)})
    assert np.array_equal(np.array(received[0]), np.arange(64.0).reshape(4, 4, 4))
    assert np.array_equal(np.array(received[1]), [0.25, 0.75])
    assert max(map(len, match[1].splitlines())) <= width


# What is said --------------------------------------------------------------------------------------------------------


def test_full_marks_show_the_score_and_nothing_else() -> None:
    lines = [line for line in one(sample.full_marks()).splitlines() if line.strip()]
    assert len(lines) == 2 + 5 + 2
    assert lines[-1].endswith("100 / 100   ✓ full marks")


def test_checks_that_fail_for_one_reason_are_one_paragraph() -> None:
    text = one(sample.scan())
    assert text.count("✗ ") == 1
    assert "✗ softmax_VJP · reference · raised NameError" in text
    assert "also       stability (24 of 24), purity (24 of 24)" in text
    assert text.count("softmax_VJP(Z, Y_bar)") == 1


def test_checks_with_different_diagnoses_are_told_apart() -> None:
    checks = [
        sample.wrong("p", name, Finding.WRONG_VALUES, "wrong", diagnoses=(diagnosis,), failure=sample.failure())
        for name, diagnosis in (("reference", sample.MISSING_PI), ("finite_difference", sample.MISSING_SUM))
    ]
    assert one(sample.submission("a", sample.problem("p", *checks))).count("✗ p") == 2


def test_each_broken_property_is_a_reason_of_its_own() -> None:
    checks = [
        sample.wrong("p", name, Finding.PROPERTY_BROKEN, f"{name} does not hold", failure=sample.failure())
        for name in ("sums_to_zero", "symmetric")
    ]
    assert one(sample.submission("a", sample.problem("p", *checks))).count("✗ p") == 2


def test_a_file_that_cannot_be_run_is_told_once_for_all_problems() -> None:
    text = one(sample.unreadable())
    assert text.count("✗ ") == 1
    assert "smallest failing input" not in text


def test_a_function_that_was_never_called_shows_no_input() -> None:
    check = sample.wrong("p", "reference", Finding.MISSING, "there is no function `p`", failure=sample.failure())
    assert "failing input" not in one(sample.submission("a", sample.problem("p", check)))


def test_withheld_points_are_said_once_with_their_checks() -> None:
    assert "withheld   4 points of purity" in one(sample.transcribed())


def test_withheld_points_are_said_also_without_a_failed_check() -> None:
    check = sample.check("p", "purity", Finding.NEEDS_RIGHTNESS, score=0, message=sample.WAITING)
    text = one(sample.submission("a", sample.problem("p", check)))
    assert "withheld   10 points of purity" in text


def test_undecided_points_are_neither_given_nor_lost() -> None:
    check = sample.check("p", "reference", Finding.UNINFORMATIVE, verdict=Verdict.INCONCLUSIVE, message="cannot tell")
    text = one(sample.submission("a", sample.problem("p", check, undecided=10)))
    assert "? p · reference · cannot tell" in text
    assert "10 points of p, neither given nor lost: a person decides" in text
    assert "✗" not in text


def test_an_undecided_check_shows_the_case_that_it_could_not_decide() -> None:
    close = sample.check("p", "reference", Finding.TOO_CLOSE_TO_TELL, verdict=Verdict.INCONCLUSIVE, message="close")
    close = close.model_copy(update={"failure": sample.failure(call="p(X, pi)")})
    text = one(sample.submission("a", sample.problem("p", close, undecided=10)))
    assert "        p(X, pi)\n    got " in text


def test_a_check_of_which_no_case_failed_is_named_without_a_count() -> None:
    first = sample.wrong("p", "reference", Finding.SKIPPED, "not tried")
    second = sample.wrong("p", "purity", Finding.SKIPPED, "not tried").model_copy(update={"cases_failed": 0})
    assert "    also       purity\n" in one(sample.submission("a", sample.problem("p", first, second)))


def test_a_diagnosis_without_a_hint_and_a_check_without_a_command_leave_no_empty_label() -> None:
    unhinted = sample.MISSING_PI.model_copy(update={"hint": ""})
    check = sample.wrong("p", "reference", Finding.WRONG_VALUES, "wrong", diagnoses=(unhinted,))
    text = one(sample.submission("a", sample.problem("p", check.model_copy(update={"again": ""}))))
    assert "likely" in text
    assert "hint" not in text
    assert "again" not in text


def test_rows_of_an_answer_stay_below_each_other_on_a_narrow_page() -> None:
    rows = sample.failure(got="[[1.0, 2.0],\n [3.0, 4.0]]")
    check = sample.wrong("p", "reference", Finding.WRONG_VALUES, "wrong", failure=rows)
    text = one(sample.submission("a", sample.problem("p", check)), 40)
    assert "    got\n      [[1.0, 2.0],\n       [3.0, 4.0]]\n" in text


def test_our_fault_is_called_ours_and_gives_no_score() -> None:
    text = shown(REPORTS["not_graded"])
    assert "ours, the grader's, not the student's" in text
    assert "/ 100" not in text
    assert "✗" not in text


def test_level_n_is_said_in_words() -> None:
    assert sample.LEVEL_N.says.split(":")[0] in shown(REPORTS["scan_unconfined"], 120)


def test_level_c_is_said_in_words_and_level_a_only_when_asked() -> None:
    level_c = sample.LEVEL_A.model_copy(update={"level": "C", "says": "sealed"})
    assert "\nsealed\n" in shown(sample.report(sample.full_marks(), isolation=level_c))
    assert sample.LEVEL_A.says not in shown(REPORTS["full_marks"], 120)
    assert sample.LEVEL_A.says in shown(REPORTS["full_marks"], 120, verbose=True)


def test_time_is_shown_only_where_the_report_has_it() -> None:
    timed = REPORTS["full_marks"]
    assert "0.21 s" in shown(timed)
    assert " s\n" not in shown(timed.model_copy(update={"timings": {}}))
    assert "250 s" in shown(timed.model_copy(update={"timings": {"total_s": 250.4}}))
    assert " s\n" not in shown(timed.model_copy(update={"timings": {"total_s": "long"}}))


def test_printed_output_is_last_and_capped() -> None:
    printed = PrintedReport(text="\n".join(f"line {i}" for i in range(40)), truncated=True)
    text = one(sample.scan().model_copy(update={"printed": printed}))
    assert "line 11" in text
    assert "line 12" not in text
    assert text.rstrip().endswith("… and more, which was not kept")
    assert "… 28 more lines in the JSON report" in text


def test_verbose_shows_passed_checks_and_what_would_have_been_caught() -> None:
    text = one(sample.full_marks(), verbose=True)
    assert text.count("✓ reference") == 5
    assert "would have caught relative errors above 3.1e-14" in squeezed_lines(text)
    assert "`%matplotlib inline` is skipped" in text


def squeezed_lines(text: str) -> str:
    return " ".join(text.split())


# A class -------------------------------------------------------------------------------------------------------------


def test_table_keeps_the_order_of_the_report_and_puts_the_ungraded_last() -> None:
    text = shown(REPORTS["class"], 100)
    names = [each.student[:20] for each in REPORTS["class"].submissions]
    graded = [name for name in names if name != "unlucky"]
    assert sorted(graded, key=text.index) == graded
    assert text.index("unlucky") > max(text.index(name) for name in graded)


def test_summary_counts_mean_and_full_marks() -> None:
    text = squeezed_lines(shown(REPORTS["class"], 100))
    assert "6 graded · mean 70.2 of 100 · 2 with full marks" in text
    assert "1 not graded" in text


def test_most_important_reason_is_that_of_the_most_points() -> None:
    row = next(line for line in shown(REPORTS["class"], 100).splitlines() if "seed_transcribed" in line)
    assert row.endswith("grad_pi: the factor 1/pi_k is missing")


def test_two_students_of_one_name_are_told_apart_by_path() -> None:
    twins = [
        sample.full_marks().model_copy(update={"path": f"{folder}/hw1.py", "student": "hw1"}) for folder in ("a", "b")
    ]
    text = shown(sample.report(*twins), 100)
    assert "✓ a/hw1.py" in text
    assert "✓ b/hw1.py" in text


def test_wide_table_names_the_problems_and_a_narrower_one_numbers_them() -> None:
    short = sample.report(*(sample.submission(n, sample.problem("f", sample.check("f", "reference"))) for n in "ab"))
    assert "student" in shown(short, 80)
    assert "1 f" not in shown(short, 80)
    assert "1 grad_mu" in shown(REPORTS["class"], 100)


def test_reasons_stand_below_their_row_where_they_do_not_fit_beside() -> None:
    lines = shown(REPORTS["class"], 70).splitlines()
    row = next(i for i, line in enumerate(lines) if "seed_transcribed" in line)
    assert lines[row].split() == ["✗", "seed_transcribed", "20", "6", "3", "10", "22", "61"]
    assert lines[row + 1] == "    grad_pi: the factor 1/pi_k is missing"


def test_verbose_class_shows_each_report_before_the_table() -> None:
    text = shown(REPORTS["class"], 100, verbose=True)
    assert text.index("grad_pi(X, pi, mu, Sigma)") < text.index("6 graded")


def test_a_class_that_could_not_be_graded_at_all_has_no_table() -> None:
    text = shown(sample.report(sample.not_graded("a", "died"), sample.not_graded("b", "died")))
    assert "0 graded · 2 not graded" in text
    assert "student  " not in text


def test_a_submission_without_a_problem_of_the_others_has_a_gap_there() -> None:
    some = sample.submission("some", sample.problem("f", sample.check("f", "reference")))
    more = sample.submission("more", *(sample.problem(name, sample.check(name, "reference")) for name in ("f", "g")))
    row = next(line for line in shown(sample.report(some, more), 100).splitlines() if "some" in line)
    assert re.search(r"10\s+-\s+10", row)


def test_a_run_of_no_submissions_says_so() -> None:
    assert "0 graded" in shown(sample.report())


# Foreign text --------------------------------------------------------------------------------------------------------

HOSTILE = "[bold red]x[/] \x1b[2J\x07 \u202eevil :smile: [link=http://x]y[/link] \udcff é"


def hostile_submission() -> SubmissionReport:
    check = sample.wrong(
        "p",
        "reference",
        Finding.RAISED,
        HOSTILE,
        failure=sample.failure(inputs=HOSTILE, got=HOSTILE, source=HOSTILE, expected=HOSTILE),
        diagnoses=(sample.MISSING_PI.model_copy(update={"says": HOSTILE, "hint": HOSTILE}),),
    )
    printed = PrintedReport(text=HOSTILE, truncated=False)
    return sample.submission(
        HOSTILE, sample.problem("p", check, reason=HOSTILE), notes=(HOSTILE,), printed=printed, path=HOSTILE
    )


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252", "cp437"])
@pytest.mark.parametrize("width", [40, 80])
def test_text_of_a_submission_is_never_markup_nor_steers_the_terminal(width: int, encoding: str) -> None:
    hostile = sample.report(hostile_submission(), sample.full_marks())
    for report in (hostile, sample.report(hostile_submission())):
        text = shown(report, width, verbose=True, encoding=encoding)
        assert "\x1b" not in text
        assert "\x07" not in text
        assert "\u202e" not in text
        assert "[boldred]x[/]\\x1b[2J\\x07\\u202eevil:smile:[link=http://x]y[/link]\\udcff" in squeezed(text)


def test_no_color_leaves_no_colour_and_a_pipe_no_control_at_all() -> None:
    text = written(colour_console(80, NO_COLOR="1"), lambda c: print_report(REPORTS["transcribed"], c))
    assert "\x1b[" in text
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", text)
    assert "\x1b" not in shown(REPORTS["transcribed"])


def test_legacy_windows_gets_ascii_marks() -> None:
    console = plain_console(80)
    console.legacy_windows = True
    assert written(console, lambda c: print_report(REPORTS["full_marks"], c)).count("#") == 100


def test_ascii_report_holds_only_ascii_of_ours() -> None:
    title = REPORTS["class"].assignment.model_copy(update={"title": "homework"})
    report = REPORTS["class"].model_copy(update={"assignment": title})
    assert shown(report, encoding="ascii").isascii()


def test_report_can_be_exported_as_a_picture() -> None:
    console = Console(record=True, width=100, file=plain_console(100).file, _environ={})
    print_report(REPORTS["transcribed"], console)
    picture = console.export_svg(title="grader")
    assert picture.startswith("<svg")
    assert "61&#160;/&#160;100" in picture


def test_score_with_thirds_is_rounded_only_in_text() -> None:
    check = sample.wrong("p", "reference", Finding.WRONG_VALUES, "wrong", score=Fraction(20, 3))
    assert "6.67 / 10" in one(sample.submission("a", sample.problem("p", check)))
