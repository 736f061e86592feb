"""The pages, and what stands in them."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))

_FENCE = re.compile(r"^```(\w*).*?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose_of(page: Path) -> str:
    """The page without code and formulas."""
    return re.sub(r"`[^`\n]*`", "``", _FENCE.sub("", text_of(page)))


def blocks(text: str, *languages: str) -> list[str]:
    """What stands between fences of these languages."""
    return [body for language, body in _FENCE.findall(text) if language in languages]


def commands(shell: str) -> list[list[str]]:
    """Every command of the grader in lines for a shell, split as a shell does."""
    lines = re.sub(r"\\\n\s*", "", shell).splitlines()
    parts = (part.strip().removeprefix("$ ") for line in lines for part in line.split("&&"))
    # What follows two spaces and more, in a help text, says what the example does.
    ours = (re.split(r" {2,}| [>|] ", part)[0] for part in parts if part.startswith("grader "))
    return [shlex.split(part, comments=True) for part in ours]


def anchors(page: Path) -> set[str]:
    """Of the headings, as GitHub names them."""
    headings = re.findall(r"^#+ (.*)$", _FENCE.sub("", text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
