"""Realistic reports for the tests of the renderers; figures are invented, forms are those of a run."""

from fractions import Fraction

from grader.model.isolation import IsolationReport
from grader.model.report import (
    AssignmentReport,
    CheckReport,
    DiagnosisReport,
    FailureReport,
    Finding,
    LineReport,
    PrintedReport,
    ProblemReport,
    Report,
    SubmissionReport,
    Verdict,
)

LEVEL_A = IsolationReport(
    level="A",
    says="each submission in namespaces of its own, without files, network or other processes",
    layers=("namespaces", "landlock", "seccomp", "rlimits"),
    landlock_abi=7,
    kernel="6.18.0",
    uid=65534,
)
LEVEL_N = IsolationReport(
    level="N", says="no isolation: the submission ran as a plain process; grade only code that you trust"
)

MISSING_PI = DiagnosisReport(
    id="missing_one_over_pi",
    says="your answer is the right one times pi: the factor 1/pi_k is missing",
    hint="d/dpi_k of sum_j pi_j N_j is N_k, not pi_k N_k.",
)
MISSING_SUM = DiagnosisReport(
    id="r_bar_without_sum",
    says="r_bar is not summed over the outputs",
    hint="r feeds every y_i: add up what comes back.",
)
MIXTURE = (
    "X = np.array([[0.5, -1.25]]); pi = np.array([0.25, 0.75]); mu = np.array([[0.0, 1.0], [1.0, -0.5]]); "
    "Sigma = np.array([[[1.0, 0.25], [0.25, 2.0]], [[2.0, 0.0], [0.0, 1.5]]])"
)
MAXIMA = {"grad_mu": 20, "grad_pi": 20, "grad_pi_constrained": 15, "softmax_backward": 20, "softmax_VJP": 25}
TITLES = {
    "grad_mu": "Gradient in the means",
    "grad_pi": "Gradient in the weights",
    "grad_pi_constrained": "Gradient in the weights on the simplex",
    "softmax_backward": "Back-propagation through softmax",
    "softmax_VJP": "Vectorised vector-Jacobian product",
}
WAITING = "passed, but earns its points only together with a right answer"


def failure(**changes: str) -> FailureReport:
    """A failing case of grad_pi."""
    values = {
        "case": "generic[0]",
        "inputs": MIXTURE,
        "call": "grad_pi(X, pi, mu, Sigma)",
        "got": "[0.2731, 0.7269]",
        "expected": "[1.0924, 0.9692]",
        "where": "[0]",
        "off_by": "75 %",
        "allowed": "3e-15",
        "differing": "2 of 2 entries",
    }
    return FailureReport(**(values | changes))


def check(
    problem: str,
    name: str,
    finding: Finding = Finding.RIGHT,
    *,
    verdict: Verdict = Verdict.AGREES,
    score: Fraction | int | None = None,
    points: int = 10,
    message: str = "right in 24 of 24 cases",
    failed: int = 0,
    kind: str = "",
    diagnoses: tuple[DiagnosisReport, ...] = (),
    failure: FailureReport | None = None,
    student: str = "seed_transcribed",
) -> CheckReport:
    """One check; right and with all its points unless told otherwise."""
    earned = (points if verdict is Verdict.AGREES else 0) if score is None else score
    return CheckReport(
        id=f"{problem}.{name}",
        kind=kind or name,
        verdict=verdict,
        outcome=finding,
        score=earned,
        max_score=points,
        message=message,
        tried="16 generic cases at float64, 8 at float32",
        cases_tried=24,
        cases_failed=failed,
        resolution=3.1e-14 if verdict is Verdict.AGREES else None,
        diagnoses=diagnoses,
        failure=failure,
        again=f"grader replay report.json --submission {student} --check {problem}.{name}"
        if verdict in {Verdict.DISAGREES, Verdict.INCONCLUSIVE}
        else "",
    )


def wrong(problem: str, name: str, finding: Finding, message: str, **more: object) -> CheckReport:
    """A check that disagrees."""
    return check(problem, name, finding, verdict=Verdict.DISAGREES, message=message, failed=24, **more)


def problem(
    name: str, *checks: CheckReport, undecided: int = 0, reason: str = "", maximum: int | None = None
) -> ProblemReport:
    """One problem whose points are those of its checks."""
    return ProblemReport(
        id=name,
        title=TITLES.get(name, name),
        function=name,
        score=sum((each.score for each in checks), start=Fraction(0)),
        max_score=sum((each.max_score for each in checks), start=Fraction(0)) if maximum is None else maximum,
        undecided=undecided,
        reason=reason,
        checks=checks,
    )


