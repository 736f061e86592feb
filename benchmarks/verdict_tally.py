"""What the benchmark of verdicts counts, and the tables that it prints."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from grader.model.report import Verdict

OURS_CASE = "grader, one case"
OURS_PROBLEM = "grader, a problem"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Column:
    """Who judged which kind of answer at which precision; "both" where the cases of a problem are of both."""

    judge: str
    right: bool
    dtype: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The error of one finite difference, in its own estimate, and in the estimate and one unit of a right answer."""

    family: str
    ratio: float
    with_unit: float


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts of one part of the run; parts are added up.

    Parameters
    ----------
    verdicts : dict of Column to Counter
        How often each verdict was given.
    numbers : Counter
        Cases drawn, left out and why, answers left out and why.
    by_size : Counter
        Verdicts of the grader on wrong answers by (precision, decade of the error in roundings).
    slips : list of str
        Each right answer that the grader failed, and each wrong one that it passed.
    truth_units : float
        The farthest that a trusted answer is from the proven truth, in units.
        Errors of the finite differences, in their own estimates.
    wrong : set of str
        The wrong answers that were counted at least once.
    ways : set of str
        The right answers that were judged at least once.
    """

    verdicts: dict[Column, Counter[str]] = field(default_factory=dict)
    numbers: Counter[str] = field(default_factory=Counter)
    by_size: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    slips: list[str] = field(default_factory=list)
    truth_units: float = 0.0
    slopes: list[Difference] = field(default_factory=list)
    wrong: set[str] = field(default_factory=set)
    ways: set[str] = field(default_factory=set)

    def add(self, judge: str, dtype: str, verdict: Verdict, *, right: bool) -> None:
        """Count one verdict."""
        self.verdicts.setdefault(Column(judge=judge, right=right, dtype=dtype), Counter())[verdict.value] += 1

    def merge(self, other: "Tally") -> None:
        """Add what another part counted."""
        for column, counts in other.verdicts.items():
            self.verdicts.setdefault(column, Counter()).update(counts)
        self.numbers += other.numbers
        self.by_size += other.by_size
        self.slips += other.slips
        self.truth_units = max(self.truth_units, other.truth_units)
        self.slopes += other.slopes
        self.wrong |= other.wrong
        self.ways |= other.ways

    def failed(self, judge: str, dtype: str) -> Counter[str]:
        """Verdicts on right answers."""
        return self.verdicts.get(Column(judge=judge, right=True, dtype=dtype), Counter())

    def passed(self, judge: str, dtype: str) -> Counter[str]:
        """Verdicts on wrong answers."""
        return self.verdicts.get(Column(judge=judge, right=False, dtype=dtype), Counter())


def share(count: int, total: int) -> str:
    """A count and its share; nothing of nothing is no number."""
    return f"{count:,} ({100 * count / total:.2f} %)" if total else "–"


def verdict_table(tally: Tally, names: Sequence[str]) -> list[str]:
    """One line a judge and precision."""
    lines = [
        "| judge | precision | right answers | failed | undecided | wrong answers | passed | undecided |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in names:
        for dtype in ("float64", "float32", "both"):
            right, wrong = tally.failed(name, dtype), tally.passed(name, dtype)
            if not right and not wrong:
                continue
            n, m = right.total(), wrong.total()
            failed, passed = right[Verdict.DISAGREES.value], wrong[Verdict.AGREES.value]
            cells = [name, dtype, f"{n:,}", share(failed, n), share(right[Verdict.INCONCLUSIVE.value], n)]
            cells += [f"{m:,}", share(passed, m), share(wrong[Verdict.INCONCLUSIVE.value], m)]
            lines.append("| " + " | ".join(cells) + " |")
    return lines


def size_table(tally: Tally) -> list[str]:
    """What the grader says of wrong answers by how far they are off."""
    lines = ["| off by, in roundings | precision | answers | fails | undecided | passes |", "|---|---|---|---|---|---|"]
    decades = sorted({(dtype, decade) for dtype, decade, _ in tally.by_size}, key=lambda k: (k[0] == "float32", k[1]))
    for dtype, decade in decades:
        counts = {v: tally.by_size[dtype, decade, v.value] for v in Verdict}
        total = sum(counts.values())
        reads = "more or no number" if decade >= 6 else f"1e{decade} to 1e{decade + 1}"
        cells = [reads, dtype, f"{total:,}"]
        cells += [share(counts[v], total) for v in (Verdict.DISAGREES, Verdict.INCONCLUSIVE, Verdict.AGREES)]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def coverage_table(tally: Tally) -> list[str]:
    """How often the estimate of a finite difference covers its error."""
    lines = [
        "| finite differences, cases | slopes | estimate covers | worst | estimate and one unit cover | worst |",
        "|---|---|---|---|---|---|",
    ]
    for family in ("generic", "edge", "wide", "random", "all"):
        found = [s for s in tally.slopes if family in (s.family, "all")]
        if found:
            cells = [family, f"{len(found):,}"]
            for ratios in (np.array([s.ratio for s in found]), np.array([s.with_unit for s in found])):
                cells += [f"{100 * np.mean(ratios <= 1):.2f} %", f"{ratios.max():.2f}x"]
            lines.append("| " + " | ".join(cells) + " |")
    return lines
