"""The feedback of a class in every form; what is said of a problem is worked out once for all who are told the same."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring

from pydantic_core import PydanticSerializationError

from grader.model.report import ProblemReport
from grader.model.same import Same
from grader.model.shared_report import SharedReport
from grader.reporting.feedback import Feedback
from grader.reporting.feedback_html import FeedbackPage, HtmlPart
from grader.reporting.feedback_markdown import MarkdownPart, markdown_of
from grader.reporting.json_report import model_text, plain_model_text
from grader.reporting.paragraphs import may_tell_of_others
from grader.words import as_written, words_in_force

_MOST_PROBLEMS = 256
"""Problems of which is kept what is said of them: some 20 KiB each."""
_NO_PROBLEMS = '"problems": []\n  }\n}'
"""The end of a feedback without problems, the last key of its last key."""
_INDENT = " " * 6
"""Of a problem within it."""
_COMMAND = re.compile(r'(?<="again": )"(?:[^"\\]|\\.)*"')
"""Cannot stand within a text, where each quotation mark has a backslash before it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Part:
    """What feedback says of a problem.

    Parameters
    ----------
    json : tuple of str
        The problem as JSON; commands stand between the pieces.
    markdown : MarkdownPart
    html : HtmlPart
    """

    json: tuple[str, ...]
    markdown: MarkdownPart
    html: HtmlPart


class FeedbackTexts:
    """Makes the feedback of one student or group after the other."""

    def __init__(self) -> None:
        self._page = FeedbackPage()
        self._part: Callable[[str, Same[ProblemReport], tuple[Same[ProblemReport], ...]], _Part]
        self._part = lru_cache(maxsize=_MOST_PROBLEMS)(self._made)
        self._tells_of_others: Callable[[Same[ProblemReport]], bool]
        self._tells_of_others = lru_cache(maxsize=_MOST_PROBLEMS)(lambda same: may_tell_of_others(same.it))

    def of(self, feedback: Feedback, shared: SharedReport) -> dict[str, str]:
        """Return the feedback of one student or group.

        Parameters
        ----------
        feedback : Feedback
            Theirs; its submission is the report of `shared`.
        shared : SharedReport
            The report of the hand-in.

        Returns
        -------
        dict of str to str
            By the suffix of the file: ``.json``, ``.md`` and ``.html``.
        """
        problems = tuple(map(Same, shared.report.problems))
        beside = tuple(filter(self._tells_of_others, problems))
        with as_written(feedback.language):
            words = words_in_force()
            parts = [
                self._part(words, problem, beside if self._tells_of_others(problem) else ()) for problem in problems
            ]
            return {
                ".json": _json(feedback, shared, parts),
                ".md": markdown_of(feedback, [part.markdown for part in parts]),
                ".html": self._page.of(feedback, [part.html for part in parts]),
            }

    def _made(self, _words: str, problem: Same[ProblemReport], beside: tuple[Same[ProblemReport], ...]) -> _Part:
        # The words that are in force are only part of the key.
        others = [same.it for same in beside]
        text = plain_model_text(problem.it, indent=2).replace("\n", f"\n{_INDENT}")
        return _Part(
            json=tuple(_COMMAND.split(text)),
            markdown=MarkdownPart(problem.it, others),
            html=self._page.part(problem.it, others),
        )


def _json(feedback: Feedback, shared: SharedReport, parts: Sequence[_Part]) -> str:
    """Return what `model_text` makes of the feedback, commands included."""
    bare = shared.report.model_copy(update={"problems": ()})
    try:
        head = plain_model_text(feedback.model_copy(update={"submission": bare}), indent=2)
    except (PydanticSerializationError, UnicodeEncodeError):
        return model_text(feedback.model_copy(update={"submission": shared.whole()}), indent=2) + "\n"
    if not parts:
        return f"{head}\n"
    commands = iter(shared.commands)
    problems = []
    for part in parts:
        first, *others = part.json
        pieces = [first]
        for other in others:
            pieces += (encode_basestring(next(commands)), other)
        problems.append("".join(pieces))
    between = f",\n{_INDENT}"
    return f'{head.removesuffix(_NO_PROBLEMS)}"problems": [\n{_INDENT}{between.join(problems)}\n    ]\n  }}\n}}\n'
