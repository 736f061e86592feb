"""A run: only what is new or changed is graded, what is counted is in the journal, nothing depends on the order."""

from dataclasses import replace
from fractions import Fraction

import pytest

import grader.batch.key as key_module
from grader.batch.journal import Journal
from grader.batch.journal_error import JournalError, JournalFault
from grader.batch.key import Grounds, key_of
from grader.batch.run import run_batch
from grader.model.assignment import Limits
from grader.sandbox import open_sandbox
from tests.batch.in_process import InProcess, Sources, Watched, request, rubric_in, some_sources, submission
from tests.batch.tiny_class import ANSWERS


@pytest.fixture(scope="module", autouse=True)
def sandbox():
    with open_sandbox(isolation="auto", packages=(), limits=Limits(), own_code=True) as sandbox:
        InProcess.shared = sandbox
        yield sandbox
        InProcess.shared = None


@pytest.fixture
def rubric(tmp_path):
    return rubric_in(tmp_path / "rubric")


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "journal.sqlite") as journal:
        yield journal


def run(asked, sources, journal, **changes):
    watch, executor = Watched(), InProcess(**changes)
    try:
        head = run_batch(asked, Sources(sources), journal, executor, watch)
    finally:
        executor.close()
    return head, watch, executor


def test_everything_is_graded_once_and_then_known(rubric, journal, sandbox):
    sources = some_sources(4)
    head, first, _ = run(request(rubric), sources, journal)
    assert sorted(first.new) == sorted(sources)
    assert [journal.standing(name).score for name in sorted(sources)] == [10, 4, 6, 0]
    assert (head.seed, head.isolation, head.assignment.max_score) == (3, sandbox.report, 10)
    assert [problem.id for problem in head.problems] == ["double", "square"]
    assert head.plan
    _, second, _ = run(request(rubric), sources, journal)
    assert (second.new, second.kept) == ([], sorted(sources))
    assert [each.standing.score for each in second.counted_] == [10, 4, 6, 0]


def test_only_what_has_changed_is_graded_again(rubric, journal):
    sources = some_sources(3)
    run(request(rubric), sources, journal)
    changed = {**sources, "s01": ANSWERS[0], "s99": ANSWERS[0]}
    _, watch, _ = run(request(rubric), changed, journal)
    assert sorted(watch.new) == ["s01", "s99"]
    assert journal.standing("s01").score == 10


def test_regrade_grades_everything(rubric, journal):
    sources = some_sources(2)
    run(request(rubric), sources, journal)
    _, watch, _ = run(request(rubric, regrade=True), sources, journal)
    assert sorted(watch.new) == sorted(sources)


def test_a_hand_in_that_has_left_the_download_is_not_asked_for(rubric, journal):
    run(request(rubric), some_sources(3), journal)
    _, watch, _ = run(request(rubric), some_sources(2), journal)
    assert [each.hand_in.id for each in watch.counted_] == ["s00", "s01"]


GROUNDS = Grounds(assignment_sha256="a", rubric="r.toml", seed=1, secret=False, isolation="auto", level="B")


@pytest.mark.parametrize(
    "change",
    [
        {"assignment_sha256": "b"},
        {"rubric": "other.toml"},
        {"seed": 2},
        {"secret": True},
        {"isolation": "B"},
        {"level": "A"},
    ],
)
def test_other_grounds_are_another_key(change):
    assert replace(GROUNDS, **change).digest() != GROUNDS.digest()
    assert replace(GROUNDS).digest() == GROUNDS.digest()


def test_another_version_of_the_grader_is_another_key(monkeypatch):
    before = GROUNDS.digest()
    monkeypatch.setattr(key_module, "__version__", "0.0.0")
    assert GROUNDS.digest() != before


@pytest.mark.parametrize(
    "change", [{"path": "b.py"}, {"student": "b"}, {"sha256": "b"}, {"skipped": ("cell 2",)}, {"notebook": True}]
)
def test_whatever_a_report_may_say_of_a_submission_is_part_of_its_key(change):
    one = submission("a", ANSWERS[0])
    assert key_of(one, "grounds") == key_of(submission("a", ANSWERS[0]), "grounds")
    assert key_of(replace(one, **change), "grounds") != key_of(one, "grounds")
    assert key_of(one, "others") != key_of(one, "grounds")


def test_a_name_that_is_no_unicode_has_a_key():
    assert key_of(submission("\udc80", ANSWERS[0]), "grounds")


def test_another_seed_grades_everything_again(rubric, journal):
    sources = some_sources(2)
    run(request(rubric), sources, journal)
    _, watch, _ = run(request(rubric, seed=4), sources, journal)
    assert sorted(watch.new) == sorted(sources)


