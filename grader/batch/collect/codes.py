"""The codes of everything that can be wrong with a download, a roster or a pattern. Codes never change meaning."""

from enum import Enum

from grader.model.diagnostic import DiagnosedError, Diagnostic


class CollectCode(Enum):
    """A fault of what was to be collected: the code that is printed, and what it is about."""

    NO_SUCH_PATH = ("B001", "no such file or folder")
    NOT_A_CLASS = ("B002", "a file that is no download of a class")
    UNREADABLE = ("B003", "a path that cannot be read")
    REFUSED_ARCHIVE = ("B004", "an archive that is refused")
    NOTHING_RECOGNISED = ("B005", "a download in which nothing is a hand-in")
    DOES_NOT_FIT = ("B006", "a download that is not from the system that was named")
    BAD_PATTERN = ("B007", "a pattern that cannot be used")
    PATTERN_TAKES_NOTHING = ("B008", "a pattern that takes no file")
    PATTERN_TOO_SLOW = ("B009", "a pattern that takes too long")
    SEVERAL_ASSIGNMENTS = ("B010", "a download of several assignments")
    BAD_METADATA = ("B011", "a file of the download that says who handed in cannot be read")
    ROSTER_UNREADABLE = ("B012", "a roster that cannot be read")
    ROSTER_COLUMNS = ("B013", "a roster whose columns say nobody's name")
    ROSTER_DUPLICATE = ("B014", "a roster that names somebody twice")
    ROSTER_NOBODY = ("B015", "a row of a roster that names nobody")
    BAD_TIME = ("B016", "a time that cannot be read")
    SOURCE_AND_PATTERN = ("B017", "a pattern beside the name of a system")
    TOO_MUCH = ("B018", "a download that holds too much")
    KEY_UNREADABLE = ("B019", "a key file that cannot be read or written")

    def __init__(self, code: str, title: str) -> None:
        self.code = code
        self.title = title


def fault(code: CollectCode, says: str, path: str, help_: str = "") -> DiagnosedError:
    """Return the error that says one fault.

    Parameters
    ----------
    code : CollectCode
        What it is about.
    says : str
        What is wrong.
    path : str
        The file, as the user named it.
    help_ : str
        A sentence with a valid value; may be empty.

    Returns
    -------
    DiagnosedError
        To be raised.
    """
    return DiagnosedError((Diagnostic(code=code.code, says=says, path=path, help=help_),))
