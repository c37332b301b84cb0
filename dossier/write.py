"""The dossier's files, all of one make or none."""

from __future__ import annotations

from pathlib import Path

from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.page import page
from fiduciary.dossier.pdf import NoPDF, render
from fiduciary.errors import unwritable
from fiduciary.leaderboard.log_files import Say
from fiduciary.leaderboard.payload import plain
from fiduciary.safe_text import json_text
from fiduciary.whole_files import whole_folder, write_whole

NAMES = ("dossier.html", "dossier.json", "dossier.pdf")


def write(dossier: Dossier, out: Path, say: Say, *, pdf: bool = True, paper: str = "a4") -> list[Path]:
    """Write HTML, JSON and, where it can be made, PDF; the files written.

    Raises:
        UsageError: a folder that cannot be written to; ``OutsideError`` where the disk is full.
    """
    html = page(dossier, paper)
    data = json_text(plain(dossier.as_json()), indent=1, allow_nan=False) + "\n"
    files: dict[str, str | bytes] = {NAMES[0]: html, NAMES[1]: data}
    if pdf:
        say("PDF")
        try:
            files[NAMES[2]] = render(html)
        except NoPDF as error:
            say(str(error))
    try:
        with whole_folder(out, NAMES) as place:
            for name, content in files.items():
                write_whole(place / name, content)
    except OSError as error:
        raise unwritable(out, error) from error
    return [out / name for name in files]
