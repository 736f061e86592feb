"""What was judged before is not judged again, and nobody can tell: the same calls, the same reports."""

import itertools
import tracemalloc
from collections import deque
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.batch import talks as talks_module
from grader.batch.talks import Talks, Told
from grader.grading import dialogue
from grader.grading.basis import Grading
from grader.grading.engine import trusted_modules
from grader.grading.plan import draw_plan
from grader.grading.submission import grade_problems
from grader.loading.rubric import load_rubric
from grader.model.outcome import Crashed, Raised, Returned
from grader.sandbox import questions
from grader.truth.book import Truth
from grader.truth.snapshot import freeze, thaw
from grader.words import in_language

SMALL = Path(__file__).parents[1] / "integration" / "small" / "rubric.toml"
RIGHT = {"gradient": lambda x: 2 * x, "column_sums": lambda A: A.sum(axis=0, keepdims=True)}
ANSWERS = {
    "right": {},
    "no factor": {"gradient": lambda x: x},
    "no factor, by another way": {"gradient": lambda x: x * 1.0},
    "raises": {"gradient": lambda x: 1 / 0},
    "no keepdims": {"column_sums": lambda A: A.sum(axis=1)},
    "both": {"gradient": lambda x: -x, "column_sums": lambda A: A * 0.5},
}


def new_grading():
    rubric = load_rubric(SMALL)
    modules = trusted_modules(rubric.path, rubric.assignment)
    truth = Truth(rubric.assignment, modules, 1)
    return Grading(plan=draw_plan(rubric.assignment, modules, truth, 1), truth=truth)


class Student:
    """A caller whose same answers to the same question are the same object, as those of a sandbox are."""

    def __init__(self, answers):
        self.answers = RIGHT | answers
        self.called = []
        self.exchanges = 0

    def call(self, call):
        raise AssertionError(call)

    def ask(self, questions):
        self.exchanges += 1
        outcomes = []
        for question in questions:
            outcomes.append(self._answer(question))
            if isinstance(outcomes[-1], Crashed):
                break
        return outcomes

    def _answer(self, question):
        call = question.call
        self.called.append((call.function, *(value.tobytes() for value in call.arguments), call.seed))
        try:
            value = self.answers[call.function](*map(np.array, call.arguments))
        except ZeroDivisionError:
            return Raised(type="ZeroDivisionError", text="", where="", line="")
        if value is None:
            return Crashed(says="ended by signal SIGSEGV")
        value = np.asarray(value)
        inputs = call.arguments if call.want_inputs else ()
        body = bytearray(repr(value.shape).encode() + value.tobytes())
        return question.read(body, lambda: Returned(values=(value,), inputs_after=inputs))


class Returning(Student):
    """One whose calls can be taken back, once: then it lives again and is asked again what stands."""

    def __init__(self, *lives):
        super().__init__(lives[0]())
        self.lives = deque(lives)
        self.may_take_back = True
        self.stands = []

    def ask(self, questions):
        outcomes = super().ask(questions)
        self.stands += questions[: len(outcomes)]
        return outcomes

    def take_back(self, count):
        assert self.may_take_back
        self.may_take_back = False
        stands, self.stands = self.stands[:-count], []
        self.lives.rotate(-1)
        self.answers = RIGHT | self.lives[0]()
        self.called = []
        self.ask(stands)


def graded(grading, student, name="x"):
    return grade_problems(grading, student, lambda check_id: f"{name} {check_id}")


def alone(answers):
    """Return the report and the calls of a submission that nobody was graded before."""
    student = Student(answers() if callable(answers) else answers)
    return graded(new_grading(), student), student.called


@pytest.fixture(scope="module")
def each_alone():
    return {name: alone(answers) for name, answers in ANSWERS.items()}


@pytest.mark.parametrize("order", list(itertools.permutations(list(ANSWERS), 6))[::97])
def test_reports_and_calls_are_those_of_a_submission_that_is_graded_alone(each_alone, order):
    grading = new_grading()
    for name in (*order, *order):
        student = Student(ANSWERS[name])
        assert (graded(grading, student), student.called) == each_alone[name]