def submission(
    student: str,
    *problems: ProblemReport,
    notes: tuple[str, ...] = (),
    printed: PrintedReport | None = None,
    path: str = "",
) -> SubmissionReport:
    """One graded submission whose points are those of its problems."""
    return SubmissionReport(
        path=path or f"submissions/{student}.py",
        student=student,
        sha256="5e" * 32,
        status="graded",
        score=sum((each.score for each in problems), start=Fraction(0)),
        max_score=sum((each.max_score for each in problems), start=Fraction(0)),
        undecided=sum((each.undecided for each in problems), start=Fraction(0)),
        notes=notes,
        printed=printed,
        problems=problems,
    )


def not_graded(student: str, reason: str) -> SubmissionReport:
    """One submission that could not be graded through the grader's fault."""
    fault = check(
        "grad_mu",
        "reference",
        Finding.GRADER_FAULT,
        verdict=Verdict.NOT_GRADED,
        points=20,
        message="could not be judged: the sandbox ended",
    )
    return SubmissionReport(
        path=f"submissions/{student}.py",
        student=student,
        sha256="00" * 32,
        status="not_graded",
        score=None,
        max_score=100,
        undecided=0,
        reason=reason,
        problems=(problem("grad_mu", fault),),
    )


def report(*submissions: SubmissionReport, isolation: IsolationReport = LEVEL_A) -> Report:
    """One run."""
    return Report(
        grader_version="0.1.0",
        assignment=AssignmentReport(
            id="cs280_hw1",
            title="CS280 HW1 · GMM gradients and softmax VJP",
            path="rubrics/cs280_hw1.toml",
            sha256="ab" * 32,
            max_score=100,
        ),
        seed=280,
        isolation=isolation,
        plan=("grad_mu: 24 cases drawn, 2 rejected because they could not tell right from wrong",),
        submissions=submissions,
        timings={"total_s": 0.2134},
    )


def _right(name: str) -> ProblemReport:
    most = MAXIMA[name]
    return problem(
        name,
        check(name, "reference", points=most - 5),
        check(name, "purity", points=5, message="inputs unchanged, and the same answer twice"),
    )


def full_marks(student: str = "right_cholesky") -> SubmissionReport:
    """Every point earned."""
    return submission(student, *(_right(name) for name in MAXIMA), notes=("cell 2: `%matplotlib inline` is skipped",))


def transcribed(student: str = "seed_transcribed") -> SubmissionReport:
    """The scanned answer with its letter mended: a few mistakes, each named."""
    pi_says, sum_says = "the factor 1/pi_k is missing", "r_bar is not summed over the outputs"
    waiting = {"finding": Finding.NEEDS_RIGHTNESS, "score": 0, "message": WAITING}
    return submission(
        student,
        _right("grad_mu"),
        problem(
            "grad_pi",
            wrong(
                "grad_pi",
                "reference",
                Finding.WRONG_VALUES,
                "wrong in 24 of 24 cases",
                points=12,
                score=6,
                diagnoses=(MISSING_PI,),
                failure=failure(),
            ),
            wrong(
                "grad_pi",
                "finite_difference",
                Finding.WRONG_VALUES,
                "not the derivative in 8 of 8 cases",
                points=4,
                diagnoses=(MISSING_PI,),
            ),
            check("grad_pi", "purity", points=4, **waiting),
            reason=pi_says,
        ),
        problem(
            "grad_pi_constrained",
            wrong(
                "grad_pi_constrained",
                "reference",
                Finding.WRONG_VALUES,
                "wrong in 24 of 24 cases",
                points=12,
                score=3,
                diagnoses=(MISSING_PI,),
                failure=failure(
                    call="grad_pi_constrained(X, pi, mu, Sigma)",
                    got="[-0.2269, 0.2269]",
                    expected="[0.0616, -0.0616]",
                    off_by="468 %",
                ),
            ),
            check("grad_pi_constrained", "sums_to_zero", points=3, kind="property", **waiting),
            reason=f"follows from grad_pi: {pi_says}",
        ),
        problem(
            "softmax_backward",
            wrong(
                "softmax_backward",
                "reference",
                Finding.WRONG_VALUES,
                "r_bar is wrong in 24 of 24 cases",
                points=20,
                score=10,
                diagnoses=(MISSING_SUM,),
                failure=failure(
                    inputs="z = np.array([0.0, 1.0, -0.5]); y_bar = np.array([1.0, 0.0, 2.0])",
                    call="softmax_backward(z, y_bar)",
                    got="r_bar = -0.0535; z_bar = [0.1767, -0.1454, 0.2145]",
                    expected="r_bar = -0.1254; z_bar = [0.1049, -0.3409, 0.2359]",
                    where="r_bar",
                    off_by="57 %",
                    differing="4 of 4 entries",
                ),
            ),
            reason=sum_says,
        ),
        problem(
            "softmax_VJP",
            check("softmax_VJP", "reference", points=22),
            wrong(
                "softmax_VJP",
                "stability",
                Finding.UNSTABLE,
                "right on ordinary inputs, not finite on large ones: nan in 3 of 4 cases",
                points=3,
                failure=failure(
                    case="extreme[0]",
                    says="logits of 1000",
                    inputs="Z = np.array([[1000.0, 0.0]]); Y_bar = np.array([[1.0, 2.0]])",
                    call="softmax_VJP(Z, Y_bar)",
                    got="[[nan, 0.0]]",
                    expected="[[0.0, 0.0]]",
                    where="[0, 0]",
                    off_by="",
                    allowed="",
                    differing="1 of 2 entries",
                ),
            ),
            reason="not finite for logits above 709",
        ),
        notes=("line 41: `%timeit grad_mu(X, pi, mu, Sigma)` is skipped",),
        printed=PrintedReport(text="log-likelihood -3.2189\n[0.27 0.73]\n", truncated=False),
    )


