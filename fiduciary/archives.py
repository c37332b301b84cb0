"""Archives from anywhere, looked through before any reader inflates them.

A reader of archives trusts what it is given: a few megabytes may hold gigabytes, and the list of an archive's
members may say less than is in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import crc32

MOST_MEMBERS = 100_000
MOST_BYTES = 4 << 30
"""Inflated, of all members together."""

UNSUSPICIOUS = 32 << 20
"""Inflated bytes up to which no ratio is asked about."""

MOST_TIMES = 100
"""Inflated over stored bytes; logs of every task stay below 25."""

_PIECE = 4096  # stored bytes at a time, so that even the densest piece stays small when it is inflated


class BadArchive(ValueError):
    """An archive that no reader should see; says why in one line."""


def opened(source: IO[bytes]) -> ZipFile:
    """An archive whose list of members keeps within the limits.

    Raises:
        BadArchive: no archive, or one that says of itself that it holds too much.
    """
    try:
        archive = ZipFile(source)
    except (BadZipFile, OSError, ValueError, NotImplementedError, OverflowError) as error:
        raise BadArchive("is no whole archive (truncated, or not a log)") from error
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise BadArchive(f"holds {len(members):,} members, more than {MOST_MEMBERS:,}")
    inflated = sum(member.file_size for member in members)
    stored = sum(member.compress_size for member in members)
    if inflated > MOST_BYTES:
        raise BadArchive(f"would inflate to {_size(inflated)}, more than {_size(MOST_BYTES)}")
    for name, large, small in (
        ("it", inflated, stored),
        *((member.filename, member.file_size, member.compress_size) for member in members),
    ):
        if large > UNSUSPICIOUS and large > MOST_TIMES * max(small, 1):
            raise BadArchive(
                f"holds {_size(small)} that would inflate to {_size(large)} ({name}), more than "
                f"{MOST_TIMES} times as much"
            )
    return archive


def check(archive: ZipFile, names: Iterable[str]) -> None:
    """Inflate members once, in small pieces, and compare them with what the list says of them.

    Args:
        archive: as :func:`opened` gives it.
        names: members; those that the archive does not hold are passed over.

    Raises:
        BadArchive: more in a member than its list says, another content, or a member that is cut off.
    """
    held = set(archive.namelist())
    for name in names:
        if name in held:
            for _ in _pieces(archive, archive.getinfo(name)):
                pass


def content(archive: ZipFile, name: str) -> bytearray:
    """All that a member holds, checked while it is inflated, once.

    Args:
        archive: as :func:`opened` gives it.
        name: of a member that it holds.

    Raises:
        BadArchive: as of :func:`check`.
    """
    found = bytearray()
    for piece in _pieces(archive, archive.getinfo(name)):
        found += piece
    return found


def _pieces(archive: ZipFile, member: ZipInfo) -> Iterator[bytes]:
    """A member piece by piece, never more of it than the list of members says."""
    # One byte more than the list says: whoever reads it has found that the list lies. zipfile would compare
    # the checksum before it gets there.
    longer = copy(member)
    longer.file_size += 1
    longer.CRC = None  # type: ignore[assignment]
    found = checksum = 0
    try:
        with archive.open(longer) as stream:
            while piece := stream.read1(_PIECE):  # type: ignore[attr-defined]
                found += len(piece)
                checksum = crc32(piece, checksum)
                if found > member.file_size:
                    raise BadArchive(f"holds more in {member.filename} than its list of members says")
                yield piece
    except BadArchive:
        raise
    except Exception as error:  # zlib's, zstandard's and zipfile's own
        raise BadArchive(f"is damaged in {member.filename}") from error
    if found < member.file_size:
        raise BadArchive(f"is cut off in {member.filename}")
    if checksum != member.CRC:
        raise BadArchive(f"is damaged in {member.filename}")


def _size(count: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count} bytes"
