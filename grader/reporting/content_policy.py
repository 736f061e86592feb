"""What a page may do: show its own style sheet, run its own script if it has one, and nothing else."""

import base64
import hashlib


def page_policy(style: str, script: str | None = None) -> str:
    """Return the Content-Security-Policy of a page.

    Parameters
    ----------
    style : str
        The very text between the tags of the style element.
    script : str, optional
        The same of the script element; a page without one runs none.

    Returns
    -------
    str
        Both are allowed by their hashes (Content Security Policy Level 3, section 2.3.1), so that a text of a student
        that came through could neither run nor load anything.
    """
    rules = ["default-src 'none'", f"style-src '{_digest(style)}'"]
    if script is not None:
        # No text is ever read as HTML by a script, either.
        rules += [f"script-src '{_digest(script)}'", "img-src data:", "require-trusted-types-for 'script'"]
    return "; ".join([*rules, "base-uri 'none'", "form-action 'none'"])


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
