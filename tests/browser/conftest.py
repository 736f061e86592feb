"""One headless Chromium for the tests of pages, the system's own; without one they are skipped and say so."""

import shutil
from pathlib import Path

import pytest

from tests.browser.visit import Visit


@pytest.fixture(scope="session")
def chromium():
    """A running headless Chromium."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="pages are not tried in a browser: the extra `browser` is not installed"
    )
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("pages are not tried in a browser: there is no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, tmp_path):
    """Open a page given as text, in a context of its own; in the end nothing may have gone wrong in it."""
    visits: list[Visit] = []

    def open_page(text: str, **context) -> Visit:
        path = Path(tmp_path) / f"page{len(visits)}.html"
        path.write_text(text, encoding="utf-8", newline="")
        visits.append(Visit(chromium.new_context(offline=True, **context), path))
        return visits[-1]

    yield open_page
    faults = [each.faults() for each in visits]
    for each in visits:
        each.context.close()
    assert faults == [[] for _ in visits]
