"""The forward models in torch, and one more right answer to each problem: what automatic differentiation makes of them.

Imports torch: whoever imports this has looked whether it is installed.
"""

from typing import Any

import numpy as np
import torch

from benchmarks.drawn_cases import case_of
from benchmarks.forward_models import Framework, slopes
from benchmarks.right_answers import Answer, Array, require_exp
from grader.model.assignment import Problem

torch.set_num_threads(1)

TORCH = Framework(
    exp=torch.exp,
    log=torch.log,
    solve=torch.linalg.solve,
    log_determinant=lambda a: torch.linalg.slogdet(a)[1],
    log_sum=lambda a: torch.logsumexp(a, -1, keepdim=True),
    lower=torch.tril,
    swapped=lambda a: a.transpose(-1, -2),
)


def tensor(array: Array, *, differentiable: bool = False) -> Any:
    """A tensor of the same precision, with memory of its own."""
    return torch.tensor(np.array(array), requires_grad=differentiable)


def automatic(problem: Problem) -> Answer:
    """The gradient by reverse-mode differentiation, in the precision of the inputs."""

    def answer(*arguments: Array) -> Any:
        if problem.id == "softmax_backward":
            require_exp(arguments[0])
        found = []
        for slope in slopes(problem.id, case_of(problem, arguments)):
            x = tensor(slope.point, differentiable=True)
            try:
                slope.function(TORCH, x, *map(tensor, slope.others)).backward()
            except torch.linalg.LinAlgError as error:
                raise np.linalg.LinAlgError from error
            found.append(x.grad.numpy())
        return tuple(found) if len(found) > 1 else found[0]

    return answer
