"""Late policies: what is written is read exactly, and lateness costs what a syllabus says."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.late import LateCode, late_mark, load_late_policy
from grader.model.diagnostic import DiagnosedError
from grader.model.gradebook import LatePolicy

WRITTEN = "due=2026-10-01T23:59+02:00 grace=15m per_day=10% most=50% closes=2026-10-08T23:59+02:00"
DUE = datetime(2026, 10, 1, 21, 59, tzinfo=UTC)
POLICY = LatePolicy(
    due=DUE, grace_s=900, per_day=Fraction(1, 10), most=Fraction(1, 2), closes=DUE + timedelta(days=7)
)  # fmt: skip


def codes(text: str) -> list[str]:
    with pytest.raises(DiagnosedError) as caught:
        load_late_policy(text)
    return [each.code for each in caught.value.diagnostics]


def test_written_policy_is_read_exactly() -> None:
    assert load_late_policy(WRITTEN) == POLICY


@pytest.mark.parametrize("due", ["2026-10-01T23:59:00+02:00", '"2026-10-01T23:59+02:00"'])
@pytest.mark.parametrize("share", ["0.1", '"10%"', '"10 %"'])
def test_file_says_the_same_as_the_command_line(tmp_path: Path, due: str, share: str) -> None:
    path = tmp_path / "late.toml"
    closes = "2026-10-08T21:59:00Z"
    path.write_text(f'due = {due}\ngrace = "15m"\nper_day = {share}\nmost = 0.5\ncloses = {closes}\n', encoding="utf-8")
    assert load_late_policy(str(path)) == POLICY


def test_time_with_a_space_and_shares_without_percent_are_read() -> None:
    policy = load_late_policy("due=2026-10-01 23:59+02:00 per_day=0.25 grace=1h30m")
    assert (policy.due, policy.per_day, policy.grace_s) == (DUE, Fraction(1, 4), 5400)
    assert policy.most == 1
    assert policy.closes is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nonsense", ["L011"]),
        ("no_such_policy.toml", ["L001"]),
        ("dew=2026-10-01T23:59+02:00 per_day=10%", ["L003", "L004"]),
        ("per_day=10%", ["L004"]),
        ("due=2026-10-01T23:59+02:00", ["L004"]),
        ("due=tomorrow per_day=10%", ["L005"]),
        ("due= per_day=10%", ["L005"]),
        ("due=0001-01-01T00:00+14:00 per_day=10%", ["L005"]),
        ("due=2026-10-01T23:59 per_day=10%", ["L006"]),
        ("due=2026-10-01T23:59Z per_day=10% grace=soon", ["L007"]),
        ("due=2026-10-01T23:59Z per_day=110%", ["L008"]),
        ("due=2026-10-01T23:59Z per_day=-0.1", ["L008"]),
        (f"due=2026-10-01T23:59Z per_day={'9' * 5000}%", ["L008"]),
        ("due=2026-10-01T23:59Z per_day=10% closes=2026-09-01T00:00Z", ["L009"]),
        ("due=2026-10-01T23:59Z per_day=10% per_day=20%", ["L010"]),
        ("due=x per_day=y grace=z", ["L005", "L008", "L007"]),
    ],
)
def test_every_fault_of_a_written_policy_is_told_at_once(text: str, found: list[str]) -> None:
    assert codes(text) == found


@pytest.mark.parametrize(
    ("toml", "code"),
    [
        ("due = [", "L002"),
        ("due = 2026-10-01\nper_day = 0.1", "L005"),
        ("due = 2026-10-01T23:59:00\nper_day = 0.1", "L006"),
        ("due = 2026-10-01T23:59:00Z\nper_day = nan", "L008"),
        ("due = 2026-10-01T23:59:00Z\nper_day = true", "L008"),
        ("due = 2026-10-01T23:59:00Z\nper_day = 0.1\ngrace = [1]", "L007"),
        ("due = 2026-10-01T23:59:00Z\nper_day = 0.1\ngrace = 0.5", "L007"),
    ],
)
def test_faults_of_a_file_stand_where_they_are(tmp_path: Path, toml: str, code: str) -> None:
    path = tmp_path / "late.toml"
    path.write_text(toml, encoding="utf-8")
    with pytest.raises(DiagnosedError) as caught:
        load_late_policy(str(path))
    (found,) = caught.value.diagnostics
    assert found.code == code
    assert found.place is not None
    assert found.place.source in toml.split("\n")


def test_every_code_is_reached_by_these_tests() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert {code.value[0] for code in LateCode if f'"{code.value[0]}"' not in text} == set()


def test_caret_stands_under_the_value_that_is_wrong() -> None:
    with pytest.raises(DiagnosedError) as caught:
        load_late_policy("due=2026-10-01T23:59Z per_day=soon")
    place = caught.value.diagnostics[0].place
    assert place is not None
    assert place.source[place.column - 1 :][: place.length] == "soon"


# What it costs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "days", "penalty"),
    [
        (timedelta(seconds=-1), 0, 0),
        (timedelta(0), 0, 0),
        (timedelta(minutes=15), 0, 0),
        (timedelta(minutes=15, microseconds=1), 1, 10),
        (timedelta(days=1), 1, 10),
        (timedelta(days=1, microseconds=1), 2, 20),
        (timedelta(days=4), 4, 40),
        (timedelta(days=5), 5, 50),
        (timedelta(days=6), 6, 50),
        (timedelta(days=7), 7, 50),
        (timedelta(days=7, microseconds=1), 8, 100),
    ],
)
def test_each_day_begun_costs_its_share_up_to_the_most_and_all_after_closing(
    after: timedelta, days: int, penalty: int
) -> None:
    mark = late_mark(POLICY, DUE + after, Fraction(100))
    assert (mark.days, mark.penalty) == (days, penalty)
    assert (mark.late_s == 0) == (after <= timedelta(0))


def test_lateness_is_of_the_assignments_points_and_exact() -> None:
    policy = POLICY.model_copy(update={"per_day": Fraction(1, 3)})
    assert late_mark(policy, DUE + timedelta(hours=1), Fraction(20)).penalty == Fraction(20, 3)


def test_grace_that_is_missed_counts_from_the_due_time() -> None:
    policy = POLICY.model_copy(update={"grace_s": 2 * 86400})
    assert late_mark(policy, DUE + timedelta(days=2), Fraction(100)).days == 0
    assert late_mark(policy, DUE + timedelta(days=2, seconds=1), Fraction(100)).days == 3


def test_words_say_how_late_and_what_it_costs() -> None:
    says = late_mark(POLICY, DUE + timedelta(days=1, hours=2, minutes=3), Fraction(100)).says
    assert says == "handed in 1 day 2 hours late, 2 days begun: 20 % of the points"
    assert "the most that lateness costs" in late_mark(POLICY, DUE + timedelta(days=6), Fraction(100)).says
    assert "closed" in late_mark(POLICY, DUE + timedelta(days=8), Fraction(100)).says
    assert "within the grace of 15 minutes" in late_mark(POLICY, DUE + timedelta(minutes=3), Fraction(100)).says


@given(
    st.timedeltas(min_value=timedelta(days=-3), max_value=timedelta(days=9)), st.timedeltas(timedelta(0), timedelta(2))
)
def test_handing_in_later_never_costs_less(after: timedelta, more: timedelta) -> None:
    sooner, later = (late_mark(POLICY, DUE + each, Fraction(100)) for each in (after, after + more))
    assert 0 <= sooner.penalty <= later.penalty <= 100
