"""What the page on CI tells people to copy is sound: YAML, inputs and outputs that exist."""

import re

import yaml

from tests.ci.small import ROOT

PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
WORKFLOWS = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
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
        assert f"`{name}`" in PAGE, name