def test_what_was_not_graded_by_our_fault_is_tried_again(rubric, journal):
    sources = some_sources(3)
    _, first, _ = run(request(rubric), sources, journal, lose=["s01"])
    lost = next(each.standing for each in first.counted_ if each.hand_in.id == "s01")
    assert (lost.status, lost.score, lost.reason) == ("not_graded", None, "its worker died")
    assert journal.report("s01").reason == "its worker died"
    _, second, _ = run(request(rubric), sources, journal)
    assert second.new == ["s01"]
    assert journal.standing("s01").status == "graded"


def test_a_hand_in_that_cannot_be_read_loses_no_other(rubric, journal):
    sources = {**some_sources(2), "s50": OSError(5, "Input/output error")}
    _, watch, _ = run(request(rubric), sources, journal)
    assert sorted(watch.new) == ["s00", "s01", "s50"]
    assert journal.report("s50").status == "not_graded"
    assert "Input/output error" in journal.report("s50").reason


def test_where_two_files_could_be_the_answer_a_person_has_to_look(rubric, journal):
    unsure = submission("ann", "", problem="hw1.py and hw1_final.py could both be the answer", undecided=True)
    run(request(rubric), {"ann": unsure}, journal)
    report = journal.report("ann")
    assert (report.status, report.score) == ("not_graded", None)
    assert report.reason == "hw1.py and hw1_final.py could both be the answer"


def test_nothing_is_counted_before_it_is_in_the_journal(rubric, journal):
    class Checking(Watched):
        def counted(self, counted):
            assert journal.standing(counted.hand_in.id) == counted.standing
            super().counted(counted)

    watch, executor = Checking(), InProcess()
    run_batch(request(rubric), Sources(some_sources(3)), journal, executor, watch)
    executor.close()
    assert len(watch.counted_) == 3


def test_a_class_is_read_no_faster_than_it_is_graded(rubric, journal):
    sources = Sources(some_sources(12))
    read_ahead = []
    executor = InProcess(most=3, before=lambda task: read_ahead.append(len(sources.asked)))
    watch = Watched()
    run_batch(request(rubric), sources, journal, executor, watch)
    executor.close()
    assert executor.most_held == 3
    assert [ahead - done for done, ahead in enumerate(read_ahead)] == [3] * 10 + [2, 1]


def test_reports_do_not_depend_on_the_order_or_on_what_was_graded_before(rubric, tmp_path):
    sources = some_sources(6)
    texts = []
    for most in (1, 6):
        with Journal(tmp_path / f"{most}.sqlite") as journal:
            run(request(rubric), sources, journal, most=most)
            texts.append([journal.report(name).model_dump_json() for name in sorted(sources)])
    assert texts[0] == texts[1]


def test_an_interrupted_run_goes_on_where_it_was(rubric, journal):
    sources = some_sources(5)

    class Interrupted(Watched):
        def counted(self, counted):
            super().counted(counted)
            if len(self.counted_) == 2:
                raise KeyboardInterrupt

    first, executor = Interrupted(), InProcess()
    with pytest.raises(KeyboardInterrupt):
        run_batch(request(rubric), Sources(sources), journal, executor, first)
    executor.close()
    _, second, _ = run(request(rubric), sources, journal)
    assert sorted(second.kept) == sorted(first.new)
    assert sorted(second.new + second.kept) == sorted(sources)


def test_a_journal_that_cannot_be_written_ends_the_run(rubric, journal, monkeypatch):
    def full(entries):
        raise JournalError(JournalFault.UNUSABLE, journal._path, "the disk is full", "make room")

    monkeypatch.setattr(journal, "record", full)
    with pytest.raises(JournalError, match="the disk is full"):
        run(request(rubric), some_sources(1), journal)


def test_what_must_stay_hidden_is_named_to_the_sandbox(rubric, journal, tmp_path):
    hidden = (tmp_path / "class", tmp_path / "out")
    _, _, executor = run(request(rubric, forbidden=hidden), some_sources(1), journal)
    assert executor.forbidden == (rubric.path, rubric.trusted, *hidden)


def test_points_for_a_person_are_told_apart_from_points_that_were_lost(rubric, journal):
    run(request(rubric), some_sources(1), journal)
    assert journal.standing("s00").undecided == Fraction(0)


def test_an_empty_class_is_graded_at_once(rubric, journal):
    head, watch, _ = run(request(rubric), {}, journal)
    assert watch.counted_ == []
    assert head.assignment.id == "tiny"
