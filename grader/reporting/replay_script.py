"""One case that was run again, as a Python script that needs only numpy and the submission."""

from grader.model.case import Array
from grader.model.replay import Replayed
from grader.model.seed import seed_words
from grader.numerics.rounding import python_literal
from grader.reporting.python_lines import python_lines

_COLUMNS = 100

_IMPORT_FILE = """\
ANSWER = Path(sys.argv[1] if len(sys.argv) > 1 else {path})

spec = importlib.util.spec_from_file_location("submission", ANSWER)
submission = importlib.util.module_from_spec(spec)
sys.modules["submission"] = submission
spec.loader.exec_module(submission)
"""

_RUN_CELLS = """\
# The submission's code, a piece a cell or file: {why}
PIECES = {pieces}
MODULES = {modules}

submission = types.ModuleType("submission")
sys.modules["submission"] = submission
folder = tempfile.TemporaryDirectory()
atexit.register(folder.cleanup)
for name, source in MODULES.items():
    *packages, last = name.split(".")
    is_package = any(other.startswith(name + ".") for other in MODULES)
    file = Path(folder.name, *packages, last, "__init__.py" if is_package else "").with_suffix(".py")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source, encoding="utf-8")
sys.path.insert(0, folder.name)
for label, source in PIECES:
    linecache.cache[label] = (len(source), None, source.splitlines(keepends=True), label)
    try:
        exec(compile(source, label, "exec"), submission.__dict__)
    except Exception:
        traceback.print_exc()  # what the other pieces define is there all the same
"""

_RUN = """\

def show(name, got, expected, unit):
    got = np.asarray(got)
    print(name)
    print("  got     ", np.array2string(got, prefix=" " * 11))
    print("  expected", np.array2string(expected, prefix=" " * 11))
    if got.shape != expected.shape or got.dtype.kind not in "iuf":
        print(f"  shape {{got.shape}} and dtype {{got.dtype}}; real numbers of shape {{expected.shape}} are due")
        return
    error = np.abs(got - expected)
    worst = float(np.max(np.where(np.isfinite(error), error / unit, np.inf), initial=0.0))
    verdict = "agrees" if worst <= {agree:g} else "disagrees" if worst > {disagree:g} else "too close to tell"
    print("  error   ", np.array2string(error, prefix=" " * 11))
    print(f"  {{verdict}}: {{worst:.3g}} units at most; up to {agree:g} agree, more than {disagree:g} disagree")


def copied(given):
    return [np.array(value) if np.ndim(value) else value for value in given.values()]


def call(given):
    random.seed({seed})
    np.random.seed({seed})
    arguments = copied(given)
    got = submission.{function}(*arguments)
    for (name, before), after in zip(given.items(), arguments):
        if not np.array_equal(before, after, equal_nan=True):
            print(f"the call changed its input {{name}}")
    return got


got = call(inputs)  # a good line for a breakpoint
"""


_SEVERAL = """\
values = list(got) if isinstance(got, (tuple, list)) else [got]
if len(values) != {count}:
    print(len(values), "value(s) came back; {count} are due")
"""


def replay_script(replayed: Replayed, *, file: str) -> str:
    """Return a script that makes the call again and compares what comes back with what is due.

    Parameters
    ----------
    replayed : Replayed
        The case.
    file : str
        The submission's own file, as an absolute path, where it is a single ``.py`` file; empty where it is not (a
        notebook, files in an archive or folder): then its code is written into the script.

    Returns
    -------
    str
        Python source, ending in a line end. It imports the standard library and numpy. It runs the submission on the
        reader's machine without any protection, and says so.
    """
    parts = [_heading(replayed, file), _imports(file), _submission(replayed, file), _inputs(replayed)]
    parts.append(
        _RUN.format(
            agree=replayed.agree_units,
            disagree=replayed.disagree_units,
            seed=replayed.call_seed,
            function=replayed.function,
        )
    )
    parts.append(_shows(replayed))
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _heading(replayed: Replayed, file: str) -> str:
    submission = replayed.submission
    lines = [
        f"{replayed.check}, case {replayed.case.id}, {seed_words(replayed.seed)}: one call again, without the grader.",
        "",
        "It needs numpy. It runs the submission on this machine as it is, without any protection.",
    ]
    if file:
        lines += ["Another file can be named instead of the submission:", "", "    python this_script.py answer.py"]
    elif submission.notebook:
        lines += [
            "The code cells stand below as they were graded, magics left out; the whole notebook as a file is",
            "made by `jupyter nbconvert --to script`.",
        ]
    # What is not ASCII, or could end the text, is shown as an escape: nothing here may be read as code.
    said = "\n".join(lines).encode("unicode_escape").decode("ascii").replace("\\n", "\n").replace('"', "'")
    return f'"""{said}\n"""'


