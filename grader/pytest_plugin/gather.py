"""Puts the reports of submissions together again, in whatever process and order they were graded."""

import time
from typing import Any

from grader.model.report import Report, SubmissionReport
from grader.reporting.json_report import from_json, to_json, without_timings


def carried(place: int, report: Report | None) -> dict[str, Any]:
    """Return what a test's report carries of a submission's, in values that pass between processes.

    Parameters
    ----------
    place : int
        Of the submission in the request.
    report : Report or None
        Of this one submission; None where it was sent before.

    Returns
    -------
    dict
    """
    return {"place": place, "report": to_json(report) if report is not None else ""}


class Gathered:
    """What has been graded so far, as far as the tests say."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()
        self._reports: dict[int, Report] = {}
        self._tests: dict[int, int] = {}
        self._differ: set[int] = set()

    def add(self, carried: dict[str, Any]) -> None:
        """Take what a test's report carries.

        Parameters
        ----------
        carried : dict
            From `carried`.
        """
        place: int = carried["place"]
        self._tests[place] = self._tests.get(place, 0) + 1
        if not carried["report"]:
            return
        report = from_json(carried["report"])
        first = self._reports.setdefault(place, report)
        if without_timings(first) != without_timings(report):
            self._differ.add(place)

    @property
    def submissions(self) -> tuple[tuple[int, SubmissionReport], ...]:
        """Place and report of each submission that was graded, in the order of the request."""
        return tuple((place, self._reports[place].submissions[0]) for place in sorted(self._reports))

    def tests(self, place: int) -> int:
        """Return how many tests of a submission were run."""
        return self._tests.get(place, 0)

    def differs(self, place: int) -> bool:
        """Return whether a submission that was graded in two processes came to two reports."""
        return place in self._differ

    def report(self) -> Report | None:
        """Return the report of the run; None where nothing was graded.

        Returns
        -------
        Report or None
            Of the submissions of which a test was run, in the order of the request.
        """
        if not self._reports:
            return None
        reports = [self._reports[place] for place in sorted(self._reports)]
        timings = {
            "total_s": round(time.perf_counter() - self._begun, 4),
            "plan_s": max(each.timings["plan_s"] for each in reports),
            "submissions_s": [each.timings["submissions_s"][0] for each in reports],
        }
        graded = tuple(each.submissions[0] for each in reports)
        return reports[0].model_copy(update={"submissions": graded, "timings": timings})
