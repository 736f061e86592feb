"""Times as downloads write them, always with a time zone."""

import re
from datetime import UTC, datetime

# 2023-09-21 14:03:22.948203 UTC; 2023-09-21T14:03:22Z; 2023-09-21 14:03:22 -0700; a colon in the zone or none.
_TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[T _](?P<hour>\d\d)[:.-](?P<minute>\d\d)"
    r"(?:[:.-](?P<second>\d\d)(?:\.(?P<part>\d{1,9}))?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?",
    re.ASCII | re.IGNORECASE,
)


def time_of(text: str) -> datetime | None:
    """Return the time that a text says; one without a zone is taken as UTC.

    Parameters
    ----------
    text : str
        Such as ``2023-09-21 14:03:22 -0700`` or ``2023-09-21T14:03Z``; dashes may stand for the colons.

    Returns
    -------
    datetime or None
        In UTC, which makes equal times equal texts; None where it is no such time.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    zone = match["zone"] or "Z"
    zone = "+00:00" if zone.upper() in {"Z", "UTC", "GMT"} else f"{zone[:3]}:{zone[-2:]}"
    part = (match["part"] or "").ljust(6, "0")[:6]
    clock = f"{match['hour']}:{match['minute']}:{match['second'] or '00'}.{part}"
    try:
        return datetime.fromisoformat(f"{match['day']}T{clock}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):  # the 31st of February; a zone that leads out of the calendar
        return None
