"""What each code of a rubric means, with an example of wrong and right; ``explanations.toml`` holds the texts."""

import tomllib
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from grader.loading.codes import RubricCode
from grader.model.linted import Explanation


class UnknownCodeError(Exception):
    """No diagnostic of a rubric has this code.

    Parameters
    ----------
    says : str
        Words for who asked.
    """

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


@lru_cache(maxsize=1)
def explanations() -> MappingProxyType[str, Explanation]:
    """Return the explanation of every code.

    Returns
    -------
    mapping of str to Explanation
        In the order of the codes.
    """
    told = tomllib.loads(files("grader.lint").joinpath("explanations.toml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            each.code: Explanation(
                code=each.code,
                title=each.title,
                severity=each.severity,
                says=" ".join(told[each.code]["says"].split()),
                wrong=told[each.code].get("wrong", "").strip("\n"),
                right=told[each.code].get("right", "").strip("\n"),
            )
            for each in sorted(RubricCode, key=lambda code: code.code)
        }
    )


def explanation(code: str) -> Explanation:
    """Return what a code means.

    Parameters
    ----------
    code : str
        Such as ``"R003"``; upper or lower case.

    Returns
    -------
    Explanation

    Raises
    ------
    UnknownCodeError
        There is no such code.
    """
    known = explanations()
    if code.upper() not in known:
        raise UnknownCodeError(f"there is no code `{code}`; those of rubrics are {next(iter(known))} to {[*known][-1]}")
    return known[code.upper()]


def codes_page() -> str:
    """Return the reference page of the codes.

    Returns
    -------
    str
        Markdown.
    """
    parts = [_PAGE_HEAD]
    for each in explanations().values():
        parts.append(
            f"## {each.code}: {each.title}\n\n{'A warning. ' if each.severity == 'warning' else ''}{each.says}\n"
        )
        if each.right:
            parts.append(
                f"Wrong:\n\n```{each.language}\n{each.wrong}\n```\n\nRight:\n\n```{each.language}\n{each.right}\n```\n"
            )
    return "\n".join(parts)


_PAGE_HEAD = """\
# Codes of rubric diagnostics

What `grader lint` prints between brackets, as in `error[R003]`. `grader lint --explain R003` prints one of these
paragraphs. Codes never change meaning. Up to R049 a fault is found by reading the rubric, from R050 by trying
its trusted functions; from R070 it is a warning.
"""
