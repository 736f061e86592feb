"""Does what a page tells its reader to do: writes the files that it shows, types its commands, compares what comes."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# The file whose text a block is, where the line before it ends so: "... `trusted/answers.py`:".
_FILE = re.compile(r"`([\w./]+)`:\s*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A command, the lines that are shown of what it prints, and the exit status that is meant."""

    command: str
    shown: tuple[str, ...]
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file, as it is shown."""

    path: str
    text: str


def steps(page: str) -> Iterator[Typed | Written]:
    """Blocks marked `console` are typed, and `console exit=1` says how the last command ends; others may be files."""
    for block in _BLOCK.finditer(page):
        language, marks, body = block.groups()
        if language == "console":
            yield from _typed(body, int(marks.strip().removeprefix("exit=") or 0))
        elif named := _FILE.search(page[: block.start()]):
            yield Written(path=named[1], text=body)


def _typed(body: str, status: int) -> Iterator[Typed]:
    commands = re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]
    for number, text in enumerate(commands):
        command, *shown = text.replace("\\\n", "").splitlines()
        ends = status if number == len(commands) - 1 else 0
        yield Typed(command=command, shown=tuple(filter(None, map(words, shown))), status=ends)


def words(line: str) -> str:
    """The line without what depends on the width of the screen."""
    return " ".join(line.split())


class Walk:
    """A folder in which steps are done, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self._environment = {**os.environ, "PATH": tools, "COLUMNS": "120", "PYTHONDONTWRITEBYTECODE": "1"}

    def do(self, step: Typed | Written) -> None:
        match step:
            case Written():
                path = self.folder / step.path
                assert path.parent.is_dir(), f"the page makes no folder for {step.path}"
                path.write_text(step.text, encoding="utf-8")
            case Typed(command=command) if command.startswith("cd "):
                self.folder = self.folder / command.removeprefix("cd ")
                assert self.folder.is_dir(), command
            case Typed():
                self._type(step)

    def _type(self, step: Typed) -> None:
        ended = subprocess.run(
            step.command,
            shell=True,
            cwd=self.folder,
            env=self._environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        assert ended.returncode == step.status, f"{step.command}\n{ended.stdout}"
        rest = words(ended.stdout)
        for line in step.shown:
            assert line in rest, f"{step.command}\nprints no (more) {line!r}:\n{ended.stdout}"
            rest = rest[rest.index(line) + len(line) :]
