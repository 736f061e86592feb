"""The codes of everything that can be wrong with a rubric or a path, and their titles. Codes never change meaning."""

from enum import Enum

from grader.model.diagnostic import Severity


class RubricCode(Enum):
    """A fault of a rubric file: the code that is printed, and what it is about.

    Up to R049 they are found by reading it, from R050 by trying its trusted functions; from R070 they are warnings.
    """

    UNREADABLE = ("R001", "the rubric cannot be read")
    NOT_TOML = ("R002", "the rubric is not TOML")
    UNKNOWN_KEY = ("R003", "a key that rubrics do not have")
    MISSING_KEY = ("R004", "a key that is needed is missing")
    WRONG_TYPE = ("R005", "a value of the wrong type")
    NOT_FINITE = ("R006", "nan or infinity where a number is due")
    OUT_OF_RANGE = ("R007", "a number outside its range")
    NOT_A_CHOICE = ("R008", "a value that is not one of the choices")
    MALFORMED_NAME = ("R009", "a name or a reference to a function that is not well formed")
    WRONG_LENGTH = ("R010", "a text or an array that is empty or too long")
    NOT_UTF8 = ("R011", "the rubric is not UTF-8 text")
    BOUNDS_REVERSED = ("R012", "a lower bound above its upper bound")
    INVALID_VALUE = ("R013", "a value that its table does not allow")
    TOO_MUCH = ("R014", "more tables or values than a rubric can have")
    POINTS_OF_PROBLEMS = ("R020", "the points of the problems do not add up")
    POINTS_OF_CHECKS = ("R021", "the points of a problem's checks do not add up")
    DUPLICATE = ("R022", "a name that is used twice")
    UNKNOWN_INPUTS = ("R023", "a set of inputs that does not exist")
    ARGUMENT_NOT_DRAWN = ("R024", "an argument that nothing draws")
    SYMBOL_WITHOUT_SIZE = ("R025", "a symbol in a shape that has no size")
    UNKNOWN_OVERRIDE = ("R026", "a group of cases changes something that its set of inputs does not have")
    UNKNOWN_FAMILY = ("R027", "a family of cases that does not exist")
    UNKNOWN_NAME = ("R028", "a check names something that its problem does not have")
    WHICH_RETURN = ("R029", "a check does not say which of several returned values it judges")
    FIRST_CHECK = ("R030", "the first check of a problem does not decide whether the answer is right")
    NOTHING_DECIDES = ("R031", "no check that decides whether the answer is right earns points")
    NOT_DISTINCT = ("R032", "sizes that cannot all be distinct")
    IMPOSSIBLE_SIMPLEX = ("R033", "entries that cannot sum to 1")
    RESERVED_WORD = ("R034", "a name that Python reserves")
    ANSWERS_IMPORTABLE = ("R035", "a package that would let students import the answers")
    SHAPE_DOES_NOT_FIT = ("R036", "a shape that does not fit what is drawn or returned")
    RESERVED_ID = ("R037", "a name that the grader uses itself")
    NO_WORDS = ("R038", "a language that the grader has no words for")
    TRUSTED_MISSING = ("R040", "the folder of the trusted modules cannot be used")
    NO_SUCH_MODULE = ("R041", "a trusted module that does not exist")
    NO_SUCH_FUNCTION = ("R042", "a trusted function that does not exist")
    OTHER_ARGUMENTS = ("R043", "a trusted function that takes other arguments")
    MODULE_FAILS = ("R045", "a trusted module that cannot be imported")
    MISTAKE_IS_TRUTH = ("R044", "a misconception that is the right answer itself")
    NOT_DRAWN = ("R050", "inputs that cannot be drawn")
    NOT_FINITE_ANSWER = ("R051", "a trusted answer that is not finite")
    CANNOT_TELL = ("R052", "cases too ill-conditioned to tell right from wrong")
    CASE_TOO_LARGE = ("R053", "a case that does not fit into memory")
    MISTAKE_FAILS = ("R054", "a misconception that fails on every case")
    MISTAKE_AGREES = ("R055", "a misconception that gives the right answer on every case")
    TRUSTED_FAILS = ("R056", "a trusted function that fails on a case")
    TRUSTED_RETURNS = ("R057", "a trusted function that returns something else than the rubric says")
    TELLS_NOTHING_APART = ("R058", "a deciding check of which no case tells right from wrong")
    TRUTH_REFUSED = ("R059", "a check that does not accept the trusted answer")
    LIMIT_EXCEEDED = ("R060", "a limit that the trusted answer itself exceeds")
    TERMS_DO_NOT_SUM = ("R061", "terms that do not add up to the answer")
    NO_STARTER = ("R062", "a starter that does not exist")
    UNUSED_INPUTS = ("R070", "a set of inputs that no problem uses")
    UNUSED_FAMILY = ("R071", "cases that no check is tried on")
    MISTAKES_ALIKE = ("R072", "two misconceptions that give the same values on every case")
    NOT_INSTALLED = ("R073", "a package that is not installed on this machine")
    LIMITS_NOT_TRIED = ("R074", "limits that could not be tried on the trusted answer")

    def __init__(self, code: str, title: str) -> None:
        self.code = code
        self.title = title

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return "warning" if self.code >= "R070" else "error"


class PathCode(Enum):
    """A fault of a path of submissions: the code that is printed, and what it is about."""

    NO_SUCH_PATH = ("S001", "no such file or folder")
    NOTHING_INSIDE = ("S002", "a folder or archive without a submission")
    NOT_A_SUBMISSION = ("S003", "a file of a kind that is not graded")
    UNREADABLE = ("S004", "a path that cannot be read")
    REFUSED_ARCHIVE = ("S005", "an archive that is refused")
    NO_PATH = ("S006", "no path was given")

    def __init__(self, code: str, title: str) -> None:
        self.code = code
        self.title = title
