"""Tries whether this machine reaches a level of confinement: a launcher that holds, or why there is none."""

import math
import platform
import sys
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from grader.model.assignment import Limits
from grader.sandbox.canary import Proof, prove
from grader.sandbox.errors import SandboxFaultError
from grader.sandbox.readable import Readable

if sys.platform == "linux":
    from grader.sandbox.confined import ConfinedLauncher, Facts, RefusedError

Confined: TypeAlias = Literal["A", "B", "C"]
MACHINES = ("x86_64", "aarch64")
NO_PROOF: Final = Proof(refused={}, works={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """What came of trying a level: a launcher that holds, or why there is none."""

    launcher: "ConfinedLauncher | None"
    facts: "Facts | None"
    proof: Proof


def try_level(level: Confined, readable: Readable, limits: Limits) -> Try:
    """Try a level.

    Parameters
    ----------
    level : str
        ``"A"``, ``"B"`` or ``"C"``.
    readable : Readable
        What submissions may import.
    limits : Limits
        What each may use.

    Returns
    -------
    Try
        With a launcher, to be closed, exactly where a canary proved that the level holds.
    """
    if sys.platform != "linux" or platform.machine() not in MACHINES:
        where = f"{platform.system()} on {platform.machine()}"
        fault = f"it needs Linux on x86_64 or aarch64, and this is {where}"
        return Try(launcher=None, facts=None, proof=Proof(refused={}, works={}, fault=fault))
    cpu_s = math.ceil(limits.submission_cpu_s)
    try:
        launcher = ConfinedLauncher(level, readable, memory_bytes=limits.memory_bytes, cpu_s=cpu_s)
    except RefusedError as error:
        return Try(launcher=None, facts=None, proof=Proof(refused={}, works={}, fault=str(error)))
    proof = NO_PROOF
    try:
        proof = prove(launcher, limits)
    except SandboxFaultError as error:
        proof = Proof(refused={}, works={}, fault=error.reason)
    finally:
        if not proof.holds:
            launcher.close()
    return Try(launcher=launcher if proof.holds else None, facts=launcher.facts, proof=proof)
