"""The codes of what can go wrong while a bundle is made. Codes never change meaning."""

from enum import Enum


class BundleCode(Enum):
    """A fault, by the code that is printed."""

    NOT_INSTALLED = "B001"
    """Nothing says what this grader needs."""
    NO_IMAGE = "B002"
    """PrairieLearn's containers have no network, and nothing that the grader needs is in the archive."""
    NO_WHEELS = "B003"
    """pip could not fetch the packages."""
    TOO_LARGE = "B004"
    """The trusted folder holds more than a platform takes."""
    PACKAGE_MISSING = "B005"
    """A package of the rubric is not installed here, so its version is not known."""
    NO_COMMON_FOLDER = "B006"
    """Rubric and trusted folder lie on different drives."""
    UNREADABLE = "B007"
    """A file of the assignment cannot be read."""
