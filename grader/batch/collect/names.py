"""Names of people: as they are shown, as they are compared, and as names of files on every system."""

import hashlib
import re
import unicodedata

from grader.loading.shown_name import shown

# Of a name that becomes a file's: 255 bytes are the least that file systems give, and suffixes and hashes follow.
_MAX_BYTES = 100
_MAX_CHARACTERS = 60
_HASH = 8
# Windows keeps these names for devices, whatever suffix follows (learn.microsoft.com, "Naming Files, Paths, and
# Namespaces"); NFKC has made plain digits of the superscripts that it counts among them.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
)
_RUBY_WORD = re.compile(r"[^\w]")


def tidy(text: str) -> str:
    """Return a name as it is shown: composed, without invisible marks, with single spaces.

    Parameters
    ----------
    text : str
        From a download or a roster.

    Returns
    -------
    str
        Encodable as UTF-8.
    """
    # Zero-width joiners stay: some scripts need them. Marks of direction belong to the place a name was copied from.
    plain = "".join(c for c in text if unicodedata.category(c) != "Cf" or c in "\u200c\u200d")
    return shown(composed(" ".join(plain.split())))


def composed(text: str) -> str:
    """Return a name with its accents composed: macOS takes them apart in names of files."""
    return unicodedata.normalize("NFC", text)


def compared(text: str) -> str:
    """Return what two spellings of the same name have in common: width, case, composition and spaces do not count."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(c for c in folded if unicodedata.category(c) != "Cf").split())


def name_keys(name: str) -> tuple[str, ...]:
    """Return the ways in which a name is written: ``Jane Doe``, and ``Doe, Jane`` as the same one."""
    plain = compared(name)
    last, comma, first = plain.partition(",")
    turned = f"{first.strip()} {last.strip()}"
    return (turned,) if comma and first.strip() and last.strip() else (plain,)


def canvas_form(sortable_name: str) -> str:
    """Return a sortable name as Canvas writes it into a file's name.

    Parameters
    ----------
    sortable_name : str
        Such as ``"Doe, Jane"``.

    Returns
    -------
    str
        ``"doejane"``: in small letters, with word characters only, as ``sanitize_user_name`` and
        ``sanitize_file_name`` of ``lib/content_zipper.rb`` in github.com/instructure/canvas-lms do it.
    """
    return compared(_RUBY_WORD.sub("", sortable_name.lower()))


def safe_id(label: str, mark: str, identity: str) -> str:
    """Return a name for a hand-in that is a file's name on every system.

    Parameters
    ----------
    label : str
        A login or a name, in any script.
    mark : str
        What makes it unique in its system; may be empty.
    identity : str
        What makes it unique in any case.

    Returns
    -------
    str
        Small letters and digits of any script, ``-``, ``_`` and ``.``: the same under NFC and NFD, in small and
        capital letters. A part of the identity's digest follows where letters had to go.
    """
    readable, number = _slug(label), _slug(mark)
    parts = [part for part in (readable, number if number != readable else "") if part]
    # A dash in a number would make ab-c of a and b-c as of ab and c.
    kept = (number == mark and "-" not in mark) if mark else (readable == label)
    name = "-".join(parts)
    device = name.partition(".")[0] in _DEVICES
    if not kept or not name or device:
        name = "-".join((*parts, digest(identity)[:_HASH]))
    return name.replace(".", "-") if device else name


def digest(identity: str) -> str:
    """Return the SHA-256 of a name, hexadecimal."""
    return hashlib.sha256(identity.encode("utf-8", errors="surrogatepass")).hexdigest()


def _slug(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept: list[str] = []
    size = 0
    for character in folded:
        sign = character if unicodedata.category(character)[0] in "LMN" or character in "_.-" else "-"
        if sign in "-." and (not kept or kept[-1] in "-."):
            continue
        size += len(sign.encode("utf-8", errors="surrogatepass"))
        if len(kept) >= _MAX_CHARACTERS or size > _MAX_BYTES:
            break
        kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept).strip("-._"))