def _imports(file: str) -> str:
    needed = {"random", "sys"} | (
        {"importlib.util"} if file else {"atexit", "linecache", "tempfile", "traceback", "types"}
    )
    plain = "".join(f"import {name}\n" for name in sorted(needed))
    return f"{plain}from pathlib import Path\n\nimport numpy as np\n"


def _submission(replayed: Replayed, file: str) -> str:
    if file:
        return _IMPORT_FILE.format(path=ascii(file))
    submission = replayed.submission
    pieces = "".join(f"    ({chunk.label!a}, {_text(chunk.source)}),\n" for chunk in submission.chunks)
    modules = "".join(f"    {name!a}: {_text(chunk.source)},\n" for name, chunk in submission.modules)
    why = "it is a notebook" if submission.notebook else "it is not one file on disk"
    return _RUN_CELLS.format(
        why=why,
        pieces=f"[\n{pieces}]" if pieces else "[]",
        modules="{\n" + modules + "}" if modules else "{}",
    )


def _text(source: str) -> str:
    """Return a literal of several lines, one a line of the source."""
    lines = source.splitlines(keepends=True)
    if not lines:
        return '""'
    return "(\n" + "".join(f"        {line!a}\n" for line in lines) + "    )"


def _inputs(replayed: Replayed) -> str:
    statements = [_dictionary("inputs", replayed.case.arguments)]
    for due in replayed.due:
        # An array also where it is a single number, so that its shape can be asked for.
        statements.append(f"expected_{due.name} = {_array(due.expected)}")
        statements.append(f"unit_{due.name} = {_array(due.unit)}")
    return "\n".join(line for statement in statements for line in python_lines(statement, _COLUMNS))


def _array(value: Array) -> str:
    return python_literal(value) if value.ndim else f"np.array({python_literal(value)})"


def _dictionary(name: str, arguments: tuple[tuple[str, Array], ...]) -> str:
    items = ", ".join(f'"{key}": {_value(value)}' for key, value in arguments)
    return f"{name} = {{{items}}}"


def _value(value: Array) -> str:
    """Return an argument as the grader hands it over: a number as a numpy scalar."""
    literal = python_literal(value)
    return literal if value.ndim or literal.startswith(f"np.{value.dtype.name}(") else f"np.{value.dtype}({literal})"


def _shows(replayed: Replayed) -> str:
    one = len(replayed.due) == 1
    lines = [
        *(["values = [got]"] if one else _SEVERAL.format(count=len(replayed.due)).splitlines()),
        "due = [",
        *(f'    ("{due.name}", expected_{due.name}, unit_{due.name}),' for due in replayed.due),
        "]",
        "for (name, expected, unit), value in zip(due, values):",
        "    show(name, value, expected, unit)",
    ]
    for other in replayed.others:
        if other.function:
            lines += ["", f"print({other.says!a}, submission.{other.function}(*copied(inputs)))"]
            continue
        changed = tuple(
            (name, value)
            for (name, value), plain in zip(other.arguments, replayed.case.values, strict=True)
            if value.tobytes() != plain.tobytes()
        )
        source = _dictionary("others", changed)
        lines += ["", *python_lines(source, _COLUMNS), f"print({other.says!a}, call(inputs | others))"]
    return "\n".join(lines)
