"""How the pages of ``docs`` become a site: ``sphinx-build -W -c docs/site docs build/site``."""

import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))

from formulas import formula, without_backticks
from generated import GENERATED

from grader import __version__

project = "grader"
author = "the grader's authors"
project_copyright = ""
version = release = __version__
language = "en"

extensions = ["myst_parser"]
exclude_patterns = ["site", "howto/*/*"]
html_theme = "furo"
html_title = "grader"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
# Tables of options are long, not deep.
toc_object_entries = False

# The pages are GitHub's Markdown first: its formulas, its anchors.
myst_enable_extensions = ["dollarmath"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 4
myst_dmath_double_inline = False
myst_dmath_allow_space = False
# "$ pytest ..." is no Python, and a Dockerfile's or a shell's `...` no mistake.
suppress_warnings = ["misc.highlighting_failure"]


def _add_generated(_app: Sphinx, page: str, source: list[str]) -> None:
    if page in GENERATED:
        source[0] += "\n" + GENERATED[page]()


def _without_folders(app: Sphinx, page: nodes.document) -> None:
    """Let a link to a folder of the repository be its text: a site has no page for it."""
    for link in list(page.findall(pending_xref)):
        if link["refdomain"] != "doc" and Path(app.srcdir, link["refdoc"]).parent.joinpath(link["reftarget"]).is_dir():
            link.replace_self(link.children)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect what Sphinx and MyST do not do."""
    app.connect("source-read", _add_generated)
    app.connect("doctree-read", _without_folders)
    app.connect("doctree-read", without_backticks)
    app.add_html_math_renderer("mathml", (formula, None), (formula, None))
    return {"parallel_read_safe": True}
