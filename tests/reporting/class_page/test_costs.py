"""Time and memory in a few numbers that were really measured."""

from grader.reporting.class_page.costs import Cost, costs_summary


def test_nothing_is_said_where_nothing_was_measured():
    assert costs_summary([]) is None


def test_quantiles_are_values_that_were_measured():
    summary = costs_summary((f"h{n:02d}", Cost(seconds=n / 10)) for n in range(1, 21))
    [time] = summary.rows
    assert (time.median, time.most_of_95, time.most) == ("1.0 s", "1.9 s", "2.0 s")
    assert summary.slowest[0] == ("h20", "2.0 s")
    assert len(summary.slowest) == 5


def test_memory_is_said_of_those_whose_memory_is_known():
    costs = {"a": Cost(seconds=0.0123, peak_bytes=80 * 2**20), "b": Cost(seconds=0.5)}
    time, memory = costs_summary(costs.items()).rows
    assert (time.median, time.most) == ("12 ms", "500 ms")
    assert (memory.median, memory.most) == ("80 MiB", "80 MiB")


def test_equally_slow_hand_ins_stand_in_the_order_of_their_ids():
    assert [hand_in for hand_in, _ in costs_summary((h, Cost(seconds=1)) for h in "cab").slowest] == ["a", "b", "c"]
