"""What a submission finds around it: imports, input, output, and the words that its errors are told in."""

import pytest

from grader.model.outcome import Raised, Returned


@pytest.mark.parametrize(
    "module",
    [
        "math", "json", "itertools", "dataclasses", "typing", "random", "statistics", "fractions", "decimal", "netrc",
        "xml.dom.minidom", "unittest.mock", "colorsys", "zipfile", "tabnanny", "concurrent.futures",
        "numpy.linalg", "numpy.random", "numpy.fft", "numpy.polynomial", "numpy.ma", "numpy.testing",
    ],
)  # fmt: skip
def test_the_standard_library_and_numpy_can_be_imported(sandbox, submission, call, module):
    pytest.importorskip(module)
    with sandbox.session(submission(f"def f(x):\n    import {module}\n    return x")) as session:
        assert isinstance(session.call(call("f", 0.0)), Returned)


@pytest.mark.parametrize("statement", ["import pandas", "from pytest import fixture", "import grader", "import pip"])
def test_an_import_of_something_else_says_what_is_allowed(sandbox, submission, call, statement):
    with sandbox.session(submission(f"def f(x):\n    {statement}\n    return x")) as session:
        outcome = session.call(call("f", 0.0))
    module = statement.split()[1]
    assert outcome == Raised(
        type="ModuleNotFoundError",
        text=f"`{module}` is not available here; this assignment allows numpy and Python's standard library",
        where="answer.py line 2",
        line=statement,
    )


def test_the_message_of_another_missing_module_stays(sandbox, submission, call):
    with sandbox.session(submission("def f(x):\n    import numpy.nothing")) as session:
        assert session.call(call("f", 0.0)).text == "No module named 'numpy.nothing'"


def test_a_students_other_files_are_imported_from_memory(sandbox, submission, call):
    modules = {"mine": "from deep.down import two\ndef three(): return two + 1", "deep.down": "two = 2"}
    source = "import mine, deep.down\ndef f(x): return mine.three() + deep.down.two"
    with sandbox.session(submission(source, modules=modules)) as session:
        assert session.call(call("f", 0.0)).values[0] == 5


def test_an_error_in_another_file_names_its_line(sandbox, submission, call):
    with sandbox.session(submission("import mine\nf = mine.f", modules={"mine": "\ndef f(x):\n    1 / 0"})) as session:
        outcome = session.call(call("f", 0.0))
    assert (outcome.where, outcome.line) == ("mine.py line 3", "1 / 0")


def test_an_error_below_the_students_code_names_the_students_line(sandbox, submission, call):
    source = "import numpy as np\ndef g(x):\n    return np.linalg.inv(x)\ndef f(x):\n    return g(x)\n"
    with sandbox.session(submission(source)) as session:
        outcome = session.call(call("f", [[0.0]]))
    assert (outcome.type, outcome.where, outcome.line) == ("LinAlgError", "answer.py line 3", "return np.linalg.inv(x)")


def test_wrong_arguments_are_raised_without_a_line_of_ours(sandbox, submission, call):
    with sandbox.session(submission("def f(x): return x")) as session:
        outcome = session.call(call("f", 0.0, 1.0))
    assert outcome == Raised(
        type="TypeError", text="f() takes 1 positional argument but 2 were given", where="", line=""
    )


def test_a_syntax_error_names_its_line(sandbox, submission):
    with sandbox.session(submission("x = 1\ndef f(x:\n    pass\n")) as session:
        (failure,) = session.load().failures
    assert (failure.type, failure.where, failure.line) == ("SyntaxError", "answer.py line 2", "def f(x:")


def test_input_is_empty(sandbox, submission, call):
    with sandbox.session(submission("def f(x): return float(input())")) as session:
        assert session.call(call("f", 0.0)).type == "EOFError"


def test_the_submission_is_not_the_main_module_and_can_be_imported_by_name(sandbox, submission, call):
    source = "import sys\ndef f(x): return [__name__ == 'submission', sys.modules['submission'].f is f]"
    with sandbox.session(submission(source + "\nif __name__ == '__main__': raise SystemExit")) as session:
        assert session.load().failures == ()
        assert session.call(call("f", 0.0)).values[0].all()


def test_dataclasses_and_tracebacks_find_the_source(sandbox, submission, call):
    source = (
        "import dataclasses, inspect, linecache\n@dataclasses.dataclass\nclass P:\n    x: float\n"
        "def f(x): return [P(1.0).x, 'def f' in inspect.getsource(f)]"
    )
    with sandbox.session(submission(source)) as session:
        assert session.call(call("f", 0.0)).values[0].all()


