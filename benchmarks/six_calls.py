"""The assignment with six calls instead of some three hundred: one generic case a function, and one far out."""

import os
import tomllib
from pathlib import Path

import tomli_w

from benchmarks.floor import RUBRIC

FAR_OUT = "softmax_VJP"
"""The function that is called a second time, with logits at which exp() overflows."""


def write_six_calls(folder: Path) -> Path:
    """Write a rubric that asks each function once, and one of them twice.

    Parameters
    ----------
    folder : Path
        Where to.

    Returns
    -------
    Path
        The rubric. Its points, misconceptions and limits are those of the assignment.
    """
    rubric = tomllib.loads(RUBRIC.read_text(encoding="utf-8"))
    rubric["trusted"] = os.path.relpath((RUBRIC.parent / rubric["trusted"]).resolve(), folder.resolve())
    del rubric["starter"]
    for inputs in rubric["inputs"].values():
        generic = next(case for case in inputs["case"] if case["family"] == "generic")
        extreme = [case for case in inputs["case"] if case["family"] == "extreme"]
        inputs["case"] = [generic | {"count": 1}, *(case | {"count": 1} for case in extreme[:1])]
    for problem in rubric["problem"]:
        far_out = problem["function"] == FAR_OUT
        generic_points = problem["points"] - far_out
        problem["check"] = [{"kind": "reference", "points": generic_points, "families": ["generic"]}]
        problem["check"] += [{"kind": "stability", "points": 1, "families": ["extreme"]}] * far_out
    path = folder / "six_calls.toml"
    path.write_text(tomli_w.dumps(rubric), encoding="utf-8")
    return path
