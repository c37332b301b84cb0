"""Files that claims rest on: their fingerprints, and their names as people read them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from fiduciary._inspect import open_file
from fiduciary.dossier.words import plain


def digest(path: str) -> str:
    """SHA-256 of a file, or over names and contents of all files in a folder, in the order of their names."""
    state = hashlib.sha256()
    if "://" in path or Path(path).is_file():
        _feed(state, path)
        return state.hexdigest()
    for file in sorted(p for p in Path(path).rglob("*") if p.is_file()):
        state.update(os.fsencode(file.relative_to(path)) + b"\0")
        _feed(state, str(file))
    return state.hexdigest()


def shown_path(path: str) -> str:
    """A path below the working folder without that folder; text that is fit to be shown."""
    if "://" not in path:
        resolved = Path(path).resolve()
        if resolved.is_relative_to(Path.cwd()):
            path = str(resolved.relative_to(Path.cwd()))
    return plain(path, 400)


def _feed(state: hashlib._Hash, path: str) -> None:
    with open_file(path, "rb") as source:
        while block := source.read(1 << 20):
            state.update(block)