@pytest.mark.parametrize("order", list(itertools.permutations(list(ANSWERS), 6))[::97])
def test_calls_that_are_asked_ahead_are_those_of_a_submission_that_is_graded_alone(each_alone, order):
    grading = new_grading()
    for name in (*order, *order):
        student, again = (Returning(lambda name=name: ANSWERS[name]) for _ in range(2))
        assert (graded(grading, student), student.called) == each_alone[name]
        assert (graded(grading, again), again.called) == each_alone[name]
        assert again.may_take_back
        # One for the script, and at most two for each problem: before and after its verdicts are final.
        assert again.exchanges <= 5
    assert len(each_alone["both"][1]) > len(each_alone["right"][1]) + 4


@pytest.mark.parametrize("then", [lambda x: 3 * x, lambda x: 1 / 0, lambda x: None])
@pytest.mark.parametrize("further", [0, 1, 2, 5])
def test_who_changes_its_mind_is_asked_what_it_would_be_asked_alone(further, then):
    grading = new_grading()
    graded(grading, Student(ANSWERS["no factor"]))
    asked = sum(line.key[0] == "gradient" for line in grading.script.lines)
    changing = lambda: after(asked + further, then)
    expected = alone(changing)
    for _ in range(2):
        student = Returning(changing)
        assert (graded(grading, student), student.called) == expected


def test_only_what_was_asked_too_much_is_taken_back():
    grading = new_grading()
    graded(grading, Student(ANSWERS["no factor"]))
    asked = sum(line.key[0] == "gradient" for line in grading.script.lines)
    # After a call that had to be killed nothing was asked.
    ended, changing = (
        Returning(lambda then=then: after(asked + 1, then)) for then in (lambda x: None, lambda x: 3 * x)
    )
    graded(grading, ended)
    graded(grading, changing)
    assert [ended.may_take_back, changing.may_take_back] == [True, False]


@pytest.mark.parametrize("second", [RIGHT, ANSWERS["raises"], ANSWERS["no factor"]], ids=["right", "raises", "same"])
def test_what_has_come_back_counts_whatever_a_second_process_answers(second):
    grading = new_grading()
    graded(grading, Student(ANSWERS["no factor"]))
    asked = sum(line.key[0] == "gradient" for line in grading.script.lines)
    # It finds out that it is wrong, as it is asked more than a right answer is, and hopes for a second try.
    first = lambda: after(asked + 1, lambda x: 1 / 0)
    student = Returning(first, lambda: second)
    found = graded(grading, student)
    assert not student.may_take_back
    assert [problem.score for problem in found] == [problem.score for problem in alone(first)[0]]
    assert [problem.score for problem in found] < [problem.max_score for problem in found]


def test_where_several_things_came_back_nothing_is_asked_ahead():
    grading = new_grading()
    asked = sum(line.key[0] == "gradient" for line in grading.script.lines)
    ways = [lambda: ANSWERS["no factor"], lambda: after(asked + 1, lambda x: 3 * x)]
    for answers in ways:
        graded(grading, Student(answers()))
    for answers in ways:
        student = Returning(answers)
        assert (graded(grading, student), student.called) == alone(answers)
        assert student.may_take_back


def test_no_more_calls_are_asked_ahead_than_may_be(monkeypatch, each_alone):
    monkeypatch.setattr(dialogue, "MOST_AHEAD", 1)
    grading = new_grading()
    exchanges = []
    for _ in range(2):
        student = Returning(lambda: ANSWERS["both"])
        assert (graded(grading, student), student.called) == each_alone["both"]
        exchanges.append(student.exchanges)
    assert exchanges[0] == exchanges[1]


def test_what_was_answered_before_is_not_judged_again(monkeypatch):
    grading = new_grading()
    first = graded(grading, Student(ANSWERS["both"]))
    monkeypatch.setattr("grader.grading.submission.assess", None)
    monkeypatch.setattr("grader.grading.submission._shrinker", None)
    assert graded(grading, Student(ANSWERS["both"])) == first


def taught(names):
    """Return a grading that has heard, from another process, what was said of some submissions."""
    teller, listener = new_grading(), new_grading()
    talks, other = Talks(teller), Talks(listener)
    for name in names:
        graded(teller, Student(ANSWERS[name]))
        told = talks.told()
        if told is not None:
            other.hear(told)
    return listener


