"""The dossier's files, each written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.page import page
from fiduciary.dossier.pdf import NoPDF, render
from fiduciary.errors import unwritable
from fiduciary.leaderboard.log_files import Say
from fiduciary.leaderboard.payload import plain

NAMES = ("dossier.html", "dossier.json", "dossier.pdf")


def write(dossier: Dossier, out: Path, say: Say, *, pdf: bool = True, paper: str = "a4") -> list[Path]:
    """Write HTML, JSON and, where it can be made, PDF; the files written.

    Raises:
        UsageError: a folder that cannot be written to; ``OutsideError`` where the disk is full.
    """
    html = page(dossier, paper)
    data = json.dumps(plain(dossier.as_json()), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    files = {NAMES[0]: html.encode("utf-8", "replace"), NAMES[1]: data.encode("utf-8", "replace")}
    if pdf:
        say("PDF")
        try:
            files[NAMES[2]] = render(html)
        except NoPDF as error:
            say(str(error))
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            if name in files:
                _replace(out / name, files[name])
            else:
                (out / name).unlink(missing_ok=True)  # an older one would not belong to these figures
    except OSError as error:
        raise unwritable(out, error) from error
    return [out / name for name in files]


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
