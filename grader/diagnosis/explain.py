"""Looks for the one explanation of a wrong answer; silent unless exactly one survives on every case."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial, reduce
from itertools import product
from typing import TypeAlias

from grader.diagnosis.arrangement import arrangement_patterns
from grader.diagnosis.change import changed
from grader.diagnosis.elsewhere import other_inputs
from grader.diagnosis.entries import entry_patterns
from grader.diagnosis.factors import Slip, factor_patterns, placeholder_patterns, slips
from grader.diagnosis.fitted import fitted_for_all, fitted_for_each_case, fitted_for_each_row
from grader.diagnosis.inside import inner_changes, inner_factors
from grader.diagnosis.memory import Memory
from grader.diagnosis.mistakes import Mistakes
from grader.diagnosis.observation import Candidate, Explanation, Observation, Unmeasured, reproduces
from grader.diagnosis.pattern import Pattern, Subject, scaled, symbols_of, together
from grader.diagnosis.terms import fitted_terms, term_patterns
from grader.model.assignment import Misconception, Problem
from grader.numerics.compare import Closeness, closeness
from grader.words import say, say_count

Stage: TypeAlias = Callable[[Subject], Iterator[Pattern]]


def explain(
    problem: Problem, observations: Sequence[Observation], mistakes: Mistakes, memory: Memory | None = None
) -> Explanation | None:
    """Return the one explanation of what a wrong function did, or None.

    Parameters
    ----------
    problem : Problem
        Whose function; names its misconceptions and the terms of its answer.
    observations : sequence of Observation
        What the function did on each case of the deciding checks.
    mistakes : Mistakes
        Evaluates misconceptions, terms, and the trusted function with a change.
    memory : Memory or None
        Of searches for the same mistake, with which these observations begin; None: there were none.

    Returns
    -------
    Explanation or None
        Named misconceptions come first, then one of them with a further slip, then a term of the answer with a wrong
        coefficient, then general mistakes: those of the answer as a whole, of its inputs, of an intermediate value,
        and those with numbers that are fitted. The first stage at which anything fits gives the explanation if it is
        the only one there. It is the same with a memory as without.

    Raises
    ------
    ValueError
        The memory is of other observations.
    """
    memory = memory or Memory(observations)
    memory.require(observations)
    # Where nothing came back there is nothing to reproduce.
    if all(o.values is None for o in observations):
        return None
    named = _named(problem, observations, mistakes, memory)
    if named:
        return named[0] if len(named) == 1 else None
    slipped = _slipped(problem, observations, mistakes, memory)
    if slipped:
        return slipped[0] if len(slipped) == 1 else None
    wrong = _wrong_parts(observations)
    if not wrong:
        return None
    subject = Subject(problem=problem, observations=tuple(observations), parts=wrong, mistakes=mistakes, memory=memory)
    whole = _unnamed(subject)
    if whole or len(wrong) == 1:
        return whole[0] if len(whole) == 1 else None
    return _in_parts(subject)


# Named ----------------------------------------------------------------------------------------------------------------


def _candidates(
    problem: Problem, misconception: Misconception, observations: Sequence[Observation], mistakes: Mistakes
) -> Iterator[Candidate]:
    # One at a time: most explanations are contradicted by the first case, and measuring a mistake's unit costs.
    return (mistakes.mistaken(problem, misconception, o.case) for o in observations)


def _named(
    problem: Problem, observations: Sequence[Observation], mistakes: Mistakes, memory: Memory
) -> list[Explanation]:
    return [
        Explanation(id=m.id, says=m.says, hint=m.hint or "")
        for m in problem.misconception
        if memory.reproduces(("named", m.id), observations, _unmeasured(problem, m, observations, mistakes))
    ]


def _unmeasured(
    problem: Problem, misconception: Misconception, observations: Sequence[Observation], mistakes: Mistakes
) -> Iterator[Unmeasured]:
    # Of a mistake that is made just as it is named, most cases agree at one evaluation instead of dozens.
    for o in observations:
        yield Unmeasured(
            at_least=mistakes.mistaken_at_least(problem, misconception, o.case),
            measure=partial(mistakes.mistaken, problem, misconception, o.case),
        )


def _slipped(
    problem: Problem, observations: Sequence[Observation], mistakes: Mistakes, memory: Memory
) -> list[Explanation]:
    found = []
    for m, slip in product(problem.misconception, slips(symbols_of(observations))):
        candidates = _times(_candidates(problem, m, observations, mistakes), slip, observations)
        if memory.reproduces(("slipped", m.id, slip.id), observations, candidates):
            found.append((m, slip))
    if len(found) > 1:
        # "Wrong sign" with 1/N and "mean" with a wrong sign are one mistake: the right answer times -1/N, by whatever
        # name. It is left to the general stage.
        found = [(m, slip) for m, slip in found if not _is_slip(problem, m, observations, mistakes)]
    return [
        Explanation(
            id=f"{m.id}+{s.id}",
            says=say("diagnosis.and_besides", says=m.says, besides=s.besides()),
            hint=m.hint or "",
        )
        for m, s in found
    ]


def _times(candidates: Iterator[Candidate], slip: Slip, observations: Sequence[Observation]) -> Iterator[Candidate]:
    for o, c in zip(observations, candidates, strict=True):
        yield None if c is None else tuple(scaled(e, slip.factor(o.case)) for e in c)


def _is_slip(problem: Problem, m: Misconception, observations: Sequence[Observation], mistakes: Mistakes) -> bool:
    """Return whether a named misconception is the right answer times a slip."""
    made = []
    for o in observations:
        values = mistakes.mistaken(problem, m, o.case)
        if values is None:
            return False
        made.append(Observation(case=o.case, values=tuple(e.value for e in values), expected=o.expected))
    return any(reproduces(made, _times((o.expected for o in made), slip, made)) for slip in slips(symbols_of(made)))


# Not named ------------------------------------------------------------------------------------------------------------


def _wrong_parts(observations: Sequence[Observation]) -> tuple[int, ...]:
    """Return which of the returned values are wrong on some case; none where something else than numbers came back."""
    wrong: set[int] = set()
    for o in observations:
        if o.values is None or len(o.values) != len(o.expected):
            return ()
        for i, (value, right) in enumerate(zip(o.values, o.expected, strict=True)):
            if value.dtype.kind not in "iuf":
                return ()
            if value.shape != right.value.shape or closeness(value, right) is Closeness.DISAGREES:
                wrong.add(i)
    return tuple(sorted(wrong))


def _whole(subject: Subject) -> Iterator[Pattern]:
    yield from factor_patterns(subject)
    yield from arrangement_patterns(subject)
    yield from entry_patterns(subject)


def _other_inputs(subject: Subject) -> Iterator[Pattern]:
    return changed(subject, other_inputs, slipped=False)


def _other_inputs_and_a_slip(subject: Subject) -> Iterator[Pattern]:
    return changed(subject, other_inputs, slipped=True)


def _inside(subject: Subject) -> Iterator[Pattern]:
    yield from inner_factors(subject)
    yield from changed(subject, inner_changes, slipped=False)


_ONLY_ONE: tuple[Stage, ...] = (
    placeholder_patterns, term_patterns, fitted_terms, _whole, _other_inputs, _other_inputs_and_a_slip
)  # fmt: skip
# Of these, several mean the same: a change of one intermediate value shows in those that are made from it as well, and
# a factor that is the same everywhere is also one for each row. The first that fits is the simplest.
_FIRST_OF: tuple[Stage, ...] = (_inside, fitted_for_all)
# Of these, a pattern of one name is another one wherever there is one more case to fit it to.
_FITTED: frozenset[Stage] = frozenset({fitted_terms, fitted_for_all})
# What is fitted to each case is fitted to each value by itself, and says nothing of two values together.
_OF_ONE_VALUE: tuple[Stage, ...] = (fitted_for_each_case, fitted_for_each_row)


def _unnamed(subject: Subject) -> list[Explanation]:
    """Return the explanations of the first stage at which any fits; at most two."""
    for stage in _ONLY_ONE:
        found = _fitting(subject, stage, most=2)
        if found:
            return found
    for stage in _FIRST_OF + (_OF_ONE_VALUE if len(subject.parts) == 1 else ()):
        found = _fitting(subject, stage, most=1)
        if found:
            return found
    return []


def _fitting(subject: Subject, stage: Stage, *, most: int) -> list[Explanation]:
    found: list[Explanation] = []
    symbols = symbols_of(subject.observations)
    for place, pattern in enumerate(stage(subject)):
        if pattern.special.isdisjoint(e.id for e in found):
            # A name alone may stand for two: a size can be called as an argument is.
            key = None if stage in _FITTED else (stage.__name__, subject.parts, symbols, place, pattern.id)
            explanation = subject.explained(pattern, key)
            found += [] if explanation is None else [explanation]
        if len(found) == most:
            break
    return found


def _in_parts(subject: Subject) -> Explanation | None:
    """Return an explanation of one of several wrong values, or of several apart, where none explains them together."""
    found: list[Explanation] = []
    open_: list[str] = []
    for i in subject.parts:
        memory, alone = subject.memory.of_part(i, subject.observations, _with_others_right)
        part = Subject(
            problem=subject.problem, observations=alone, parts=(i,), mistakes=subject.mistakes, memory=memory
        )
        one = _unnamed(part)
        if len(one) == 1:
            found.append(one[0])
        else:
            open_.append(part.name)
    if not found:
        return None
    says = reduce(lambda told, more: say("diagnosis.apart", says=told, more=more), (e.says for e in found))
    if open_:
        says = say_count("diagnosis.may_follow", len(open_), says=says, open=together(open_))
    return Explanation(id="; ".join(e.id for e in found), says=says)


def _with_others_right(o: Observation, i: int) -> Observation:
    if o.values is None:
        return o
    values = tuple(v if j == i else e.value for j, (v, e) in enumerate(zip(o.values, o.expected, strict=True)))
    return Observation(case=o.case, values=values, expected=o.expected)
