"""A report that shares its problems with other reports: most students of a class answer as somebody else does."""

from dataclasses import dataclass
from typing import Self

from grader.model.report import SubmissionReport


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SharedReport:
    """One submission, such that what is said of it and of others is one object.

    Parameters
    ----------
    report : SubmissionReport
        Its problems may be the very objects of other reports; commands that replay a check are not to be read in them.
    commands : tuple of str
        The command of each check, in the order of problems and checks: it names the submission.
    """

    report: SubmissionReport
    commands: tuple[str, ...]

    @classmethod
    def of(cls, report: SubmissionReport) -> Self:
        """Return a report that shares nothing yet.

        Parameters
        ----------
        report : SubmissionReport
            Any.

        Returns
        -------
        SharedReport
        """
        commands = tuple(check.again for problem in report.problems for check in problem.checks)
        return cls(report=report, commands=commands)

    def whole(self) -> SubmissionReport:
        """Return the report with its commands.

        Returns
        -------
        SubmissionReport
        """
        commands = iter(self.commands)
        problems = tuple(
            problem.model_copy(
                update={"checks": tuple(check.model_copy(update={"again": next(commands)}) for check in problem.checks)}
            )
            for problem in self.report.problems
        )
        return self.report.model_copy(update={"problems": problems})
