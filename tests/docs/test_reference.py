"""What is written from the code is whole, and what people are told to type is what the program reads."""

import importlib
import sys

import pytest

from grader.cli.main import _parser
from grader.loading.rubric_schema import rubric_schema
from tests.docs.pages import PAGES, ROOT, blocks, commands, text_of


@pytest.fixture(scope="module")
def generated():
    # The site's own modules find each other beside them, as its configuration has it.
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "docs" / "site"))
        yield importlib.import_module("generated")
    for name in ("generated", "schema_keys"):
        sys.modules.pop(name)


def test_the_page_of_commands_has_every_command_and_argument(generated):
    page = generated.command_line()
    for name, parser in generated.commands(_parser()):
        section = page.split(f" `{name}`\n")[1].split("\n## ")[0]
        for action in parser._actions:
            for option in action.option_strings[-1:] if action.dest != "help" else ():
                assert f"`{option}" in section, (name, option)
            assert not action.help or action.dest == "help" or " ".join(action.help.split()[:3]) in section


def test_the_page_of_keys_has_every_key(generated):
    page = generated.rubric_keys()
    schema = rubric_schema()
    for part in (schema, *schema["definitions"].values()):
        for key in part["properties"]:
            assert f"\n| `{key}` |" in page, key
        for const in (value["const"] for value in part["properties"].values() if "const" in value):
            assert f'"{const}"' in page


def test_the_page_of_keys_says_how_a_table_is_opened_what_it_takes_and_what_it_defaults_to(generated):
    page = generated.rubric_keys()
    section = page.split("## `[[inputs.NAME.case]]`")[1].split("## ")[0]
    assert "| `count` | a whole number, 1 to 1,000 | `1` | How many of these cases are drawn" in section
    assert "| `family` | a name | must be given |" in section
    assert '## `[[problem.check]]` with `kind = "adjoint"`' in page


def _helps():
    (commands_of,) = (action for action in _parser()._actions if action.dest == "command")
    return [pytest.param(parser.epilog, id=name) for name, parser in commands_of.choices.items()]


@pytest.mark.parametrize("epilog", _helps())
def test_examples_of_the_help_are_commands(epilog):
    examples = commands(epilog)
    assert examples
    for command in examples:
        assert _parser().parse_args(command[1:]).command, command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_of_the_pages_are_commands(page):
    for block in blocks(text_of(page), "sh", "console"):
        for command in commands(block):
            assert _parser().parse_args(command[1:]).command, command
