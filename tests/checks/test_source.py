"""What a source says is found in whichever way it is written; what it hides is not passed over."""

import textwrap
from fractions import Fraction

import pytest
from pydantic import ValidationError

from grader.checks.source import Sort, seen
from grader.model.checks import SourceCheck
from grader.model.submission import Chunk, Submission

LOOPS = SourceCheck(kind="source", points=Fraction(1), loops="forbid")
TORCH = SourceCheck(kind="source", points=Fraction(1), forbid=("torch", "numpy.linalg.inv"))


def found(check, *sources, modules=()):
    chunks = tuple(Chunk(label=f"cell {i}", source=textwrap.dedent(source)) for i, source in enumerate(sources, 1))
    own = tuple((name, Chunk(label=f"{name}.py", source=textwrap.dedent(source))) for name, source in modules)
    submission = Submission(path="a.py", student="a", sha256="", chunks=chunks, modules=own)
    return seen(check, "f", submission)


def sorts(check, *sources, **more):
    return {one.sort for one in found(check, *sources, **more)}


LOOPING = {
    "for": "def f(x):\n    for i in x: pass",
    "while": "def f(x):\n    while x: x -= 1",
    "async for": "async def f(x):\n    async for i in x: pass",
    "list": "def f(x): return [i for i in x]",
    "set": "def f(x): return {i for i in x}",
    "dict": "def f(x): return {i: 1 for i in x}",
    "generator": "def f(x): return sum(i for i in x)",
    "map": "def f(x): return list(map(abs, x))",
    "reduce": "from functools import reduce as r\ndef f(x): return r(max, x)",
    "vectorize": "import numpy as np\ndef f(x): return np.vectorize(abs)(x)",
    "vectorize by name": "from numpy import vectorize as v\ndef f(x): return v(abs)(x)",
    "vectorize by star": "from numpy import *\ndef f(x): return vectorize(abs)(x)",
    "vectorize by getattr": "import numpy\ndef f(x): return getattr(numpy, 'vectorize')(abs)(x)",
    "vectorize by another name": "import numpy as np\nv = np.vectorize\ndef f(x): return v(abs)(x)",
    "apply_along_axis": "import numpy\ndef f(x): return numpy.apply_along_axis(abs, 0, x)",
    "lambda": "f = lambda x: [i for i in x]",
    "vectorize by a module below": "import numpy as np\ndef f(x): return np.lib.vectorize(abs)(x)",
    "takewhile": "import itertools\ndef f(x): return list(itertools.takewhile(abs, x))",
    "key": "def f(x): return sorted(x, key=lambda v: v + 1)",
    "key by keywords": "def f(x, **k): return max(x, **k)",
    "iter": "def f(x): return list(iter(x.pop, 0))",
    "in what it calls": "def g(x):\n    for i in x: pass\ndef f(x): return g(x)",
    "two calls away": "def h(x):\n    while x: pass\ndef g(x): return h(x)\ndef f(x): return g(x)",
    "by another name": "def g(x):\n    for i in x: pass\nk = g\ndef f(x): return k(x)",
    "handed over": "def g(x):\n    for i in x: pass\ndef f(x): return apply(g, x)",
    "in a method": "class A:\n    def go(self, x):\n        for i in x: pass\ndef f(x): return A().go(x)",
    "in a decorator": "def d(g):\n    return lambda x: [g(i) for i in x]\n@d\ndef f(x): return x",
    "in one branch": "if True:\n    def f(x):\n        for i in x: pass\nelse:\n    def f(x): return x",
    "in an import that fails": "try:\n    import q\nexcept ImportError:\n    def f(x): return [i for i in x]",
    "in a function within": "def f(x):\n    def g(y):\n        for i in y: pass\n    return g(x)",
    "where a function within binds the name": (
        "def g(x):\n    for i in x: pass\ndef f(x):\n    def k():\n        g = 1\n        return g\n    return g(x)"
    ),
}


@pytest.mark.parametrize("source", LOOPING.values(), ids=LOOPING)
def test_a_loop_is_found_in_whichever_way_it_is_written(source):
    assert sorts(LOOPS, source) == {Sort.LOOP}


