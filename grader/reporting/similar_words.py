"""What is said of hand-ins that are alike, on every medium: facts, and never a judgement of a person."""

from grader.model.similarity import AlikePair, Similarity

NO_JUDGEMENT = (
    "Alike means alike, and nothing more: people who learn together, use the same book or answer a short question "
    "write alike. What stands out is worth a look by a person; the numbers alone say nothing about anybody."
)


def percent(share: float) -> str:
    """Return a share in whole percent.

    Parameters
    ----------
    share : float
        From 0 to 1.

    Returns
    -------
    str
        Rounded down, so that 100 % is all of it.
    """
    return f"{int(share * 100 + 1e-9)} %"


def counted(number: int, noun: str) -> str:
    """Return a number and what it counts.

    Parameters
    ----------
    number : int
    noun : str
        In the singular; its plural ends in s.

    Returns
    -------
    str
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def facts(similarity: Similarity) -> tuple[str, ...]:
    """Return how the class was compared.

    Parameters
    ----------
    similarity : Similarity

    Returns
    -------
    tuple of str
        Sentences.
    """
    out = [f"{similarity.compared} of {counted(similarity.hand_ins, 'hand-in')} compared."]
    if similarity.starter:
        out.append(f"Left out of account: the text of {', '.join(similarity.starter)}.")
    out.append(f"What stands in more than {counted(similarity.common, 'different file')} counts as everybody's.")
    if similarity.usual is not None:
        out.append(
            f"Usual here: a hand-in shares {percent(similarity.usual)} of what is distinctive with the one that it is "
            "most alike."
        )
    return tuple(out)


def finding(similarity: Similarity) -> str:
    """Return what was found, in one or two sentences.

    Parameters
    ----------
    similarity : Similarity

    Returns
    -------
    str
    """
    number = similarity.standing_out
    if number:
        shown = f"; the {len(similarity.pairs)} most alike are shown" if number > len(similarity.pairs) else ""
        verb = "stands" if number == 1 else "stand"
        return f"{counted(number, 'pair')} {verb} out in this class{shown}."
    if similarity.too_alike:
        says = "No pair stands out, because half of the hand-ins are much like another one."
        if similarity.starter:
            return f"{says} The most alike pairs are worth a look."
        return (
            f"{says} If that comes from what was handed out, name it with --starter; if not, the most alike pairs are "
            "worth a look."
        )
    return "No pair stands out in this class."


def why(pair: AlikePair) -> str:
    """Return what the share of a pair means.

    Parameters
    ----------
    pair : AlikePair

    Returns
    -------
    str
        A sentence.
    """
    share = f"{pair.matched} of {pair.of} distinctive fingerprints are shared ({percent(pair.share)})"
    if pair.usual is None:
        return f"{share}; too few others to say what is usual."
    if pair.needed > 1:
        return f"{share}; usual among the others: {percent(pair.usual)}, so alike that nothing can stand out."
    return f"{share}; usual among the others: {percent(pair.usual)}, standing out from {percent(pair.needed)} on."


def functions_text(pair: AlikePair) -> str:
    """Return the functions that are alike.

    Parameters
    ----------
    pair : AlikePair

    Returns
    -------
    str
        Such as ``"grad_mu, softmax = my_softmax"``; empty for none.
    """
    return ", ".join(a if a == b else f"{a} = {b}" for a, b in pair.functions)
