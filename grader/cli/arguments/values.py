"""Numbers as they are typed on the command line."""

import argparse


def seconds(text: str) -> float:
    """Return what was typed as a value.

    Parameters
    ----------
    text : str
        As typed.

    Returns
    -------
    float
        A number of seconds, more than 0, at most an hour.

    Raises
    ------
    argparse.ArgumentTypeError
        If it is not that.
    """
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    # Written so that nan fails.
    if not 0 < value <= 3600:
        msg = f"{text!r} is not a number of seconds from 0 to 3600"
        raise argparse.ArgumentTypeError(msg)
    return value


def memory(text: str) -> int:
    """Return what was typed as a value.

    Parameters
    ----------
    text : str
        As typed.

    Returns
    -------
    int
        MiB, from 256 to a tebibyte.

    Raises
    ------
    argparse.ArgumentTypeError
        If it is not that.
    """
    if not text.isdecimal() or not 256 <= int(text) <= 1 << 20:
        msg = f"{text!r} is not a whole number of MiB from 256 to 1048576"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def kib(text: str) -> int:
    """Return what was typed as a value.

    Parameters
    ----------
    text : str
        As typed.

    Returns
    -------
    int
        KiB, from 1 to 16384.

    Raises
    ------
    argparse.ArgumentTypeError
        If it is not that.
    """
    if not text.isdecimal() or not 1 <= int(text) <= 1 << 14:
        msg = f"{text!r} is not a whole number of KiB from 1 to 16384"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def seed(text: str) -> int:
    """Return what was typed as a value.

    Parameters
    ----------
    text : str
        As typed.

    Returns
    -------
    int
        A root seed.

    Raises
    ------
    argparse.ArgumentTypeError
        If it is not that.
    """
    if not text.isdecimal() or int(text) >= 1 << 63:
        msg = f"{text!r} is not a whole number from 0 to 2**63 - 1"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def jobs(text: str) -> int:
    """Return what was typed as a value.

    Parameters
    ----------
    text : str
        As typed.

    Returns
    -------
    int
        How many at a time, from 1 to 1024.

    Raises
    ------
    argparse.ArgumentTypeError
        If it is not that.
    """
    if not text.isdecimal() or not 1 <= int(text) <= 1024:
        msg = f"{text!r} is not a whole number from 1 to 1024"
        raise argparse.ArgumentTypeError(msg)
    return int(text)