NO_LOOP = {
    "array operations": "import numpy as np\ndef f(x): return np.einsum('i,i->', x, x)",
    "in a function that is not called": "def g(x):\n    for i in x: pass\ndef f(x): return x",
    "in a test at the end": "def f(x): return x\nfor i in range(3): print(f(i))",
    "in an earlier cell's version": "def f(x):\n    for i in x: pass\n",
    "over what is written out": "def f(x, y):\n    x, y = (abs(a) for a in (x, y))\n    for s in (-1, 1): x += s",
    "a variable of that name": "def f(x):\n    map = x + 1\n    filter = map * 2\n    return filter",
    "a variable like a function": "def g(x):\n    for i in x: pass\ndef f(g): return g + 1",
    "a table made once": "T = [i for i in range(9)]\ndef f(x): return x + T",
    "in a docstring": "def f(x):\n    'for i in x: while True'\n    return x",
}


@pytest.mark.parametrize("source", NO_LOOP.values(), ids=NO_LOOP)
def test_what_is_no_loop_of_the_function_is_none(source):
    assert sorts(LOOPS, source, "def f(x): return x" if "def f(x):\n    for" in source else "") == set()


def test_a_loop_is_told_at_its_line_and_in_its_function():
    (one,) = found(
        LOOPS, "import numpy", "def g(x):\n    y = 1\n    for i in x:\n        y += 1\ndef f(x):\n    return g(x)"
    )
    assert (one.label, one.line, one.text, one.function) == ("cell 2", 3, "for i in x:", "g")


@pytest.mark.parametrize(
    "source",
    [
        "def f(x): return f(x - 1)",
        "def g(x): return f(x)\ndef f(x): return g(x)",
        "f = lambda x: f(x - 1)",
        "def f(x):\n    def g(y): return g(y - 1)\n    return g(x)",
    ],
)
def test_recursion_is_a_loop(source):
    assert Sort.RECURSION in sorts(LOOPS, source)


@pytest.mark.parametrize(
    "source",
    [
        "import torch",
        "import torch as np",
        "import torch.nn.functional as F",
        "from torch import nn",
        "from torch.autograd import grad",
        "def g():\n    import torch",
        "t = __import__('torch')",
        "import importlib\nt = importlib.import_module('torch.nn')",
        "from importlib import import_module as get\nt = get('torch')",
        "import sys\nt = sys.modules['torch']",
        "from numpy.linalg import inv",
        "import numpy as np\ninvert = np.linalg.inv",
        "from numpy import linalg\nx = linalg.inv(1)",
    ],
)
def test_a_forbidden_module_is_found_in_whichever_way_it_is_written(source):
    assert Sort.FORBIDDEN in sorts(TORCH, source, "def f(x): return x")


@pytest.mark.parametrize(
    "source", ["import torchvision", "from . import torch", "torch = 1", "# import torch", "'torch'"]
)
def test_what_only_looks_like_it_is_not_forbidden(source):
    assert sorts(TORCH, source, "def f(x): return x") == set()


def test_a_forbidden_function_is_one_by_a_module_below_as_well():
    assert Sort.FORBIDDEN in sorts(TORCH, "from numpy.linalg import _linalg as a\ndef f(x): return a.inv(x)")
    assert not sorts(TORCH, "import scipy.linalg as a\ndef f(x): return a.inv(x)")


def test_a_forbidden_function_counts_where_it_is_reached():
    source = "import numpy as np\ndef g(x): return np.linalg.inv(x)\ndef f(x): return {}"
    assert sorts(TORCH, source.format("x")) == set()
    assert sorts(TORCH, source.format("g(x)")) == {Sort.FORBIDDEN}


