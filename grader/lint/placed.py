"""Where in a rubric's document something stands that an assignment knows by its name."""

from grader.grading.refused import in_document
from grader.loading.rubric import Rubric
from grader.loading.toml_places import Key
from grader.model.assignment import Problem


def placed(rubric: Rubric, problem: Problem, *keys: Key) -> tuple[Key, ...]:
    """Return the way to a value of a problem.

    Parameters
    ----------
    rubric : Rubric
        The rubric.
    problem : Problem
        One of its problems.
    *keys : str or int
        From there on; what has an id stands by it.

    Returns
    -------
    tuple of str or int
    """
    return in_document(("problem", problem.id, *keys), rubric)
