"""Which hand-ins of a class are alike in their text, and where: facts for a person to look at, and no judgement."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Lines of one piece of source.

    Parameters
    ----------
    chunk : int
        Which of the side's listings, from 0.
    first, last : int
        1-based, both included.
    """

    chunk: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One run of tokens that stands in both hand-ins.

    Parameters
    ----------
    number : int
        From 1, in the order of the first side.
    a, b : Span
        Where.
    tokens : int
        How long it is.
    """

    number: int
    a: Span
    b: Span
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One file or cell as it was handed in.

    Parameters
    ----------
    label : str
        What a report calls it.
    source : str
        Its text.
    """

    label: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One hand-in of a pair.

    Parameters
    ----------
    hand_in : str
        Its id.
    shown : str
        Whose it is, in words.
    path : str
        Where it is.
    same_file : tuple of str
        Others who handed in the same bytes, in words.
    listings : tuple of Listing
        Its text.
    alike_lines, lines : int
        Lines with code: those in passages, and all.
    """

    hand_in: str
    shown: str
    path: str
    same_file: tuple[str, ...]
    listings: tuple[Listing, ...]
    alike_lines: int
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikePair:
    """Two hand-ins, and what is alike in them.

    Parameters
    ----------
    a, b : Side
        In the order of their ids.
    share : float
        From 0 to 1: `matched` over `of`.
    matched : int
        Distinctive fingerprints that both have.
    of : int
        Distinctive fingerprints of the one that has fewer, or a least number where it has hardly any.
    usual : float or None
        The middle over the other hand-ins of how alike each is to the one that it is most alike; None in a class that
        has hardly any others.
    needed : float
        From which share on the pair stands out.
    stands_out : bool
    functions : tuple of (str, str)
        Functions that are alike for the better part, by their names on each side.
    passages : tuple of Passage
        Where; they do not overlap.
    """

    a: Side
    b: Side
    share: float
    matched: int
    of: int
    usual: float | None
    needed: float
    stands_out: bool
    functions: tuple[tuple[str, str], ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCompared:
    """A hand-in that could not be compared.

    Parameters
    ----------
    shown : str
        Whose it is, in words.
    says : str
        Why.
    """

    shown: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Similarity:
    """What was found in a class.

    Parameters
    ----------
    hand_ins : int
        All.
    compared : int
        Those with text of their own.
    common : int
        What stands in more files than this is taken for everybody's.
    starter : tuple of str
        Files whose text was discounted, as the user named them.
    usual : float or None
        The middle over the class of how alike each hand-in is to the one that it is most alike; None for fewer than
        two files.
    too_alike : bool
        True where nothing stands out because half of the class is alike somebody else.
    same_file : tuple of tuple of str
        Hand-ins that are the same, byte for byte, in words; a group each.
    standing_out : int
        How many pairs stand out; `pairs` may show fewer.
    pairs : tuple of AlikePair
        Those that stand out, the most alike first.
    others : tuple of AlikePair
        For comparison: the most alike of those that do not stand out.
    not_compared : tuple of NotCompared
        In the order of their ids.
    """

    hand_ins: int
    compared: int
    common: int
    starter: tuple[str, ...]
    usual: float | None
    too_alike: bool
    same_file: tuple[tuple[str, ...], ...]
    standing_out: int
    pairs: tuple[AlikePair, ...]
    others: tuple[AlikePair, ...]
    not_compared: tuple[NotCompared, ...]
