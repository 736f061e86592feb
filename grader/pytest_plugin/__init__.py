"""The pytest plugin: each check of a rubric, on each submission, is a test. pytest loads it; nothing else imports it.

Only the options are here. What grades is imported once a rubric and submissions are named.
"""

from collections.abc import Generator
from importlib import import_module
from typing import Any

import pytest

from grader.pytest_plugin.settings import settings_of

__all__ = ["pytest_addoption", "pytest_cmdline_main", "pytest_configure"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the plugin's options and settings."""
    group = parser.getgroup("grader", "each check of a rubric is a test")
    group.addoption("--grader-rubric", metavar="FILE", help="the assignment's rubric, a TOML file")
    group.addoption(
        "--grader-submission",
        nargs="+",
        action="extend",
        metavar="PATH",
        help="a .py, .ipynb or .zip file, or a folder of them; may be given several times",
    )
    group.addoption("--grader-json", metavar="FILE", help="write the report there, as `grader grade --format json`")
    group.addoption(
        "--grader-seed", type=_seed, metavar="N", help="draw the cases from this seed (default: the rubric's own)"
    )
    group.addoption(
        "--grader-isolation",
        choices=("auto", "A", "B", "C", "none"),
        default="auto",
        help="how student code is confined, see `grader grade --help` (default: auto)",
    )
    group.addoption(
        "--grader-only",
        action="append",
        default=[],
        metavar="PROBLEM[.CHECK]",
        help="only this problem, or this check and what it needs; may be given several times",
    )
    parser.addini("grader_rubric", "as --grader-rubric; relative to this file", default="")
    parser.addini("grader_submissions", "as --grader-submission; relative to this file", type="linelist")


def _seed(text: str) -> int:
    number: int = import_module("grader.cli.arguments.values").seed(text)
    return number


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, Any, Any]:
    """Give the checks of one submission to one worker of pytest-xdist, if nothing else was asked for."""
    option = config.option
    several = getattr(option, "numprocesses", None) or getattr(option, "tx", None)
    # The part of an id before the first `::`, by which `loadfile` sorts, is the submission.
    if several and getattr(option, "dist", "") == "no" and settings_of(config) is not None:
        option.dist = "loadfile"
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """Begin, if a rubric and submissions are named."""
    settings = settings_of(config)
    if settings is None or config.option.help or config.option.version:
        return
    import_module("grader.cli.one_thread").one_thread()
    if settings.alone:
        config.args = []
    checks = import_module("grader.pytest_plugin.hooks").Checks(settings, config)
    config.pluginmanager.register(checks, "grader-checks")
