"""Formulas as MathML, made when the site is built: no script, no fonts and no network when it is read."""

from docutils import nodes
from docutils.utils.math import MathError, latex2mathml
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

_LOG = logging.getLogger(__name__)


def without_backticks(_app: Sphinx, page: nodes.document) -> None:
    """Read GitHub's inline formula, a code span between dollars, as the formula in it."""
    for node in page.findall(nodes.math):
        text = node.astext()
        if text.startswith("`") and text.endswith("`"):
            node.children = [nodes.Text(text[1:-1])]


def formula(self: HTML5Translator, node: nodes.math | nodes.math_block) -> None:
    """Write a formula; one that cannot be read is a warning, and fails the build."""
    block = isinstance(node, nodes.math_block)
    try:
        mathml = latex2mathml.tex2mathml(node.astext(), as_block=block)
    except MathError as error:
        _LOG.warning("a formula that cannot be read: %s", error, location=node)
        raise nodes.SkipNode from error
    self.body.append(f'<div class="formula">{mathml}</div>' if block else mathml)
    raise nodes.SkipNode
