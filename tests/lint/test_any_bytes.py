"""Whatever bytes a rubric has, it is clean or has diagnostics; its fixes apply, and nothing raises."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.lint.fix import fixed
from grader.reporting.lint_result import lint_github, lint_json

PIECES = [
    b"", b"\n", b"=", b"[", b"]", b"[[", b"{", b"}", b'"', b"'", b'"""', b"\\", b"#", b",", b".", b"\r\n", b"\x00",
    b"\xff", b"\xe2\x80\xae", b"nan", b"-1", b"1e999", b"9" * 400, b"true", b"1979-05-27 07:32:00", b"[problem]",
    b"[[problem]]", b"[[problem.check]]", b"[limits]", b'kind = "property"', b'sampler = "spd"', b"points",
    b"x.y.z = 1\n", b"inputs.mixture.sizes.N = 3\n", b"[inputs.mixture.values.X]\n",
]  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_to_a_rubrics_bytes_is_told(homework: Any, good: str, data: st.DataObject) -> None:
    source = good.encode()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(source)))
        length = data.draw(st.sampled_from([0, 0, 1, 2, 8, 40, 400]))
        piece = data.draw(st.sampled_from(PIECES) | st.binary(max_size=4))
        source = source[:start] + piece + source[start + length :]
    linted = homework.lint(source, functions=False)
    assert linted.diagnostics or linted.looked is not None
    for each in linted.diagnostics:
        assert each.code[0] == "R"
        assert each.place is None or 1 <= each.place.column <= len(each.place.source) + 1
    lint_json([linted])
    assert lint_github([linted]).count("\n") == len(linted.diagnostics)
    if linted.diagnostics and linted.diagnostics[0].code != "R011":
        mended, _ = fixed(source, linted.diagnostics, uncertain=True)
        homework.lint(mended, functions=False)


def test_a_trusted_folder_with_a_name_that_no_system_allows_is_not_there(homework: Any, good: str) -> None:
    source = good.replace('trusted = "course"', f'trusted = "{"9" * 400}"').encode()
    (told,) = homework.lint(source, functions=False).diagnostics
    assert "there is no folder" in told.says
