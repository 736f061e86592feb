"""Item difficulty and discrimination, against numpy on the same points and against their own laws."""

import random
from fractions import Fraction

import numpy as np
import pytest

from grader.reporting.class_page.items import ItemStatistics, ItemTally


def statistics(scores: list[Fraction | int], rests: list[Fraction | int], most: int = 10) -> ItemStatistics:
    item = ItemTally(Fraction(most))
    for score, rest in zip(scores, rests, strict=True):
        item.add(Fraction(score), Fraction(score) + Fraction(rest))
    return item.statistics()


def test_discrimination_is_the_correlation_of_the_item_with_the_rest_of_the_total():
    draws = random.Random(7)
    for n in (5, 6, 50, 400, 3000):
        scores = [Fraction(draws.randint(0, 30), 3) for _ in range(n)]
        rests = [score * 2 + draws.randint(0, 40) for score in scores]
        expected = np.corrcoef([float(s) for s in scores], [float(r) for r in rests])[0, 1]
        assert statistics(scores, rests).discrimination == pytest.approx(expected, abs=1e-12)


def test_the_item_itself_is_no_part_of_what_it_is_held_against():
    # Held against a total with itself inside, an item of pure noise would seem to discriminate.
    scores, rests = [0, 10, 0, 10, 0, 10, 0, 10], [20, 20, 30, 30, 20, 20, 30, 30]
    assert statistics(scores, rests).discrimination == 0


@pytest.mark.parametrize(("sign", "expected"), [(1, 1.0), (-1, -1.0)])
def test_points_on_a_line_correlate_perfectly(sign, expected):
    scores = [0, 1, 2, 3, 10]
    assert statistics(scores, [sign * 3 * s + 50 for s in scores]).discrimination == expected


def test_nothing_is_said_of_fewer_than_five_answers():
    few = statistics([0, 10, 0, 10], [0, 50, 10, 60])
    assert (few.success, few.discrimination, few.answers) == (None, None, 4)
    enough = statistics([0, 10, 0, 10, 10], [0, 50, 10, 60, 60])
    assert enough.success == 0.6
    assert enough.discrimination is not None


def test_discrimination_is_undefined_where_all_have_the_same_points():
    thirds = [Fraction(1, 3)] * 6
    assert statistics(thirds, [1, 2, 3, 4, 5, 6]).discrimination is None
    assert statistics([1, 2, 3, 4, 5, 6], thirds).discrimination is None


def test_success_is_the_mean_share_of_the_points():
    item = statistics([10, 10, 5, 0, 0], [1, 2, 3, 4, 5])
    assert (item.success, item.full, item.answers) == (0.5, 2, 5)


def test_an_item_without_points_has_no_difficulty():
    assert statistics([0] * 5, [1, 2, 3, 4, 5], most=0).success is None


def test_an_answer_with_an_undecided_total_counts_for_difficulty_alone():
    item = ItemTally(Fraction(10))
    for number in range(6):
        item.add(Fraction(number), None)
    assert item.statistics().success == pytest.approx(0.25)
    assert item.statistics().discrimination is None


def test_statistics_do_not_depend_on_the_order_of_the_answers():
    draws = random.Random(3)
    pairs = [(Fraction(draws.randint(0, 70), 7), Fraction(draws.randint(0, 900), 9)) for _ in range(60)]
    first = statistics(*map(list, zip(*pairs, strict=True)))
    draws.shuffle(pairs)
    assert statistics(*map(list, zip(*pairs, strict=True))) == first