def scan() -> SubmissionReport:
    """The scanned answer as it stands: a name that does not exist."""
    raised = failure(
        inputs="Z = np.array([[0.0, 1.0]]); Y_bar = np.array([[1.0, 2.0]])",
        call="softmax_VJP(Z, Y_bar)",
        got="NameError: name 'I_bar' is not defined",
        expected="[[-0.1966, 0.1966]]",
        where="",
        off_by="",
        allowed="",
        differing="",
        source="seed_scan.py line 52: return Y * (I_bar - s)",
    )
    message = "raised NameError in 24 of 24 cases"
    return submission(
        "seed_scan",
        *(_right(name) for name in list(MAXIMA)[:4]),
        problem(
            "softmax_VJP",
            wrong("softmax_VJP", "reference", Finding.RAISED, message, points=19, failure=raised),
            wrong("softmax_VJP", "stability", Finding.RAISED, message, points=3, failure=raised),
            wrong("softmax_VJP", "purity", Finding.RAISED, message, points=3, failure=raised),
            reason="raised NameError: name 'I_bar' is not defined",
        ),
    )


def unreadable() -> SubmissionReport:
    """A file with a syntax error: nothing can be called."""
    message = "could not be called, because the file has a syntax error in line 3"
    return submission(
        "syntax_error",
        *(
            problem(
                name,
                wrong(name, "reference", Finding.NOT_LOADED, message, points=most),
                reason="the file has a syntax error",
            )
            for name, most in MAXIMA.items()
        ),
        notes=("syntax_error.py line 3: `def grad_mu(X, pi, mu, Sigma` - '(' was never closed",),
    )