@pytest.mark.parametrize("name", list(ANSWERS))
def test_what_another_process_has_judged_is_not_judged_again(monkeypatch, each_alone, name):
    grading = taught([name])
    monkeypatch.setattr("grader.grading.submission.assess", None)
    monkeypatch.setattr("grader.grading.submission._shrinker", None)
    student = Student(ANSWERS[name])
    assert (graded(grading, student), student.called) == each_alone[name]


def test_what_others_tell_changes_nothing(each_alone):
    grading = taught([*ANSWERS, *ANSWERS])
    for name in (*ANSWERS, *ANSWERS):
        student = Student(ANSWERS[name])
        assert (graded(grading, student), student.called) == each_alone[name]


@pytest.mark.parametrize("then", [lambda x: 3 * x, lambda x: 1 / 0, lambda x: None])
@pytest.mark.parametrize("further", [0, 1, 5])
def test_a_function_that_changes_its_mind_is_found_out_by_what_others_told(further, then):
    grading = taught(["no factor"])
    asked = sum(line.key[0] == "gradient" for line in grading.script.lines)
    changing = lambda: after(asked + further, then)
    student = Student(changing())
    assert (graded(grading, student), student.called) == alone(changing)


def test_what_is_known_already_is_heard_once_more_without_harm(monkeypatch):
    teller, listener = new_grading(), new_grading()
    talks, other = Talks(teller), Talks(listener)
    report = graded(teller, Student(ANSWERS["both"]))
    assert graded(listener, Student(ANSWERS["both"])) == report
    other.hear(talks.told())
    monkeypatch.setattr("grader.grading.submission.assess", None)
    assert graded(listener, Student(ANSWERS["both"])) == report


def test_what_does_not_fit_with_what_is_known_is_not_learned(each_alone):
    """Two workers differ only by a fault of ours: it must not end them, nor be believed."""
    teller, listener = new_grading(), new_grading()
    talks = Talks(teller)
    graded(teller, Student(ANSWERS["no factor"]))
    place, talk = next(one for one in thaw(talks.told().talks) if one[1].problem == "gradient")
    assert any(isinstance(step, dialogue.Asked) for step in talk.further)
    pause = next(n for n, step in enumerate(talk.further) if isinstance(step, dialogue.Pause))
    other = [
        replace(step, call=replace(step.call, seed=9)) if n != pause else step for n, step in enumerate(talk.further)
    ]
    learner = Talks(listener)
    for further in (talk.further, other, talk.further[pause:], talk.further[:pause], ()):
        told = replace(talk, further=tuple(further), report=talk.report.model_copy(update={"reason": "not so"}))
        learner.hear(Told(talks=freeze([(place, told if further is not talk.further else talk)])))
    student = Student(ANSWERS["no factor"])
    assert (graded(listener, student), student.called) == each_alone["no factor"]


def test_numbers_that_others_tell_of_cannot_be_written_to():
    grading = taught(["no factor"])
    kept = [came for came, _ in grading.script.lines[0].question._came.returned.values()]
    assert kept
    assert not any(value.flags.writeable for came in kept for value in (*came.values, *came.inputs_after))


def test_only_the_first_dialogues_are_told(monkeypatch):
    monkeypatch.setattr(talks_module, "MOST_TOLD", 2)
    grading = new_grading()
    talks = Talks(grading)
    told = []
    for answers in ANSWERS.values():
        graded(grading, Student(answers))
        told.append(talks.told())
    # A right answer is two dialogues, one a problem; what is repeated is no news.
    assert [one is not None for one in told] == [True, False, False, False, False, False]
    assert grading.dialogues.talks is None


@pytest.mark.parametrize("bound", ["MOST_TURNS", "MOST_REPORTS", "MOST_BYTES"])
@pytest.mark.parametrize("most", [0, 1, 3, 900, 9_000])
def test_who_has_no_room_hears_nothing_and_judges_as_ever(monkeypatch, each_alone, bound, most):
    teller = new_grading()
    talks = Talks(teller)
    told = [graded(teller, Student(answers)) and talks.told() for answers in ANSWERS.values()]
    monkeypatch.setattr(dialogue, bound, most)
    grading = new_grading()
    other = Talks(grading)
    for one in told:
        if one is not None:
            other.hear(one)
    for name, answers in ANSWERS.items():
        student = Student(answers)
        assert (graded(grading, student), student.called) == each_alone[name]


