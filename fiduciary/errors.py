"""The errors that every command prints as one line, and the exit codes that they all share."""

from __future__ import annotations

import errno
from pathlib import Path

from fiduciary.safe_text import one_line

DONE, FOUND, UNUSABLE, OUTSIDE = range(4)

CODES = {
    DONE: "done",
    FOUND: "a finding that was to be failed on",
    UNUSABLE: "a path or an argument that cannot be used, which you can put right",
    OUTSIDE: "something outside failed: a server, a network or a disk",
}
"""Exit code → what it says, of every command."""

_OUTSIDE = {
    getattr(errno, name)
    for name in (
        *("ENOSPC", "EDQUOT", "EIO", "ESTALE", "ECONNREFUSED", "ECONNRESET", "ECONNABORTED"),
        *("ETIMEDOUT", "ENETDOWN", "ENETUNREACH", "EHOSTDOWN", "EHOSTUNREACH"),
    )
    if hasattr(errno, name)
}


class UsageError(ValueError):
    """What was asked for cannot be done.

    Args:
        message: what is wrong and what to do; on one line, and nothing in it that a terminal would obey.

    Attributes:
        code: the exit code.
    """

    code = UNUSABLE

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(one_line(message).split()))


class OutsideError(UsageError):
    """Something outside failed, and what was asked for may well be done another time."""

    code = OUTSIDE


def of_system(error: OSError, doing: str = "") -> UsageError:
    """What an error of the operating system comes to: a full disk is nobody's mistake, a wrong path is.

    Args:
        error: as raised.
        doing: what failed, such as "cannot write to FOLDER"; by default the file is named.
    """
    lost = error.errno in _OUTSIDE or isinstance(error, TimeoutError | ConnectionError)
    place = f"{error.filename}: " if error.filename and not doing else ""
    said = f"{doing}: {error.strerror or error}" if doing else f"{place}{error.strerror or error}"
    return (OutsideError if lost else UsageError)(said)


def unwritable(place: Path | str, error: OSError) -> UsageError:
    """The error of a folder or file that cannot be written to."""
    return of_system(error, f"cannot write to {place}")
