"""One case that was run again, as a Python script that needs only numpy and the submission."""

import textwrap

from rich.cells import cell_len

from grader.model.case import Array
from grader.model.replay import Replayed
from grader.model.seed import seed_words
from grader.numerics.rounding import python_literal
from grader.reporting.page import visible_text
from grader.reporting.python_lines import python_lines
from grader.words import say

_COLUMNS = 100

_IMPORT_FILE = """\
ANSWER = Path(sys.argv[1] if len(sys.argv) > 1 else {path})

spec = importlib.util.spec_from_file_location("submission", ANSWER)
submission = importlib.util.module_from_spec(spec)
sys.modules["submission"] = submission
spec.loader.exec_module(submission)
"""

_RUN_CELLS = """\
# {pieces_comment}
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
        traceback.print_exc()  # {goes_on}
"""

_RUN = """\

def show(name, got, expected, unit):
    got = np.asarray(got)
    print(name)
    print({got!a}, np.array2string(got, prefix=" " * {margin}))
    print({expected!a}, np.array2string(expected, prefix=" " * {margin}))
    if got.shape != expected.shape or got.dtype.kind not in "iuf":
        print({other_shape!a}.format(shape=got.shape, dtype=got.dtype, due=expected.shape))
        return
    error = np.abs(got - expected)
    worst = float(np.max(np.where(np.isfinite(error), error / unit, np.inf), initial=0.0))
    verdict = {agrees!a} if worst <= {agree:g} else {disagrees!a} if worst > {disagree:g} else {too_close!a}
    print({error!a}, np.array2string(error, prefix=" " * {margin}))
    print({worst!a}.format(verdict=verdict, units=f"{{worst:.3g}}"))


def copied(given):
    return [np.array(value) if np.ndim(value) else value for value in given.values()]


def call(given):
    random.seed({seed})
    np.random.seed({seed})
    arguments = copied(given)
    got = submission.{function}(*arguments)
    for (name, before), after in zip(given.items(), arguments):
        if not np.array_equal(before, after, equal_nan=True):
            print({changed!a}.format(name=name))
    return got


got = call(inputs)  # {breakpoint}
"""


_SEVERAL = """\
values = list(got) if isinstance(got, (tuple, list)) else [got]
if len(values) != {count}:
    print({came_back!a}.format(n=len(values), due={count}))
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
    parts += [_run(replayed), _shows(replayed)]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _run(replayed: Replayed) -> str:
    agree, disagree = replayed.agree_units, replayed.disagree_units
    labels = [say("label.got"), say("label.expected"), say("replay.script.error")]
    cells = max(map(cell_len, labels))
    got, expected, error = (f"  {label}{' ' * (cells - cell_len(label))}" for label in labels)
    return _RUN.format(
        agree=agree,
        disagree=disagree,
        seed=replayed.call_seed,
        function=replayed.function,
        got=got,
        expected=expected,
        error=error,
        margin=cells + 3,
        other_shape="  " + _to_fill("replay.script.other_shape", "shape", "dtype", "due"),
        worst="  " + _to_fill("replay.script.worst", "verdict", "units", agree=f"{agree:g}", disagree=f"{disagree:g}"),
        agrees=say("verdict.agrees"),
        disagrees=say("verdict.disagrees"),
        too_close=say("replay.script.too_close"),
        changed=_to_fill("replay.script.changed", "name"),
        breakpoint=_comment("replay.script.breakpoint"),
    )


def _to_fill(key: str, /, *open_: str, **filled: str) -> str:
    """Return a message as a text for `str.format`, of which some fields are filled in when the script is run."""
    text = say(key, **filled, **{name: f"\0{name}\0" for name in open_}).replace("{", "{{").replace("}", "}}")
    for name in open_:
        text = text.replace(f"\0{name}\0", f"{{{name}}}")
    return text


def _comment(key: str, /, **fields: str) -> str:
    """Return a message as one line that cannot be read as code."""
    return " ".join(visible_text(say(key, **fields)).split())


def _heading(replayed: Replayed, file: str) -> str:
    submission = replayed.submission
    seed = seed_words(replayed.seed)
    first = _comment("replay.script.title", check=replayed.check, case=replayed.case.id, seed=seed)
    lines = [first, "", *_wrapped("replay.script.needs")]
    if file:
        lines += [*_wrapped("replay.script.another_file"), "", "    python this_script.py answer.py"]
    elif submission.notebook:
        lines += _wrapped("replay.script.of_notebook")
    # What could end the text, or begin an escape in it, is replaced: nothing here may be read as code.
    said = "\n".join(lines).replace("\\", "/").replace('"', "'")
    return f'"""{said}\n"""'


def _wrapped(key: str) -> list[str]:
    return textwrap.wrap(_comment(key), _COLUMNS)


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
    return _RUN_CELLS.format(
        pieces_comment=_comment("replay.script.of_cells" if submission.notebook else "replay.script.of_files"),
        goes_on=_comment("replay.script.goes_on"),
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


def _several(count: int) -> list[str]:
    return _SEVERAL.format(count=count, came_back=_to_fill("replay.script.came_back", "n", "due")).splitlines()


def _shows(replayed: Replayed) -> str:
    one = len(replayed.due) == 1
    lines = [
        *(["values = [got]"] if one else _several(len(replayed.due))),
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
