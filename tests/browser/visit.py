"""One page in a browser, and everything that went wrong in it."""

from pathlib import Path
from typing import Any

_WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""


class Visit:
    """A page that is open.

    Parameters
    ----------
    context : playwright.sync_api.BrowserContext
        Of this page alone.
    path : Path
        The file.
    """

    def __init__(self, context: Any, path: Path) -> None:
        self.context = context
        self._faults: list[str] = []
        context.add_init_script(_WATCH)
        self.page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.page.on("console", lambda message: self._faults.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self._faults.append(f"error: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.on("requestfailed", lambda request: self._faults.append(f"request: {request.url}"))
        self.page.goto(path.as_uri())

    def _dialog(self, dialog: Any) -> None:
        self._faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def faults(self) -> list[str]:
        """Console messages, errors, dialogs, violations of the page's policy, requests that failed."""
        return [*self._faults, *map(str, self.page.evaluate("window.violations ?? []"))]

    def forgive(self) -> None:
        """Forget what went wrong: it was meant to."""
        self._faults.clear()

    def names(self) -> list[str]:
        """Names in the table, from the top, without ids."""
        return self.page.locator("#table tbody th > bdi, #table tbody th > :not(small) bdi").all_inner_texts()
