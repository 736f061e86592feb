"""What was found of one rubric, and what a code of it means."""

from dataclasses import dataclass

from grader.model.diagnostic import Diagnostic, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How much of a rubric was looked at.

    Parameters
    ----------
    problems, checks, misconceptions : int
        How many the rubric has.
    cases : int
        How many were drawn; 0 where its functions were not tried.
    """

    problems: int
    checks: int
    misconceptions: int
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """Every fault of one rubric.

    Parameters
    ----------
    path : str
        The file, as the user named it.
    diagnostics : tuple of Diagnostic
        In the order of the file; may be empty.
    looked : Looked or None
        None where it could not be read as a rubric.
    """

    path: str
    diagnostics: tuple[Diagnostic, ...]
    looked: Looked | None

    @property
    def errors(self) -> int:
        """How many have to be mended."""
        return sum(each.severity == "error" for each in self.diagnostics)

    @property
    def warnings(self) -> int:
        """How many most likely are not meant."""
        return len(self.diagnostics) - self.errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a code means.

    Parameters
    ----------
    code, title : str
        As `RubricCode` has them.
    severity : str
        ``"error"`` or ``"warning"``.
    says : str
        A paragraph.
    wrong, right : str
        An excerpt of a rubric, or of a trusted module, with the fault and without; both empty where no text shows it.
    """

    code: str
    title: str
    severity: Severity
    says: str
    wrong: str
    right: str

    @property
    def language(self) -> str:
        """What the excerpts are written in."""
        return "python" if "def " in self.right else "toml"
