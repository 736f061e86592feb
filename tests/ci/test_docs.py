"""What the pages tell people to copy is sound: YAML, inputs and outputs that exist, commands that are parsed."""

import re
import shlex

import pytest
import yaml

from grader.cli.main import _parser
from tests.ci.small import ROOT

PAGES = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("ci.md", "platforms.md")}
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
WORKFLOWS = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", PAGES["ci.md"], re.DOTALL)]
STEPS = [step for workflow in WORKFLOWS for job in workflow.get("jobs", {}).values() for step in job["steps"]]
OURS = [step for step in STEPS if "OWNER" in step.get("uses", "")]


def test_examples_give_the_action_inputs_that_it_has_and_pin_its_version():
    assert len(OURS) == 2
    for step in OURS:
        assert set(step["with"]) <= set(ACTION["inputs"])
        assert step["uses"] == f"OWNER/grader@v{ACTION['inputs']['version']['default']}"


def test_no_example_runs_a_fork_with_the_rights_of_its_base():
    for workflow in WORKFLOWS:
        # YAML reads the key `on` as true.
        events = workflow.get(True, {})
        assert "pull_request_target" not in events
        if "jobs" in workflow:
            assert workflow["permissions"]["contents"] == "read"


def test_the_page_explains_every_input_and_output():
    for name in (*ACTION["inputs"], *ACTION["outputs"]):
        assert f"`{name}`" in PAGES["ci.md"], name


@pytest.mark.parametrize("command", re.findall(r"^(grader .*)$", PAGES["platforms.md"], re.MULTILINE))
def test_commands_are_those_of_the_grader(command):
    _parser().parse_args(shlex.split(command)[1:])


def test_links_lead_somewhere():
    for text in PAGES.values():
        for target in re.findall(r"\]\(([^)#]+)", text):
            assert (ROOT / "docs" / target).exists(), target
