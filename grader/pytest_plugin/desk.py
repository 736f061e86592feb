"""Grades each submission whole, once a process, when the first of its checks is run."""

import time
import warnings
from contextlib import ExitStack
from dataclasses import dataclass

from grader.cli.request import request_of
from grader.grading.engine import GradeRequest, Ready, made_ready
from grader.grading.named import read_named
from grader.grading.plan import PlanError
from grader.model.report import Report
from grader.pytest_plugin.settings import Settings
from grader.sandbox import Sandbox, SandboxFaultError, SandboxUnavailableError
from grader.truth.modules import TrustedFunctionError


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why nothing can be graded: the machine's fault or the rubric's, never a submission's.

    Parameters
    ----------
    says : str
        For the person who runs pytest; may have several lines.
    """

    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    ready: Ready
    sandbox: Sandbox
    plan_s: float


def read_request(settings: Settings) -> GradeRequest:
    """Read what is to be graded.

    Parameters
    ----------
    settings : Settings
        What was asked.

    Returns
    -------
    GradeRequest
        The same as that of ``grader grade``.

    Raises
    ------
    DiagnosedError
        With everything that is wrong with the rubric, the names and the paths.
    """
    named = read_named(settings.rubric, settings.submissions, parts=settings.only)
    return request_of(named, isolation=settings.isolation, seed=settings.seed)


class Desk:
    """The place where one process grades.

    Parameters
    ----------
    request : GradeRequest
        What and how.
    """

    def __init__(self, request: GradeRequest) -> None:
        self._request = request
        self._open: _Open | Refusal | None = None
        self._reports: dict[int, Report] = {}
        self._stack = ExitStack()

    @property
    def words(self) -> str:
        """The language of what students read, as `grader.words.in_language` takes it."""
        return self._request.rubric.words

    def graded(self, i: int) -> Report | Refusal:
        """Grade a submission, or say again what came of it.

        Parameters
        ----------
        i : int
            Its place in the request.

        Returns
        -------
        Report or Refusal
            The report of this one submission.
        """
        # pytest makes errors of warnings where it is told to; a trusted function that warns is right all the same.
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            if self._open is None:
                self._open = self._opened()
            if isinstance(self._open, Refusal):
                return self._open
            if i not in self._reports:
                self._reports[i] = self._graded(self._open, i)
            return self._reports[i]

    def close(self) -> None:
        """End everything that was started."""
        self._stack.close()
        self._open = None

    def _graded(self, opened: _Open, i: int) -> Report:
        begun = time.perf_counter()
        graded = opened.ready.graded(self._request.submissions[i], opened.sandbox)
        wall_s = round(time.perf_counter() - begun, 4)
        return opened.ready.report(
            opened.sandbox.report, (graded,), {"plan_s": opened.plan_s, "submissions_s": [wall_s]}
        )

    def _opened(self) -> _Open | Refusal:
        begun = time.perf_counter()
        try:
            ready = made_ready(self._request)
            sandbox = self._stack.enter_context(ready.open_sandbox())
        except (PlanError, TrustedFunctionError) as error:
            return Refusal(says=f"the rubric cannot be used: {error}")
        except SandboxUnavailableError as error:
            lines = [error.reason, *(f"missing: {each}" for each in error.missing), error.help]
            return Refusal(says="\n".join(lines).replace("--isolation", "--grader-isolation"))
        except SandboxFaultError as error:
            return Refusal(says=error.reason)
        return _Open(ready=ready, sandbox=sandbox, plan_s=round(time.perf_counter() - begun, 4))
