"""The two lines of `.env` by which Inspect finds a server, and their removal."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from fiduciary.serving.errors import RefusedError

BEGIN = "# fiduciary serve: these two lines go when it stops"
ASIDE = "#aside# "  # before a line of the user's own that would contradict ours
_OURS = re.compile(r"\s*(export\s+)?(VLLM_BASE_URL|VLLM_API_KEY)\s*=")


def refuse_link(file: Path) -> None:
    """Refuse to write where somebody else may have pointed to.

    Raises:
        RefusedError: the file is a symbolic link, also one to nothing.
    """
    if file.is_symlink():
        raise RefusedError(
            f"{file} is a symbolic link, through which no key is written: put a file in its place, or start "
            "in another folder"
        )


def write(file: Path, url: str, key: str) -> None:
    """Set VLLM_BASE_URL and VLLM_API_KEY; other lines are kept, and lines that set the same put aside.

    Args:
        file: usually ``.env`` of the current directory; made if it is not there.
        url: the server's address, with ``/v1``.
        key: its API key.

    Raises:
        RefusedError: it is a symbolic link.
        OSError: it cannot be written; then it is as it was.
    """
    refuse_link(file)
    # First what a launcher that was killed left.
    lines = _without(_read(file))
    lines = [ASIDE + line if _OURS.match(line) else line for line in lines]
    _replace(file, [*lines, BEGIN, f"VLLM_BASE_URL={url}", f"VLLM_API_KEY={key}"])


def remove(file: Path, url: str) -> None:
    """Put the file back as it was, except what others have changed in it since.

    Args:
        file: as given to ``write``.
        url: as given to ``write``; lines that another server has set since are left alone.

    Raises:
        RefusedError: it has become a symbolic link.
        OSError: it cannot be written.
    """
    refuse_link(file)
    lines = _read(file)
    if BEGIN not in lines or f"VLLM_BASE_URL={url}" not in lines[lines.index(BEGIN) :]:
        return
    lines = _without(lines)
    if lines:
        _replace(file, lines)
    else:
        file.unlink()


def _read(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _without(lines: list[str]) -> list[str]:
    """The lines as they were before ``write``."""
    if BEGIN not in lines:
        return lines
    start = lines.index(BEGIN)
    end = start + 1
    while end < len(lines) and _OURS.match(lines[end]):
        end += 1
    return [line.removeprefix(ASIDE) for line in lines[:start] + lines[end:]]


def _replace(file: Path, lines: list[str]) -> None:
    """Write beside it and rename: a full disk must not cost the user the other lines."""
    handle, name = tempfile.mkstemp(prefix=".env-", dir=file.parent)  # for the owner alone: it holds a key
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write("\n".join(lines) + "\n")
        if file.exists():
            os.chmod(name, file.stat().st_mode)
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
