"""Files and folders that are written whole or not at all, whatever kills the writer or fills the disk.

What is new is made beside what it replaces, on the same file system, and takes its place by a rename. What a
killed writer left beside is removed by the next one.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # linux/fs.h


def write_whole(path: Path, content: str | bytes) -> None:
    """Replace a file in one step: after a crash there is the old content or the new one, never a part.

    Args:
        path: the file; a device is written to as it is.
        content: bytes, or text, which becomes UTF-8; half a character becomes a question mark.

    Raises:
        OSError: it could not be written; what was there stays.
    """
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    with whole_file(path) as place:
        place.write_bytes(data)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A place to write a file to, which takes the other's name when the block ends without an error.

    The place has the suffix of the file. It is on the disk before it is renamed, and gone after an error.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    path = Path(os.path.realpath(path))  # what a link leads to is replaced, not the link
    _sweep(path)
    place = _beside(path)
    try:
        yield place
        if path.exists():
            shutil.copymode(path, place)
        _sync(place)
        os.replace(place, path)
    finally:
        place.unlink(missing_ok=True)
    _sync(path.parent)


@contextmanager
def whole_folder(out: Path, own: Collection[str]) -> Iterator[Path]:
    """An empty folder to fill, which takes the other's name, or its entries their names, at the end.

    A folder that holds nothing but ``own`` entries is exchanged whole. One that holds others as well, that
    somebody works in or that is a mount point, stays, and its own entries are replaced one after another; of
    those that were not made anew none is left.

    Args:
        out: the folder; made where it does not exist.
        own: names of all entries that this writer may make.

    Raises:
        OSError: it could not be written; what was there stays.
    """
    out = Path(os.path.realpath(out))
    out.parent.mkdir(parents=True, exist_ok=True)
    _sweep(out)
    inside = out.exists() and not _exchangeable(out, own)
    place = _beside(out / "build" if inside else out)
    if inside:
        _sweep(out / "build")
    place.mkdir()
    try:
        yield place
        for file in place.rglob("*"):
            if file.is_file():
                _sync(file)
        if inside:
            _replace_entries(place, out, own)
        elif not out.exists():
            os.rename(place, out)
            _sync(out.parent)
        else:
            shutil.copymode(out, place)
            _exchange(place, out)
            _sync(out.parent)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _exchangeable(out: Path, own: Collection[str]) -> bool:
    return (
        set(os.listdir(out)) <= set(own)
        and not os.path.ismount(out)
        and os.access(out.parent, os.W_OK)
        and not Path.cwd().is_relative_to(out)
    )


def _replace_entries(place: Path, out: Path, own: Collection[str]) -> None:
    for name in own:
        old, new = out / name, place / name
        if old.is_dir() and not old.is_symlink():
            _exchange(new, old) if new.exists() else shutil.rmtree(old)
        elif new.exists():
            os.replace(new, old)
        else:
            old.unlink(missing_ok=True)
    _sync(out)


def _exchange(a: Path, b: Path) -> None:
    """Two names change places, at once where the system can do that."""
    if sys.platform == "linux":
        rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
        if rename is not None:
            names = os.fsencode(a), os.fsencode(b)
            if rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0:
                return
            if (code := ctypes.get_errno()) not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
                raise OSError(code, os.strerror(code), str(b))
    old = b.with_name(f".{os.getpid()}.old.{b.name}")
    os.rename(b, old)
    os.rename(a, b)
    os.rename(old, a)


def _beside(path: Path) -> Path:
    return path.with_name(f".{os.getpid()}.new.{path.name}")


def _sweep(path: Path) -> None:
    """Remove what killed writers of a file or folder left; put back what one of them had moved away."""
    if not path.parent.is_dir():
        return
    for left in path.parent.glob(".*"):
        pid, _, rest = left.name[1:].partition(".")
        kind, _, name = rest.partition(".")
        if name != path.name or kind not in ("new", "old") or not pid.isdecimal() or _running(int(pid)):
            continue
        if kind == "old" and not path.exists():
            os.rename(left, path)
        elif left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _running(pid: int) -> bool:
    """Whether a writer may still be at work; this process is not, where it begins to write."""
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _sync(path: Path) -> None:
    """Content, or names in a folder, reach the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # file systems that have nothing to do
            raise
    finally:
        os.close(handle)
