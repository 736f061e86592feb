"""Text as it may be shown: the quick way and the slow way are the same."""

import pytest

from grader.reporting.page import visible_character, visible_text


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_character_is_shown_as_it_is_exactly_where_it_steers_nothing(encoding: str) -> None:
    # Beyond these are neither control characters nor marks of direction, but for surrogates.
    for code in [*range(0x3000), *range(0xD7F0, 0xE010)]:
        if (character := chr(code)) not in "\n\r\t":
            assert visible_text(f"a{character}b", encoding) == f"a{visible_character(character, encoding)}b"


def test_line_ends_stay_and_tabs_are_expanded() -> None:
    assert visible_text("a\r\nb\n\tc\rd") == "a\nb\n    c\\rd"
