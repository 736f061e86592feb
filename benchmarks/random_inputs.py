"""Wide random inputs: N to 200, d to 10, K to 8, conditions to 1e8, weights to 1e-12, logits to a thousand."""

from grader.model.inputs import CaseGroup, InputSet, Logits, LowerTriangular, Normal, PositiveDefinite, Simplex


def inputs_of(problem: str, kind: str) -> InputSet:
    """How the arguments of a problem are drawn; `kind` is "generic", "wide" or "extreme", and names the family."""
    if problem == "softmax_VJP":
        return softmax_inputs(kind, ("N", "C"), "Z", "Y_bar")
    if problem == "softmax_backward":
        return softmax_inputs(kind, ("n",), "z", "y_bar")
    return mixture_inputs(kind)


def softmax_inputs(kind: str, shape: tuple[str, ...], logits: str, cotangent: str) -> InputSet:
    long = (3, 7) if kind == "generic" else (1, 2, 10, 200)
    return InputSet(
        sizes={"N": (4, 5, 6) if kind == "generic" else (1, 3, 40), shape[-1]: long},
        values={
            logits: Logits(sampler="logits", shape=shape, scale={"generic": 1.5, "wide": 10.0, "extreme": 300.0}[kind]),
            cotangent: Normal(sampler="normal", shape=shape),
        },
        case=(CaseGroup(family=kind),),
    )


def mixture_inputs(kind: str) -> InputSet:
    generic = kind == "generic"
    worst = {"generic": 10.0, "wide": 1e4, "extreme": 1e8}[kind]
    pi = Simplex(sampler="simplex", shape=("K",), least=0.1, digits=2)
    if kind == "extreme":
        pi = Simplex(sampler="simplex", shape=("K",), smallest=1e-12)
    elif kind == "wide":
        pi = Simplex(sampler="simplex", shape=("K",))
    matrices = ("K", "d", "d")
    return InputSet(
        sizes={"N": (5, 6, 7), "d": (2, 3), "K": (3, 4)}
        if generic
        else {"N": (1, 5, 50, 200), "d": (1, 2, 5, 10), "K": (2, 3, 8)},
        values={
            "X": Normal(sampler="normal", shape=("N", "d"), scale=2.0, digits=1 if generic else None),
            "pi": pi,
            "logits": Logits(
                sampler="logits", shape=("K",), scale={"generic": 1.0, "wide": 4.0, "extreme": 12.0}[kind]
            ),
            "mu": Normal(sampler="normal", shape=("K", "d"), digits=1 if generic else None),
            "Sigma": PositiveDefinite(
                sampler="spd", shape=matrices, digits=2 if generic else None, condition=(1.5, worst)
            ),
            # L L^T has the square of L's condition number.
            "L": LowerTriangular(
                sampler="lower_triangular",
                shape=matrices,
                digits=2 if generic else None,
                condition=(1.2, worst**0.5),
                scale=(0.7, 1.4),
            ),
        },
        case=(CaseGroup(family=kind),),
    )