def test_commands_are_those_of_the_submission_itself():
    grading = new_grading()
    graded(grading, Student(ANSWERS["no factor"]), "alice")
    gradient, columns = graded(grading, Student(ANSWERS["no factor"]), "bob")
    assert all(check.again.startswith("bob ") for check in gradient.checks if check.again)
    assert any(check.again for check in gradient.checks)
    assert not any(check.again for check in columns.checks)


def after(count, then):
    """Return a wrong gradient that is ``x`` for so many calls and something else after that."""
    calls = itertools.count()
    return {"gradient": lambda x: x if next(calls) < count else then(x)}


@pytest.mark.parametrize("further", [0, 1, 2, 5])
@pytest.mark.parametrize("then", [lambda x: 3 * x, lambda x: 1 / 0, lambda x: None])
def test_a_function_that_changes_its_mind_is_found_out_from_memory_too(further, then):
    grading = new_grading()
    graded(grading, Student(ANSWERS["no factor"]))
    asked = [key for line in grading.script.lines if (key := line.key)[0] == "gradient"]
    changing = lambda: after(len(asked) + further, then)
    expected = alone(changing)
    for _ in range(2):
        student = Student(changing())
        assert (graded(grading, student), student.called) == expected


def test_what_had_to_be_killed_is_never_remembered():
    grading = new_grading()
    asked = sum(line.key[0] == "gradient" for line in grading.script.lines)
    for _ in range(2):
        graded(grading, Student(after(asked + 1, lambda x: None)))
    known, student = graded(grading, Student(ANSWERS["no factor"])), Student(ANSWERS["no factor"])
    assert known == graded(new_grading(), student)


def test_words_are_those_of_the_language_in_force():
    grading = new_grading()
    english = graded(grading, Student(ANSWERS["both"]))
    with in_language("de"):
        german = graded(grading, Student(ANSWERS["both"]))
        assert german == graded(new_grading(), Student(ANSWERS["both"]))
    assert german != english
    assert graded(grading, Student(ANSWERS["both"])) == english


@pytest.mark.parametrize(
    ("bound", "most"),
    [
        *itertools.product(["MOST_TURNS", "MOST_REPORTS"], [0, 1, 3, 20, 40]),
        *zip(["MOST_BYTES"] * 4, [0, 900, 9_000, 90_000], strict=True),
    ],
)
def test_a_full_memory_changes_nothing(monkeypatch, each_alone, bound, most):
    asked = sum(line.key[0] == "gradient" for line in new_grading().script.lines)
    minds = [lambda further=further: after(asked + further, lambda x: 3 * x) for further in (0, 1, 2, 3, 5)]
    changed = [alone(changing) for changing in minds]
    monkeypatch.setattr(dialogue, bound, most)
    grading = new_grading()
    for name in (*ANSWERS, *ANSWERS):
        student = Returning(lambda name=name: ANSWERS[name])
        assert (graded(grading, student), student.called) == each_alone[name]
    for changing, expected in zip(minds, changed, strict=True):
        student = Returning(changing)
        assert (graded(grading, student), student.called) == expected


def test_a_class_that_answers_with_much_is_not_kept(monkeypatch):
    monkeypatch.setattr(dialogue, "MOST_BYTES", 1 << 20)
    monkeypatch.setattr(questions, "ROOM_BYTES", 1 << 20)
    grading = new_grading()
    tracemalloc.start()
    for student in range(60):
        graded(grading, Student({"gradient": lambda x, i=float(student): np.full(5_000, i)}))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Both bounds, and the truth of the smaller cases; all answers of the class are 20 MiB and more.
    assert kept < 4 << 20


@pytest.mark.parametrize("known", [False, True])
def test_after_a_call_that_had_to_be_killed_no_other_problem_is_made_smaller(known):
    grading = new_grading()
    wrong_sums = {"column_sums": lambda A: A.sum(axis=0, keepdims=True) + 1}
    if known:
        graded(grading, Student(wrong_sums))
    asked = [sum(line.key[0] == name for line in grading.script.lines) for name in ("gradient", "column_sums")]
    # The first further call only repeats a case; the second one makes it smaller.
    student = Student(after(asked[0] + 1, lambda x: None) | wrong_sums)
    graded(grading, student)
    assert [name for name, *_ in student.called].count("gradient") == asked[0] + 2
    assert [name for name, *_ in student.called].count("column_sums") == asked[1] + 1
