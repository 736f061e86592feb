"""Small classes of hand-ins, and ways in which a text is changed without becoming another's work."""

import hashlib
import re
from pathlib import Path

from grader.batch.similar import Handed
from grader.model.submission import Chunk, Submission

SUBMISSIONS = Path(__file__).parents[3] / "submissions"


def text(name):
    return (SUBMISSIONS / f"{name}.py").read_text(encoding="utf-8")


def submission(name, *sources, modules=(), problem=""):
    return Submission(
        path=f"{name}.py",
        student=name,
        sha256=hashlib.sha256("\0".join([*sources, problem]).encode("utf-8", "surrogatepass")).hexdigest(),
        chunks=tuple(Chunk(label=f"{name}.py", source=source) for source in sources),
        modules=tuple((module, Chunk(label=f"{module}.py", source=source)) for module, source in modules),
        problem=problem,
    )


def handed(name, *sources, students=None, **more):
    one = submission(name, *sources, **more)
    return Handed(id=name, students=students or (name,), shown=name.title(), path=one.path, read=lambda: one)


def a_class(**sources):
    return [handed(name, source) for name, source in sources.items()]


def independent():
    return {name: text(f"right_{name}") for name in ("cholesky", "einsum", "loops")}


def renamed(source):
    """Rename what `right_loops` calls by names of its own."""
    names = {"log_gauss": "lg", "log_parts": "pieces", "log_sum_exp": "lse", "logN": "A", "logP": "B", "S_inv": "Q"}
    names |= {"top": "biggest", "inner": "dot", "r_nk": "w", "lam": "c", "out": "res", "total": "acc", "g": "grad"}
    return re.sub(r"\b\w+\b", lambda word: names.get(word.group(), word.group()), source)


def recommented(source):
    """Drop comments and docstrings, and write others."""
    without = re.sub(r'^ *""".*?"""\n', "", re.sub(r"#.*", "", source), flags=re.MULTILINE)
    return "# my own work\n" + re.sub(
        r"^(def .*:)$", r"\1\n    'computes it'\n    # like this", without, flags=re.MULTILINE
    )


def reordered(source):
    """Turn the order of the functions round."""
    head, *functions = re.split(r"^(?=def )", source, flags=re.MULTILINE)
    return head + "\n\n".join(function.rstrip() + "\n" for function in reversed(functions))


def reformatted(source):
    """Other blanks, line breaks inside brackets, a trailing comma, other quotes, other imports."""
    spaced = (
        source.replace(" = ", "=").replace("    ", "\t").replace("(X, pi, mu, Sigma)", "(X,\n  pi, mu,\n  Sigma,\n)")
    )
    return spaced.replace('"', "'").replace("import math\n", "import numpy, math\n").replace("0.5", ".5")


def disguised(source):
    return reformatted(reordered(recommented(renamed(source))))


def with_comprehensions(source):
    """Turn some of the loops of `right_loops` into comprehensions."""
    changes = {
        "    total = 0.0\n    for v in values:\n        total += math.exp(v - top)\n": (
            "    total = sum([math.exp(v - top) for v in values])\n"
        ),
        "    inner = 0.0\n    for i in range(n):\n        inner += y_bar[i] * y[i]\n": (
            "    inner = sum(a * b for a, b in zip(y_bar, y))\n"
        ),
        "    z_bar = np.zeros(n)\n    for j in range(n):\n        z_bar[j] = y[j] * y_bar[j] - y[j] * inner\n": (
            "    z_bar = np.array([y[j] * y_bar[j] - y[j] * inner for j in range(n)])\n"
        ),
    }
    for old, new in changes.items():
        assert old in source
        source = source.replace(old, new)
    return source