@pytest.mark.parametrize(
    "source",
    [
        "def f(x): return eval('x')",
        "exec('def f(x): pass')\ndef f(x): return x",
        "import builtins\ndef f(x): return builtins.exec('x')",
        "import numpy as np\ndef f(x, name='vec' 'torize'): return getattr(np, name)(x)",
        "globals()['f'] = None\ndef f(x): return x",
        "import importlib\nm = importlib.import_module('to' + 'rch')\ndef f(x): return x",
        "import numpy as np\ndef f(x): return np.__dict__['vectorize'](x)",
        "import ctypes\ndef f(x): return ctypes.pythonapi",
        "def f(x): return x.__class__.__subclasses__()",
        "def f(x): return __builtins__['map'](abs, x)",
        "def f(x): return __loader__.load_module('torch')",
        "import sys\ndef f(x): return sys._getframe(0)",
        "def f(x):\n    try: 1 / 0\n    except Exception as e: return e.__traceback__.tb_frame.f_globals['g'](x)",
        "import submission\ndef g(x):\n    for i in x: pass\ndef f(x): return submission.g(x)",
        "import numpy as np\ndef f(x): return np.__getattr__('vectorize')(abs)(x)",
        "import inspect, numpy as np\ndef f(x): return inspect.getattr_static(np, 'vec' + 'torize')(abs)(x)",
        "import timeit\ndef f(x): return timeit.timeit('for i in range(9): pass')",
        "import importlib.util as u\ndef f(x): return u.module_from_spec(u.find_spec('to' + 'rch'))",
        "import pkgutil\ndef f(x): return pkgutil.resolve_name('to' + 'rch:sum')(x)",
        "import subprocess\ndef f(x): return subprocess.run(['python', '-c', 'import torch'])",
        "import multiprocessing as mp\ndef f(x): return mp.Pool().map(abs, x)",
        "from concurrent.futures import ThreadPoolExecutor as T\ndef f(x): return T().map(abs, x)",
        "import numpy as np\ndef g(x):\n    for i in x: pass\nnp.sum = g\ndef f(x): return np.sum(x)",
        "import numpy as np\ndef g(x):\n    for i in x: pass\nsetattr(np, 'sum', g)\ndef f(x): return np.sum(x)",
    ],
)
def test_what_hides_what_runs_is_for_a_person(source):
    assert sorts(LOOPS, source) & {Sort.HIDDEN}
    assert not any(one.sort.certain for one in found(LOOPS, source))


def test_what_is_certain_comes_before_what_is_hidden():
    assert [one.sort for one in found(LOOPS, "def f(x):\n    eval('x')\n    for i in x: pass")] == [
        Sort.LOOP,
        Sort.HIDDEN,
    ]


def test_a_source_that_does_not_show_the_function_or_is_no_python_is_for_a_person():
    assert sorts(LOOPS, "x = 1") == {Sort.NOT_FOUND}
    assert sorts(LOOPS, "def f(x) return", "def f(x): return x") == {Sort.UNREADABLE}


def test_the_submissions_own_modules_are_read_too():
    helpers = ("helpers", "from .deep import g as k\n\ndef g(x): return k(x)")
    deep = ("deep", "def g(x):\n    for i in x: pass")
    pkg = [("pkg.helpers", helpers[1]), ("pkg.deep", deep[1])]
    assert sorts(LOOPS, "from pkg.helpers import g as f", modules=pkg) == {Sort.LOOP}
    assert sorts(LOOPS, "import pkg.helpers\ndef f(x): return pkg.helpers.g(x)", modules=pkg) == {Sort.LOOP}
    assert sorts(LOOPS, "from pkg.helpers import *\ndef f(x): return g(x)", modules=pkg) == {Sort.LOOP}
    assert sorts(LOOPS, "import pkg.helpers\ndef f(x): return x", modules=pkg) == set()
    assert Sort.FORBIDDEN in sorts(TORCH, "def f(x): return x", modules=[("other", "import torch")])


def test_a_long_sum_does_not_exhaust_the_stack():
    source = "def f(x): return " + " + ".join(["x"] * 3000)
    assert sorts(LOOPS, source) <= {Sort.UNREADABLE, Sort.NOT_FOUND}


def test_a_check_that_could_not_fail_is_refused():
    with pytest.raises(ValidationError, match="could not fail"):
        SourceCheck(kind="source", points=Fraction(1))


def test_a_source_of_more_pieces_than_are_followed_is_for_a_person():
    many = "".join(f"def g{i}(x): return g{i + 1}(x)\n" for i in range(20_000))
    assert sorts(LOOPS, "def f(x): return x", many) == {Sort.UNREADABLE}
