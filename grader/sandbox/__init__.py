"""Runs student code in processes that hold no answer, and brings back facts: numbers, errors, limits reached."""

from grader.sandbox.answers import ChunkFailure
from grader.sandbox.errors import SandboxFaultError, SandboxUnavailableError
from grader.sandbox.opening import Isolation, LevelProbe, Sandbox, open_sandbox, probe
from grader.sandbox.session import Loaded, Printed, Session, Usage

__all__ = [
    "ChunkFailure",
    "Isolation",
    "LevelProbe",
    "Loaded",
    "Printed",
    "Sandbox",
    "SandboxFaultError",
    "SandboxUnavailableError",
    "Session",
    "Usage",
    "open_sandbox",
    "probe",
]
