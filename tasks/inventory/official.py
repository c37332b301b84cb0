"""The official text of an instrument: imported once by the user, kept outside the project.

The published statements are their authors' property and no part of this project. What a user
imports lies in the user's own data folder, beside a checksum that is compared at every use.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from fiduciary.economics.psychometrics.instruments import Instrument, checksum, own, with_statements
from fiduciary.parsing import parse_json
from fiduciary.tasks.inventory.statements import InstrumentError
from fiduciary.whole_files import write_whole

_CHECKOUT = Path(__file__).resolve().parents[2]


def data_folder() -> Path:
    """Where imported instruments lie: ``fiduciary/instruments`` in the user's data folder.

    ``$XDG_DATA_HOME`` where it is set; otherwise ``%LOCALAPPDATA%`` on Windows,
    ``~/Library/Application Support`` on macOS and ``~/.local/share`` elsewhere.

    Raises:
        InstrumentError: the folder lies in the project, where its content could be committed.
    """
    given = os.environ.get("XDG_DATA_HOME")
    if given:
        base = Path(given)
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path.home() / ".local" / "share"
    folder = (base / "fiduciary" / "instruments").resolve()
    # Installed, the project's parent folder is site-packages: the same holds there.
    if folder.is_relative_to(_CHECKOUT):
        raise InstrumentError(
            f"XDG_DATA_HOME must be a folder outside the project ({_CHECKOUT}), got {given!r}: "
            "official statements are never kept where they could be committed"
        )
    return folder


def store(name: str, statements: tuple[str, ...]) -> Path:
    """Keep the official statements of an instrument, in place of any that were there.

    Args:
        name: one of ``INSTRUMENTS``.
        statements: in the order of their numbers, as many as the key has slots.

    Raises:
        InstrumentError: they are the project's own form, or cannot be written.
    """
    instrument = with_statements(name, statements)
    ours = {item.statement for item in own(name).items}
    if shared := [item.number for item in instrument.items if item.statement in ours]:
        raise InstrumentError(
            f"FILE must hold the official statements of {name}, "
            f"got {len(shared)} of this project's own form (the first is number {shared[0]})"
        )
    path = data_folder() / f"{name}.json"
    content = {"instrument": name, "sha256": instrument.sha256, "statements": list(statements)}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise InstrumentError(
            f"the user's data folder must be writable, got {path.parent} ({error.strerror}); "
            "XDG_DATA_HOME names another"
        ) from None
    return path


def load(name: str) -> Instrument:
    """The official instrument that the user has imported.

    Raises:
        InstrumentError: none was imported, or what lies there is not what was stored.
    """
    path = data_folder() / f"{name}.json"
    again = f"fiduciary inventory import {name} FILE"
    if not path.is_file():
        raise InstrumentError(
            f"instrument=official needs the official text of {name}, which this project does not contain. "
            f"Obtain it from its authors, then: {again} (a PDF, TXT or CSV file); it is kept in {path.parent}"
        )
    try:
        content = parse_json(path.read_bytes())
        statements = tuple(str(statement) for statement in content["statements"])
        intact = content["instrument"] == name and content["sha256"] == checksum(statements)
        instrument = with_statements(name, statements)
    except (ValueError, KeyError, TypeError):
        intact = False
    if not intact:
        raise InstrumentError(f"{path} is damaged or was edited: its checksum does not fit. Again: {again}")
    return instrument
