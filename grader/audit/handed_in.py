"""Answers of the author's own as submissions: what the engine grades as it grades a student's."""

import hashlib
from collections.abc import Mapping

from grader.audit.reached import Module
from grader.checks.derivation import answer_as_lines_source
from grader.model.assignment import Problem
from grader.model.submission import Chunk, Submission

PACKAGE = "trusted"
"""What the trusted folder is called among a submission's files."""


def handed_in(
    problem: Problem,
    ref: str,
    modules: Mapping[str, Module],
    *,
    changed: Mapping[str, str] | None = None,
    around: str = "",
) -> Submission:
    """Return a trusted function as a submission.

    Parameters
    ----------
    problem : Problem
        Whose function it answers.
    ref : str
        ``module:function``.
    modules : mapping of str to Module
        That module and all that it needs.
    changed : mapping of str to str, optional
        Other texts for some of the modules.
    around : str, optional
        Statements that make the answer's function of ``right``, the trusted one; the function itself if empty.

    Returns
    -------
    Submission
        A file that imports the function from a package of the trusted modules; where lines of a derivation are asked
        for, each of them is that function.
    """
    module, _, function = ref.partition(":")
    name = problem.function if not around else "right"
    main = f"from {PACKAGE}.{module} import {function} as {name}\n"
    if around:
        main = f"import numpy as np\n{main}\n\n{around}\n"
    main += answer_as_lines_source(problem)
    texts = {each: (changed or {}).get(each, module.source) for each, module in modules.items()}
    digest = hashlib.sha256(main.encode())
    for each, text in sorted(texts.items()):
        digest.update(f"\0{each}\0{text}".encode())
    return Submission(
        path=f"{problem.function}.py",
        student=problem.function,
        sha256=digest.hexdigest(),
        chunks=(Chunk(label=f"{problem.function}.py", source=main),),
        modules=tuple(
            (f"{PACKAGE}.{each}" if each else PACKAGE, Chunk(label=modules[each].file, source=text))
            for each, text in texts.items()
        ),
    )
