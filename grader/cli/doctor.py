"""``grader doctor``: what this machine offers, the level of isolation it proves, and why not the next one."""

import argparse
import os
import platform
import sys

from rich.console import Console
from rich.text import Text

from grader import __version__
from grader.cli.exit_code import ExitCode
from grader.sandbox import LevelProbe, SandboxFaultError, SandboxUnavailableError, probe

_LEVEL_SAYS = {
    "A": "namespaces, Landlock, seccomp, resource limits",
    "B": "Landlock, seccomp, resource limits",
    "C": "sealed seccomp, resource limits; no file can be opened",
    "N": "a plain process: for your own code only",
}


def doctor_command(arguments: argparse.Namespace) -> ExitCode:
    """Run ``grader doctor``.

    Parameters
    ----------
    arguments : argparse.Namespace
        ``verbose``: list every attempt of the canary.

    Returns
    -------
    ExitCode
        ``FULL_MARKS`` if other people's code may be graded here, else ``NOT_GRADED``.
    """
    console = Console(highlight=False)
    try:
        probes = probe()
    except (SandboxUnavailableError, SandboxFaultError) as error:
        console.print(Text(f"the sandbox cannot be tried: {error.reason}"), soft_wrap=True)
        return ExitCode.NOT_GRADED
    _print_versions(console, probes[-1])
    for one in probes:
        _print_level(console, one, verbose=arguments.verbose)
    best = next((one for one in probes if one.reached), probes[-1])
    console.print()
    console.print(_verdict(best))
    return ExitCode.FULL_MARKS if best.safe_for_batch else ExitCode.NOT_GRADED


def _mark(console: Console, *, good: bool) -> Text:
    plain = console.options.ascii_only
    sign = ("+" if plain else "✓") if good else ("-" if plain else "✗")
    return Text(sign, style="green" if good else "red")


def _print_versions(console: Console, one: LevelProbe) -> None:
    user = f"uid {os.getuid()}" if sys.platform != "win32" else platform.system()
    abi = max(one.landlock_abi, 0)
    facts = [
        f"grader {__version__}",
        f"Python {one.python}",
        f"numpy {one.numpy}",
        one.kernel,
        platform.machine(),
        user,
    ]
    if abi:
        facts.append(f"Landlock ABI {abi}")
    console.print(Text("  ".join(facts), style="dim"), soft_wrap=True)
    console.print()


def _print_level(console: Console, one: LevelProbe, *, verbose: bool) -> None:
    console.print(_mark(console, good=one.reached), Text(f"level {one.level}", style="bold"), _LEVEL_SAYS[one.level])
    if one.why_not:
        console.print(Text(f"    {one.why_not}"), soft_wrap=True)
    if one.reached and one.level != "N":
        confined = [f"submissions run as uid {one.uid}"] if one.uid is not None else []
        confined += [f"Landlock ABI {one.landlock_abi}"] if one.landlock_abi else []
        console.print(Text(f"    {', '.join(confined)}; layers: {', '.join(one.layers)}", style="dim"), soft_wrap=True)
    if verbose:
        for attempt, refused in one.refused:
            says = f"a submission {'could not' if refused else 'COULD'} {attempt}"
            console.print("   ", _mark(console, good=refused), Text(says))


def _verdict(best: LevelProbe) -> Text:
    if best.safe_for_batch:
        return Text(f"other people's code can be graded here, at level {best.level}", style="bold green")
    return Text(
        f"only code that you trust should be graded here (level {best.level}): "
        f"`grader grade --isolation {'none' if best.level == 'N' else best.level}`",
        style="bold yellow",
    )
