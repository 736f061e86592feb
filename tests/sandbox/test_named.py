"""What the name of a call means: a function, or an element of one of Python's own lists, and nothing that could lie."""

import numpy as np
import pytest

from grader.model.assignment import Limits
from grader.model.case import Call
from grader.model.outcome import Absence, Returned, Unavailable
from grader.sandbox.here import HereSession
from grader.sandbox.inside.convert import ABSENT, named


class Lying(list):
    def __len__(self):
        raise SystemExit

    def __getitem__(self, place):
        raise SystemExit


def one():
    return 1.0


def two():
    return 2.0


NAMES = {"f": one, "steps": [one, two], "pair": (one, two), "lying": Lying([one]), "table": {0: one}, "text": "abc"}


@pytest.mark.parametrize(("name", "means"), [("f", one), ("steps[0]", one), ("steps[1]", two), ("pair[1]", two)])
def test_a_name_is_a_function_or_an_element_of_a_list(name, means):
    assert named(NAMES, name) is means


@pytest.mark.parametrize("name", ["g", "g[0]", "steps[2]", "f[0]", "lying[0]", "table[0]", "text[0]"])
def test_what_is_no_list_has_no_elements(name):
    assert named(NAMES, name) is ABSENT


def call(function):
    return HereSession(functions=NAMES, limits=Limits()).call(Call(function=function, arguments=(), returns=1, seed=0))


def test_functions_at_hand_are_named_in_the_same_way():
    found = call("steps[1]")
    assert isinstance(found, Returned)
    np.testing.assert_array_equal(found.values[0], 2.0)
    absent = call("steps[2]")
    assert isinstance(absent, Unavailable)
    assert absent.absence is Absence.MISSING