FINDING_MESSAGES = {
    Finding.WRONG_VALUES: "wrong in 24 of 24 cases",
    Finding.WRONG_SHAPE: "has shape (3, 1) where (3,) is due",
    Finding.WRONG_STRUCTURE: "is not symmetric in 4 of 24 cases",
    Finding.NON_FINITE: "has nan where the right answer is finite, in 3 of 24 cases",
    Finding.COMPLEX: "is complex where real numbers are due",
    Finding.NOT_NUMERIC: "returned None in 24 of 24 cases",
    Finding.FLOAT32_PRECISION: "the right formula, but only at float32 precision",
    Finding.NUMERICAL_DERIVATIVE: "right to 1e-8 only: looks like a numerical derivative",
    Finding.UNSTABLE: "right on ordinary inputs, not finite on large ones",
    Finding.CHANGES_INPUTS: "changes its argument `pi`",
    Finding.NONDETERMINISTIC: "gives different answers for the same input",
    Finding.PROPERTY_BROKEN: "does not sum to zero in 24 of 24 cases",
    Finding.EQUALITY_BROKEN: "line 3 is not equal to line 2, in all 8 cases; nor does line 5 follow",
    Finding.TOO_FEW_LINES: "1 line; at least 3 are asked for",
    Finding.TOO_MANY_LINES: "more than 12 lines: the others are not looked at",
    Finding.TOO_SLOW: "takes more than 15 times as long as your course's own answer at N = 2000",
    Finding.GROWS_TOO_FAST: "takes ever longer as N grows",
    Finding.FORBIDDEN_SOURCE: "loops in Python where array operations are asked for: answer.py line 3",
    Finding.RAISED: "raised LinAlgError in 2 of 24 cases",
    Finding.TIMED_OUT: "did not end within 2 s of CPU time in case generic[0]",
    Finding.OUT_OF_MEMORY: "asked for more than 512 MB in case wide[1]",
    Finding.CRASHED: "ended by signal SIGSEGV in case generic[0]",
    Finding.MALFORMED: "sent back something that is not an array",
    Finding.MISSING: "is not defined in this file",
    Finding.NOT_CALLABLE: "is a number, not a function",
    Finding.NOT_LOADED: "could not be called, because the file stopped in line 2",
    Finding.SKIPPED: "was not tried: the submission's time was used up",
}
WITHOUT_FAILURE = {
    Finding.TOO_SLOW,
    Finding.GROWS_TOO_FAST,
    Finding.FORBIDDEN_SOURCE,
    Finding.TIMED_OUT,
    Finding.OUT_OF_MEMORY,
    Finding.CRASHED,
    Finding.MALFORMED,
    Finding.MISSING,
    Finding.NOT_CALLABLE,
    Finding.NOT_LOADED,
    Finding.SKIPPED,
    Finding.TOO_FEW_LINES,
    Finding.TOO_MANY_LINES,
}
LINES = (
    LineReport(
        number=1, before=0, verdict=Verdict.AGREES, outcome=Finding.RIGHT, right=True, says="equal to what is asked for"
    ),
    LineReport(
        number=2,
        before=1,
        verdict=Verdict.INCONCLUSIVE,
        outcome=Finding.TOO_CLOSE_TO_TELL,
        right=None,
        says="the numbers cannot tell whether it is equal to line 1",
    ),
    LineReport(
        number=3,
        before=2,
        verdict=Verdict.DISAGREES,
        outcome=Finding.EQUALITY_BROKEN,
        right=False,
        factor="pi",
        says="not equal to line 2: it is line 2 times pi",
        cases_failed=8,
        diagnosis=MISSING_PI,
    ),
    LineReport(
        number=4,
        before=3,
        verdict=Verdict.AGREES,
        outcome=Finding.RIGHT,
        right=False,
        says="equal to line 3, which is not right: it follows, and the mistake is further up",
    ),
    LineReport(
        number=5,
        before=4,
        verdict=Verdict.DISAGREES,
        outcome=Finding.RAISED,
        right=False,
        says="raises NameError: name '<b>I_bar' is not defined at scan.py line 173",
        cases_failed=8,
    ),
    LineReport(
        number=6,
        before=0,
        verdict=Verdict.NOT_GRADED,
        outcome=Finding.UNINFORMATIVE,
        right=None,
        says="not compared with what is asked for here; that is done when it is graded",
    ),
)
"""Each way in which the "=" of a line can stand."""


def every_finding() -> SubmissionReport:
    """Each outcome that a check can have, in a problem of its own."""
    problems = [problem("right", check("right", "reference"))]
    for finding, message in FINDING_MESSAGES.items():
        name = finding.value
        shown = None if finding in WITHOUT_FAILURE else failure(call=f"{name}(X, pi, mu, Sigma)")
        score = 5 if finding is Finding.FLOAT32_PRECISION else 0
        found = wrong(name, "reference", finding, message, failure=shown, score=score)
        if finding is Finding.EQUALITY_BROKEN:
            of_line = failure(call=f"{name}_steps[2](X, pi, mu, Sigma)", against="line 2")
            found = found.model_copy(update={"kind": "derivation", "lines": LINES, "failure": of_line})
        problems.append(problem(name, found, reason=message))
    held = {
        Finding.TOO_CLOSE_TO_TELL: "the difference is within the error of our own truth",
        Finding.UNINFORMATIVE: "no case could tell right from wrong",
        Finding.TIMES_UNCLEAR: "the times cannot tell",
        Finding.SOURCE_UNCLEAR: "what runs cannot be read from the source",
    }
    for finding, message in held.items():
        name = finding.value
        undecided = check(name, "reference", finding, verdict=Verdict.INCONCLUSIVE, message=message)
        problems.append(problem(name, undecided, undecided=10))
    waiting = check("needs_rightness", "purity", Finding.NEEDS_RIGHTNESS, score=0, message=WAITING)
    problems.append(problem("needs_rightness", waiting, reason="earns its points only with a right answer"))
    return submission("every_finding", *problems)


def class_report() -> Report:
    """A small class with everything that a table must show."""
    undecided = check(
        "grad_mu",
        "reference",
        Finding.UNINFORMATIVE,
        verdict=Verdict.INCONCLUSIVE,
        points=15,
        message="no case could tell",
    )
    held = submission(
        "close_call",
        problem("grad_mu", undecided, check("grad_mu", "purity", points=5), undecided=15),
        *(_right(name) for name in list(MAXIMA)[1:]),
    )
    return report(
        full_marks(),
        transcribed(),
        scan(),
        not_graded("unlucky", "the sandbox died three times on this submission"),
        held,
        unreadable(),
        full_marks("a_student_with_quite_a_long_name_indeed"),
    )
