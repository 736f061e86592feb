"""Who does what the tutorial and the how-to guides say sees what they show."""

import shutil

import pytest

from tests.docs.pages import ROOT, text_of
from tests.docs.walk import Typed, Walk, steps

HOWTO = ROOT / "docs" / "howto"
GUIDES = ("otter", "nbgrader", "gradescope_utils")


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_does_what_it_says(guide, tmp_path):
    folder = shutil.copytree(HOWTO / guide, tmp_path / guide)
    done = list(steps(text_of(HOWTO / f"{guide}.md")))
    assert sum(isinstance(step, Typed) for step in done) >= 3
    walk = Walk(folder)
    for step in done:
        walk.do(step)


def test_the_tutorial_leads_from_nothing_to_a_graded_class(tmp_path):
    done = list(steps(text_of(ROOT / "docs" / "tutorial.md")))
    typed = {step.command.split()[1] for step in done if isinstance(step, Typed) and step.command.startswith("grader ")}
    assert typed >= {"new", "lint", "audit", "grade", "kit", "check", "seed", "batch", "export", "bundle"}
    walk = Walk(tmp_path)
    for step in done:
        walk.do(step)


def test_every_guide_with_files_is_walked():
    assert sorted(path.name for path in HOWTO.iterdir() if path.is_dir()) == sorted(GUIDES)
