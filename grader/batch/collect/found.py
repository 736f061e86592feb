"""What a source says of a download before anybody is looked up on a roster."""

from dataclasses import dataclass, field
from datetime import datetime

from grader.batch.collect.tree import Parts
from grader.model.handin import Stray


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A person as a download calls them.

    Parameters
    ----------
    id : str
        What stands for the person in this kind of download.
    login, name, email, section : str
        Empty where it does not say.
    keys : dict of str to str
        How systems call the person, as in `Student`.
    unsure : bool
        True where `id` may be a login, a number or a name: a file's name in a plain folder.
    """

    id: str
    login: str = ""
    name: str = ""
    email: str = ""
    section: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    unsure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file of a hand-in.

    Parameters
    ----------
    at : tuple of str
        Its path in the download.
    name : tuple of str
        Its path as the student knows it.
    """

    at: Parts
    name: Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What was handed in at one time.

    Parameters
    ----------
    at : tuple of str
        Where it stands in the download: a file or a folder.
    items : tuple of Item
        Its files.
    submitted_at : datetime or None
        With a time zone.
    late : bool or None
        What the system says.
    here : bool
        False where the download only says that there was one.
    """

    at: Parts
    items: tuple[Item, ...]
    submitted_at: datetime | None = None
    late: bool | None = None
    here: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Everything that one student, or one group, handed in.

    Parameters
    ----------
    identity : str
        Whose it is, in the words of the download: unique, and the same in every download of the assignment.
    label : str
        A login or a name, for people.
    mark : str
        The system's id of the person; empty where it gives none.
    who : tuple of Who
        The students; none where only the team is known.
    team : str
        The group's name; empty for none.
    versions : tuple of Version
        At least one.
    newest_first : bool
        True where the source knows their order without times.
    """

    identity: str
    label: str
    mark: str = ""
    who: tuple[Who, ...] = ()
    team: str = ""
    versions: tuple[Version, ...]
    newest_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A download as one source reads it.

    Parameters
    ----------
    source : str
        As in `Collection`.
    says : str
        What was recognised, and by what.
    found : tuple of Found
        With different identities.
    strays : tuple of Stray
        What is nobody's.
    fits, of : int
        How many names were as that system writes them, of how many.
    """

    source: str
    says: str
    found: tuple[Found, ...]
    strays: tuple[Stray, ...] = ()
    fits: int
    of: int