def test_what_is_printed_comes_up_in_order_from_both_streams(sandbox, submission, call):
    source = "import sys\nprint('one')\ndef f(x):\n    print('two', file=sys.stderr)\n    return x"
    with sandbox.session(submission(source)) as session:
        session.call(call("f", 0.0))
        assert session.printed.text == "one\ntwo\n"
        assert not session.printed.truncated


def test_what_was_printed_is_kept_when_the_process_ends(sandbox, submission, call):
    source = "import os\nprint('loaded', flush=True)\ndef f(x):\n    print('called', flush=True)\n    os._exit(0)"
    with sandbox.session(submission(source)) as session:
        session.call(call("f", 0.0))
        session.call(call("f", 0.0))
        # Loading again prints again, and that is not told twice.
        assert session.printed.text == "loaded\ncalled\ncalled\n"


@pytest.mark.parametrize("where", ["load", "call"])
def test_a_flood_of_output_keeps_its_head_and_stops_nothing(sandbox, submission, call, limits, where):
    flood = "for i in range(200000): print('line', i, 'x' * 50)"
    source = flood if where == "load" else ""
    source += f"\ndef f(x):\n    {flood if where == 'call' else 'pass'}\n    return x"
    with sandbox.session(submission(source)) as session:
        assert isinstance(session.call(call("f", 0.0)), Returned)
        printed = session.printed
    assert printed.truncated
    assert printed.text.startswith("line 0 ")
    assert len(printed.text) == limits.printed_bytes


def test_output_and_errors_carry_no_control_characters_and_no_addresses(sandbox, submission, call):
    source = "print('\\x1b[31mred\\x07\\tok\\u202e\\x9b')\ndef f(x): raise ValueError('\\x1b]0;t\\x07' + repr(f))"
    with sandbox.session(submission(source)) as session:
        outcome = session.call(call("f", 0.0))
        assert session.printed.text == "[31mred\tok\n"
    assert outcome.text == "]0;t<function f at 0x…>"


def test_a_long_message_keeps_its_head(sandbox, submission, call):
    with sandbox.session(submission("def f(x): raise ValueError('é' * 10 ** 6)")) as session:
        text = session.call(call("f", 0.0)).text
    assert text == "é" * 2000


@pytest.mark.parametrize(
    "definition",
    [
        "class E(Exception):\n    def __str__(self): raise KeyError",
        "class E(Exception):\n    def __str__(self): return 3",
        "class M(type):\n    __name__ = property(lambda self: 1 / 0)\nclass E(Exception, metaclass=M): pass",
        "class E(BaseException):\n    __traceback__ = property(lambda self: None)",
        "class E(Exception):\n    def __getattribute__(self, name): raise SystemExit",
    ],
)
def test_an_exception_that_lies_about_itself_is_still_raised(sandbox, submission, call, definition):
    with sandbox.session(submission(f"{definition}\ndef f(x): raise E()\ndef g(x): return x")) as session:
        assert isinstance(session.call(call("f", 0.0)), Raised)
        assert isinstance(session.call(call("g", 0.0)), Returned)


@pytest.mark.parametrize(
    "source", ["x = '\ud800'", "\0", "(" * 5000 + ")" * 5000, "x = " + "-" * 100000 + "1", "\ufeffx = 1"]
)
def test_source_that_is_hardly_text_costs_itself_only(sandbox, submission, source):
    with sandbox.session(submission(source)) as session:
        session.load()
    with sandbox.session(submission("x = 1")) as session:
        assert session.load().failures == ()


def test_threads_work(sandbox, submission, call):
    source = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "def f(x):\n    with ThreadPoolExecutor(4) as pool: return sum(pool.map(float, range(8)))"
    )
    with sandbox.session(submission(source)) as session:
        assert session.call(call("f", 0.0)).values[0] == 28.0


def test_the_environment_holds_nothing_of_the_graders(sandbox, submission, call, monkeypatch):
    source = (
        "import os, sys\ndef f(x): return [len(os.environ) < 20, 'SECRET_TOKEN' not in os.environ, sys.argv == [''],"
        " os.environ['PYTHONHASHSEED'] == '0', hash('a') == hash('a'), os.environ['OMP_NUM_THREADS'] == '1']"
    )
    with sandbox.session(submission(source)) as session:
        assert session.call(call("f", 0.0)).values[0].all()


def test_sets_of_text_have_the_same_order_in_every_process(sandbox, submission, call):
    source = "import os\ndef f(x): return [ord(c) for c in set('abcdefghijk')]\ndef crash(x): os._exit(0)"
    with sandbox.session(submission(source)) as session:
        first = session.call(call("f", 0.0)).values[0]
        session.call(call("crash", 0.0))
        assert (session.call(call("f", 0.0)).values[0] == first).all()
