"""Makes the archives of the two platforms from the same parts."""

import html
import json
import shlex
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from grader.bundle.budget import WHOLE_SECONDS, Budget
from grader.bundle.contents import Entry, assignment_files, below
from grader.bundle.requirements import pinned
from grader.bundle.wheel import own_wheel
from grader.grading.students import grader_failed
from grader.loading.rubric import Rubric
from grader.model.assignment import Assignment
from grader.words import in_language, say

VENV = "/opt/grader"
"""Where the image of PrairieLearn has the grader."""
_SEED_FILE = "secret_seed"
# Any fixed name: with it the same assignment has the same identifier each time that it is bundled.
_NAMESPACE = uuid.UUID("6f1de1a4-51a5-5b0c-9f7e-2b7f2f1a8c55")
# The newest first, if the one that made the bundle is not there.
_MINORS = (14, 13, 12, 11)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRequest:
    """What to bundle.

    Parameters
    ----------
    rubric : Rubric
        A sound one.
    python : str
        The Python that was asked for, ``"3.12"``.
    budget : Budget
        Limits.
    options : tuple of str
        Further words for ``grader grade``: how student code is confined, the seed.
    secret : bytes or None
        A secret seed that goes into the archive.
    wheels : mapping of str to Entry
        What is installed without a network; empty where it is fetched.
    """

    rubric: Rubric
    python: str
    budget: Budget
    options: tuple[str, ...]
    secret: bytes | None
    wheels: Mapping[str, Entry]


def gradescope_bundle(request: BundleRequest) -> dict[str, Entry]:
    """Return the files of an autograder for Gradescope.

    Parameters
    ----------
    request : BundleRequest
        What to bundle.

    Returns
    -------
    dict of str to Entry
        By path; ``setup.sh`` and ``run_autograder`` are at the root.

    Raises
    ------
    DiagnosedError
        A file of the assignment cannot be read, or a package is not installed.
    """
    failed = {"output": _failed(request), "output_format": "text", "stdout_visibility": "hidden"}
    rubric, files = _grading(request, failed)
    words = {"SECONDS": str(WHOLE_SECONDS), "RUBRIC": shlex.quote(rubric), "OPTIONS": shlex.join(_options(request))}
    return {
        "setup.sh": _setup(request),
        "run_autograder": _script("run_autograder", words),
        **_installed(request),
        **files,
    }


def prairielearn_bundle(request: BundleRequest, image: str) -> dict[str, Entry]:
    """Return the files of a question for PrairieLearn, and of an image to grade it in.

    Parameters
    ----------
    request : BundleRequest
        What to bundle.
    image : str
        The image that the question names.

    Returns
    -------
    dict of str to Entry
        By path; ``question/ID`` goes into a course's ``questions``, ``image`` is built and pushed where it is used.

    Raises
    ------
    DiagnosedError
        A file of the assignment cannot be read, or a package is not installed.
    """
    assignment = request.rubric.assignment
    rubric, files = _grading(request, {"gradable": False, "format_errors": [_failed(request)]})
    words = {
        "SECONDS": str(WHOLE_SECONDS),
        "RUBRIC": shlex.quote(rubric),
        "OPTIONS": shlex.join(_options(request)),
        "VENV": VENV,
    }
    installed = {"setup.sh": _setup(request), **_installed(request)}
    tests = {"run.sh": _script("run.sh", words), **files}
    if request.wheels:
        tests |= installed
    question = {
        "info.json": Entry(data=_json(_question(assignment, image))),
        "question.html": Entry(data=_page(request.rubric).encode()),
        **below("tests", tests),
    }
    dockerfile = _script("Dockerfile", {"IMAGE": f"python:{request.python}-slim", "VENV": VENV})
    base = {"Dockerfile": Entry(data=dockerfile.data), **installed}
    return {**below(f"question/{assignment.id}", question), **below("image", base)}


def _grading(request: BundleRequest, failed: object) -> tuple[str, dict[str, Entry]]:
    """Return the rubric's path in the assignment's folder, and what grading needs besides the grader."""
    assignment = assignment_files(request.rubric)
    files = {"not_graded.json": Entry(data=_json(failed)), **below("assignment", assignment.files)}
    if request.secret is not None:
        files[_SEED_FILE] = Entry(data=request.secret)
    return assignment.rubric, files


def _failed(request: BundleRequest) -> str:
    with in_language(request.rubric.words):
        return grader_failed()


def _options(request: BundleRequest) -> Sequence[str]:
    secret = ("--secret-seed", _SEED_FILE) if request.secret is not None else ()
    return (*request.budget.options, *request.options, *secret)


def _installed(request: BundleRequest) -> dict[str, Entry]:
    wheel = own_wheel()
    requirements = "".join(f"{each}\n" for each in pinned(request.rubric.assignment.packages))
    return {
        "requirements.txt": Entry(data=requirements.encode()),
        wheel.name: Entry(data=wheel.data),
        **below("wheels", request.wheels),
    }


def _setup(request: BundleRequest) -> Entry:
    own = int(request.python.partition(".")[2])
    # Wheels are for one Python; without them any that the pinned versions support will do.
    minors = (own,) if request.wheels else (own, *(minor for minor in _MINORS if minor != own))
    return _script("setup.sh", {"MINORS": " ".join(map(str, minors))})


def _script(name: str, words: Mapping[str, str]) -> Entry:
    text = resources.files("grader.bundle").joinpath("scripts", name).read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return Entry(data=text.replace("\r\n", "\n").encode(), executable=True)


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _question(assignment: Assignment, image: str) -> dict[str, object]:
    return {
        "uuid": str(uuid.uuid5(_NAMESPACE, f"{assignment.id}\0{assignment.title}")),
        "title": assignment.title,
        "topic": assignment.id,
        "type": "v3",
        "singleVariant": True,
        "gradingMethod": "External",
        "externalGradingOptions": {
            "enabled": True,
            "image": image,
            "entrypoint": "/grade/tests/run.sh",
            # The most that PrairieLearn allows; the grader ends itself before.
            "timeout": 600,
            "enableNetworking": False,
        },
    }


def _page(rubric: Rubric) -> str:
    assignment = rubric.assignment
    with in_language(rubric.words):
        begins = say("platform.hand_in", title=assignment.title)
    functions = "".join(
        f"  <li>{', '.join(f'<code>{html.escape(line)}</code>' for line in problem.written)}: "
        f"{html.escape(problem.title)}</li>\n"
        for problem in assignment.problem
    )
    return f"""\
<pl-question-panel>
  <p>{html.escape(begins)}</p>
  <ul>
{functions}  </ul>
  <pl-file-upload file-names="answer.py"></pl-file-upload>
</pl-question-panel>
<pl-submission-panel>
  <pl-external-grader-results></pl-external-grader-results>
  <pl-file-preview></pl-file-preview>
</pl-submission-panel>
"""
