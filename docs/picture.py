"""Draws ``docs/report.svg``, the picture in the README, from the JSON report of ``submissions/seed_transcribed.py``.

Run ``python docs/picture.py REPORT.json docs/report.svg``.
"""

import io
import re
import sys
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from grader.reporting.json_report import from_json, without_timings
from grader.reporting.terminal import print_report

_LINES_SHOWN = 36
_WIDTH = 104


def main(report: Path, picture: Path) -> None:
    """Write the first lines of a report as an SVG that loads nothing from elsewhere."""
    whole = Console(width=_WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor", highlight=False)
    with whole.capture() as captured:
        print_report(without_timings(from_json(report.read_text(encoding="utf-8"))), whole)
    lines = captured.get().splitlines()[:_LINES_SHOWN]
    short = Console(record=True, width=_WIDTH, file=io.StringIO(), force_terminal=True, highlight=False)
    for line in lines:
        short.print(Text.from_ansi(line), no_wrap=True, overflow="ignore", crop=False)
    # The format's fonts would be fetched from elsewhere; a viewer's own monospaced font serves.
    code = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    title = "grader grade submissions/seed_transcribed.py --rubric rubrics/cs280_hw1.toml"
    picture.write_text(short.export_svg(title=title, code_format=code), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
