"""Lines of a derivation that are the same code are seen in its text."""

import pytest

from grader.loading.same_lines import same_lines
from grader.model.submission import Chunk, Submission

FUNCTIONS = """\
def one(x):
    # a comment
    return x + x

def two(x):

    return x + x


def three(x):
    return 2 * x

"""


def found(listed, source=FUNCTIONS):
    text = f"{source}steps = {listed}\n"
    return same_lines(
        Submission(path="a.py", student="a", sha256="", chunks=(Chunk(label="a.py", source=text),)), "steps", 5
    )


@pytest.mark.parametrize(
    ("listed", "same"),
    [
        ("[one, three]", ()),
        ("[one, two, three]", ((1, 2),)),
        ("[three, one, three]", ((1, 3),)),
        ("(\n    one,\n    three,\n    two,\n    three,\n)", ((1, 3), (2, 4))),
        ("[]", ()),
        ("[lambda x: x, lambda x: x]", ()),
        ("[f for f in (one, one)]", ()),
        ("other_list", ()),
    ],
)
def test_lines_that_are_the_same_function_or_have_the_same_text_are_told(listed, same):
    assert found(listed) == same


def test_another_argument_or_another_body_is_another_line():
    assert (
        found("[one, two]", FUNCTIONS.replace("def two(x):\n\n    return x + x", "def two(y):\n    return y + y")) == ()
    )


def test_the_last_list_and_the_last_definition_count():
    again = FUNCTIONS + "steps = [one, one]\ndef one(x):\n    return x\n\n"
    assert found("[one, two]", again) == ()


def test_a_source_of_any_shape_is_read_in_one_pass():
    assert found("[" + "a," * 100_000 + "]", "def a(" + "(" * 100_000 + "\n" + " \n" * 100_000) == ((1, 2, 3, 4, 5),)
    assert found("[" + " " * 100_000 + "!", "") == ()
    # Hours, if a list that is begun in each line were read to the end from each.
    assert found("[" + "\nsteps = [" * 200_000, "") == ()
