"""From times to a verdict: wrong only where every repetition says so, and what noise can do decides nothing."""

from fractions import Fraction

import pytest
from pydantic import ValidationError

from grader.checks.efficiency import Lap, beyond_doubt, measured
from grader.model.checks import VectorisedCheck
from grader.model.report import Finding, Verdict

MS = 1e-3
CHECK = VectorisedCheck(kind="vectorised", points=Fraction(1), sizes=({"N": 100}, {"N": 1000}), at_most=10, growth=1.5)


def lap(small=0.5, large=2.0, our_small=0.4, our_large=1.0, *, cut_off=False):
    """Return a repetition whose times are given in milliseconds."""
    return Lap(
        small_s=small * MS,
        large_s=large * MS,
        our_small_s=our_small * MS,
        our_large_s=our_large * MS,
        cut_off=cut_off,
    )


def verdict(*laps, cpu=True, check=CHECK):
    found = measured(check, laps, cpu=cpu)
    return found.verdict, found.finding


AGREES = (Verdict.AGREES, Finding.RIGHT)
SLOW = (Verdict.DISAGREES, Finding.TOO_SLOW)
STEEP = (Verdict.DISAGREES, Finding.GROWS_TOO_FAST)
UNCLEAR = (Verdict.INCONCLUSIVE, Finding.TIMES_UNCLEAR)


@pytest.mark.parametrize(
    ("large", "says"),
    [(2.0, AGREES), (6.6, AGREES), (6.7, UNCLEAR), (10.0, UNCLEAR), (14.9, UNCLEAR), (15.1, SLOW), (1e4, SLOW)],
)
def test_a_ratio_is_judged_with_a_wide_margin_on_either_side_of_its_bound(large, says):
    assert verdict(*[lap(large=large, small=large / 10)] * 5) == says


@pytest.mark.parametrize(
    ("large", "says"), [(9.0, AGREES), (21.0, AGREES), (22.0, UNCLEAR), (47.0, UNCLEAR), (48.0, STEEP)]
)
def test_growth_is_judged_with_a_wide_margin_on_either_side_of_its_bound(large, says):
    # Ours takes as long, so that only growth can be wrong: 10 ** 1.5 is 31.6.
    laps = [lap(small=1.0, large=large, our_small=2.0, our_large=9.0)] * 5
    assert verdict(*laps) == says


def test_growth_may_be_what_ours_is_and_half_a_power_more():
    # Both take 300 times as long, more than the rubric's power: then the task itself needs it.
    assert verdict(*[lap(small=1.0, large=300.0, our_small=1.0, our_large=300.0)] * 5) == AGREES


def test_one_repetition_within_the_bound_is_enough_not_to_lose_points():
    slow = lap(large=40.0, small=4.0)
    assert verdict(*[slow] * 9) == SLOW
    assert verdict(*[slow] * 8, lap(large=12.0, small=4.0)) == UNCLEAR
    assert verdict(*[slow] * 8, lap(large=2.0, small=4.0)) == AGREES


@pytest.mark.parametrize("noise", [3.0, 30.0, 300.0])
def test_noise_on_some_repetitions_never_makes_a_fast_answer_wrong(noise):
    fast, noisy = lap(), lap(large=2.0 * noise, small=0.5 * noise)
    assert verdict(fast, *[noisy] * 9) == AGREES


def test_noise_on_one_of_our_times_does_not_save_a_slow_answer():
    slow = lap(large=60.0, small=6.0)
    assert verdict(*[slow] * 4, lap(large=60.0, small=6.0, our_large=30.0)) == SLOW


def test_one_short_time_of_ours_does_not_make_an_answer_wrong():
    # A clock that jumps: 14 times is what is usual, 70 is what one pair says.
    usual = lap(large=14.0, small=3.0)
    assert verdict(*[usual] * 4, lap(large=14.0, small=3.0, our_large=0.2)) == UNCLEAR


def test_times_too_short_to_compare_are_not_compared():
    laps = [lap(small=0.001, large=0.04, our_small=0.0, our_large=-0.001)] * 5
    assert verdict(*laps) == AGREES


def test_a_call_that_was_cut_off_took_at_least_as_long():
    cut = lap(small=50.0, large=5000.0, cut_off=True)
    assert verdict(cut, cut) == SLOW
    # Cut off before it was clearly too slow: nobody knows.
    early = lap(small=0.5, large=5.0, cut_off=True)
    assert verdict(early, early) == UNCLEAR


def test_seconds_on_the_clock_make_nothing_wrong_that_other_work_could_explain():
    laps = [lap(large=60.0, small=6.0)] * 5
    assert verdict(*laps, cpu=True) == SLOW
    assert verdict(*laps, cpu=False) == UNCLEAR
    assert verdict(*[lap(large=600.0, small=60.0)] * 5, cpu=False) == SLOW


def test_repetitions_are_saved_only_where_there_is_no_doubt():
    far, near = lap(large=60.0), lap(large=16.0)
    assert not beyond_doubt(CHECK, [far], cpu=True)
    assert beyond_doubt(CHECK, [far, far], cpu=True)
    assert not beyond_doubt(CHECK, [far, near], cpu=True)
    assert not beyond_doubt(CHECK, [far, far], cpu=False)
    assert beyond_doubt(CHECK, [lap(large=16.0, cut_off=True)] * 2, cpu=True)


def test_nothing_measured_is_no_verdict():
    with pytest.raises(ValueError, match="nothing was measured"):
        measured(CHECK, [], cpu=True)


@pytest.mark.parametrize(
    "sizes",
    [
        ({"N": 100},),
        ({"N": 100}, {"N": 1000}, {"N": 10000}),
        ({"N": 100}, {"d": 1000}),
        ({"N": 100}, {"N": 399}),
        ({"N": 100, "d": 2}, {"N": 1000, "d": 3}),
        ({"N": 100}, {"N": 100}),
    ],
)
def test_sizes_that_show_no_growth_are_refused(sizes):
    with pytest.raises(ValidationError, match="sizes"):
        VectorisedCheck(kind="vectorised", points=Fraction(1), sizes=sizes)
