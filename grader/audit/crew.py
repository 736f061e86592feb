"""Grades many trials: those that are known from the cache, the others in worker processes, results in order."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Self, TypeVar

from grader.audit.kept import Kept, digest, program
from grader.audit.trials import Bench, CheckMark, Marks, Opening, Plan, Trial, bench, part_of
from grader.model.report import Finding, Verdict
from grader.truth.modules import TrustedModules

A = TypeVar("A")
T = TypeVar("T")

_TOGETHER = 96
"""Trials of a plan that a worker takes at once."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Share:
    """Trials of one plan, and where their results belong."""

    places: tuple[int, ...]
    trials: tuple[Trial, ...]


class Crew:
    """Workers; a context manager.

    Parameters
    ----------
    opening : Opening
        What they need.
    jobs : int
        How many processes; 1: this one does the work.
    kept : Kept
        What is known already, and where the rest goes.
    level : str
        How well submissions are confined here.
    """

    def __init__(self, opening: Opening, *, jobs: int, kept: Kept, level: str) -> None:
        self._opening = opening
        self.kept = kept
        self._grounds = digest([program(), TrustedModules(opening.folder).sha256(), level, opening.isolation])
        self._plans: dict[Plan, str] = {}
        self._pool = (
            ProcessPoolExecutor(max_workers=jobs, mp_context=get_context("spawn"), initializer=_settle)
            if jobs > 1
            else None
        )
        self._bench: Bench | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=kind is None, cancel_futures=True)
        if self._bench is not None:
            self._bench.close()

    def grade(self, trials: Sequence[Trial], done: Callable[[int], None], *, anew: bool = False) -> tuple[Marks, ...]:
        """Grade trials.

        Parameters
        ----------
        trials : sequence of Trial
            Any.
        done : callable
            Told how many more are done.
        anew : bool
            True to look at nothing that is known, and to keep nothing.

        Returns
        -------
        tuple of Marks
            In the order of the trials.

        Raises
        ------
        TrialError, PlanError, TrustedFunctionError, SandboxUnavailableError
            See `Bench.marks`.
        """
        keys = ["" if anew else self.key(trial) for trial in trials]
        found: dict[int, Marks] = {}
        for i, key in enumerate(keys):
            known = self.kept.get(key) if key else None
            if known is not None:
                found[i] = _read(known)
        done(len(found))
        for share, marks in self._worked(_shares(trials, [i for i in range(len(trials)) if i not in found])):
            for i, one in zip(share.places, marks, strict=True):
                found[i] = one
                if keys[i]:
                    self.kept.put(keys[i], _written(one))
            done(len(marks))
        return tuple(found[i] for i in range(len(trials)))

    def each(self, function: Callable[[Bench, A], T], over: Sequence[A], done: Callable[[int], None]) -> tuple[T, ...]:
        """Have something worked out for each of some values.

        Parameters
        ----------
        function : callable
            Of a module, given a worker's bench and a value.
        over : sequence
            The values.
        done : callable
            Told how many more are done.

        Returns
        -------
        tuple
            In the order of the values.
        """
        if self._pool is None:
            found = []
            for value in over:
                found.append(function(self._own(), value))
                done(1)
            return tuple(found)
        futures = [self._pool.submit(_apply, self._opening, function, value) for value in over]
        for _ in as_completed(futures):
            done(1)
        return tuple(future.result() for future in futures)

    def _own(self) -> Bench:
        if self._bench is None:
            self._bench = Bench(self._opening, self._opening.sandbox())
        return self._bench

    def _worked(self, shares: Sequence[_Share]) -> Iterator[tuple[_Share, tuple[Marks, ...]]]:
        if self._pool is None:
            for share in shares:
                yield share, self._own().marks(share.trials)
            return
        futures: dict[Future[tuple[Marks, ...]], _Share] = {
            self._pool.submit(_work, self._opening, share.trials): share for share in shares
        }
        for future in as_completed(futures):
            yield futures[future], future.result()

    def key(self, trial: Trial) -> str:
        """Return the name of what a trial comes to, which rests on everything that it comes from.

        Parameters
        ----------
        trial : Trial
            Any.

        Returns
        -------
        str
        """
        plan = trial.plan
        if plan not in self._plans:
            self._plans[plan] = part_of(self._opening.assignment, plan).model_dump_json()
        return digest([self._grounds, self._plans[plan], str(plan.seed), trial.submission.sha256, str(trial.named)])


def _work(opening: Opening, trials: tuple[Trial, ...]) -> tuple[Marks, ...]:
    return bench(opening).marks(trials)


def _apply(opening: Opening, function: Callable[[Bench, A], T], value: A) -> T:
    return function(bench(opening), value)


def _settle() -> None:
    """Have a worker leave Ctrl-C to the grader, end with it, and keep what trusted modules print out of the report."""
    grader = parent_process()
    if grader is not None:
        # The pool's workers wait for ever for a grader that was killed.
        threading.Thread(target=_end_with, args=(grader,), daemon=True).start()
    # A handler, unlike SIG_IGN, is not inherited by the sandbox.
    signal.signal(signal.SIGINT, lambda *_: None)
    sys.stdout.flush()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def _end_with(grader: BaseProcess) -> None:
    grader.join()
    os._exit(1)


def _shares(trials: Sequence[Trial], due: Sequence[int]) -> list[_Share]:
    """Return the trials that are due in portions of one plan each."""

    def order(i: int) -> tuple[str, int, Fraction]:
        plan = trials[i].plan
        return plan.problem, plan.seed, plan.times

    shares = []
    for _, group in groupby(sorted(due, key=order), key=order):
        places = tuple(group)
        for start in range(0, len(places), _TOGETHER):
            some = places[start : start + _TOGETHER]
            shares.append(_Share(places=some, trials=tuple(trials[i] for i in some)))
    return shares


def _written(marks: Marks) -> dict[str, Any]:
    return {
        "points": [str(points) for points in (marks.score, marks.undecided, marks.most)],
        "named": marks.named,
        "checks": [[c.name, c.verdict.value, c.finding.value, str(c.earned)] for c in marks.checks],
    }


def _read(known: Any) -> Marks:
    score, undecided, most = (Fraction(points) for points in known["points"])
    checks = tuple(
        CheckMark(name=name, verdict=Verdict(verdict), finding=Finding(finding), earned=Fraction(earned))
        for name, verdict, finding, earned in known["checks"]
    )
    return Marks(score=score, undecided=undecided, most=most, checks=checks, named=known["named"])
