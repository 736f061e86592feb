"""Links lead somewhere: to a file, and to a heading that it has."""

import re

import pytest

from tests.docs.pages import PAGES, ROOT, anchors, prose_of


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", prose_of(page)):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        found = page.parent / path if path else page
        assert found.exists(), target
        assert ROOT in found.resolve().parents, f"{target} is outside of the repository"
        assert not anchor or anchor in anchors(found), target


def test_every_page_is_in_the_contents_of_the_site():
    docs = ROOT / "docs"
    listed = re.findall(r"^([\w/]+)$", (docs / "index.md").read_text(encoding="utf-8"), re.MULTILINE)
    names = [page.relative_to(docs).with_suffix("").as_posix() for page in PAGES if docs in page.parents]
    assert sorted(listed) == sorted(name for name in names if name != "index")
