"""For each key of a rubric a line that is valid TOML and a valid value; help texts quote them."""

from types import MappingProxyType

EXAMPLES = MappingProxyType(
    {
        "schema": 'schema = "grader-rubric/1"',
        "id": 'id = "grad_mu"',
        "title": 'title = "Gradient in the means"',
        "points": "points = 20",
        "seed": "seed = 280",
        "trusted": 'trusted = "../reference"',
        "starter": 'starter = "../submissions/starter.py"',
        "language": 'language = "de"',
        "packages": 'packages = ["numpy"]',
        "limits": "limits = { call_wall_s = 10 }",
        "audit": 'audit = { right = ["../submissions/right_*.py"] }',
        "right": 'right = ["../submissions/right_*.py"]',
        "accept": 'accept = [{ mutant = "0123456789ab", reason = "rounding alone differs" }]',
        "mutant": 'mutant = "0123456789ab"',
        "reason": 'reason = "rounding alone differs"',
        "inputs": 'inputs = { data = { values = { x = { sampler = "normal" } }, case = [{ family = "generic" }] } }',
        "Problem.inputs": 'inputs = "mixture"',
        "problem": (
            'problem = [{ id = "p", title = "P", points = 1, function = "f", arguments = ["x"], inputs = "data", '
            'reference = "m:f", returns = [{ name = "y" }], check = [{ kind = "reference", points = 1 }] }]'
        ),
        "call_wall_s": "call_wall_s = 10",
        "call_cpu_s": "call_cpu_s = 10",
        "load_wall_s": "load_wall_s = 10",
        "submission_wall_s": "submission_wall_s = 120",
        "submission_cpu_s": "submission_cpu_s = 120",
        "memory_bytes": "memory_bytes = 1_073_741_824",
        "printed_bytes": "printed_bytes = 65_536",
        "result_bytes": "result_bytes = 16_777_216",
        "sizes": "sizes = { N = [4, 7], d = 3 }",
        "distinct": "distinct = true",
        "values": 'values = { X = { sampler = "normal", shape = ["N", "d"] } }',
        "case": 'case = [{ family = "generic", count = 8 }]',
        "family": 'family = "generic"',
        "says": 'says = "a single sample"',
        "count": "count = 8",
        "dtypes": 'dtypes = ["float64", "float32"]',
        "sampler": 'sampler = "normal"',
        "shape": 'shape = ["N", "d"]',
        "digits": "digits = 3",
        "mean": "mean = 0.0",
        "scale": "scale = 1.0",
        "repeat_rows": "repeat_rows = true",
        "low": "low = 0",
        "high": "high = 5",
        "least": "least = 0.05",
        "smallest": "smallest = 1e-9",
        "equal": "equal = true",
        "condition": "condition = [1.5, 10.0]",
        "PositiveDefinite.scale": "scale = [0.5, 2.0]",
        "LowerTriangular.scale": "scale = [0.5, 2.0]",
        "offset": "offset = 0.0",
        "value": "value = 1.0",
        "FromFunction.function": 'function = "inputs:draw_labels"',
        "kind": 'kind = "reference"',
        "families": 'families = ["generic"]',
        "visibility": 'visibility = "visible"',
        "widen": "widen = 1.0",
        "forward": 'forward = "gmm.forward:log_likelihood"',
        "wrt": 'wrt = "mu"',
        "domain": 'domain = "free"',
        "cotangent": 'cotangent = "Y_bar"',
        "derived": 'derived = { r = "softmax.forward:normaliser" }',
        "FiniteDifferenceCheck.arguments": 'arguments = ["X", "pi", "mu", "Sigma"]',
        "FiniteDifferenceCheck.returns": 'returns = "grad"',
        "PropertyCheck.returns": 'returns = "grad"',
        "directions": "directions = 4",
        "jvp": 'jvp = "softmax.tangents:softmax_jvp"',
        "AdjointCheck.arguments": 'arguments = ["Z"]',
        "AdjointCheck.returns": 'returns = "Z_bar"',
        "steps": 'steps = "grad_mu_steps"',
        "DerivationCheck.returns": 'returns = "grad"',
        "DerivationCheck.least": "least = 2",
        "most": "most = 12",
        "shares": "shares = { start = 0.2, equalities = 0.5, end = 0.3 }",
        "start": "start = 0.2",
        "equalities": "equalities = 0.5",
        "end": "end = 0.3",
        "VectorisedCheck.sizes": "sizes = [{ N = 200 }, { N = 2000 }]",
        "at_most": "at_most = 10",
        "growth": "growth = 1.5",
        "forbid": 'forbid = ["torch", "numpy.linalg.inv"]',
        "loops": 'loops = "forbid"',
        "property": 'property = "sums_to_zero"',
        "argument": 'argument = "Y_bar"',
        "axis": "axis = -1",
        "symbol": 'symbol = "K"',
        "Problem.function": 'function = "grad_mu"',
        "Term.function": 'function = "softmax.terms:path"',
        "Problem.arguments": 'arguments = ["X", "pi", "mu", "Sigma"]',
        "Problem.returns": 'returns = [{ name = "grad", shape = ["K", "d"] }]',
        "reference": 'reference = "gmm.answers:grad_mu"',
        "check": 'check = [{ kind = "reference", points = 20 }]',
        "terms": (
            'terms = [{ id = "path", function = "softmax.terms:path", says = "the path through the normaliser" }]'
        ),
        "misconception": (
            'misconception = [{ id = "no_weight", function = "gmm.mistakes:no_weight", says = "a factor is missing" }]'
        ),
        "Misconception.function": 'function = "gmm.mistakes:no_weight"',
        "hint": 'hint = "Differentiate the sum, not the summand."',
        "share": "share = 0.5",
        "credit": "credit = { float32_precision = 0.5 }",
        "name": 'name = "grad"',
        "structure": 'structure = "symmetric"',
        "block_axes": "block_axes = 1",
    }
)
"""By ``Class.key`` where classes differ, else by key."""


def example(owner: str, key: str) -> str:
    """Return a valid line for a key.

    Parameters
    ----------
    owner : str
        The class that has the key.
    key : str
        The key.

    Returns
    -------
    str
        TOML; empty where there is none.
    """
    return EXAMPLES.get(f"{owner}.{key}", EXAMPLES.get(key, ""))
