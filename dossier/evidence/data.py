"""Data, screening: what was found in the training data themselves."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fiduciary.dossier.case import LEVEL, Case
from fiduciary.dossier.ledger import Ledger
from fiduciary.dossier.rules import Verdict
from fiduciary.dossier.words import Unit, plain
from fiduciary.errors import UsageError
from fiduciary.parsing import parse_json

PLACE = "data.screening"
KIND, VERSION = "fiduciary.screening", 1

_VERDICTS: dict[str, Verdict] = {"fine": "good", "note": "unclear", "problem": "bad"}
_UNITS: dict[str, Unit] = {"share": "share", "count": "count"}
_WRONG = (KeyError, TypeError, ValueError, AttributeError)


def enter(case: Case, ledger: Ledger) -> None:
    """One claim a check of every data set."""
    if not case.given.data:
        ledger.gap(
            f"{PLACE}.data",
            "What is in the training data",
            "Duplicates, leaked problems, imbalance and shortcuts of style do not show in a card. "
            "Ask whoever trained the model for the data, and name them with --data: they are screened then.",
        )
        return
    number = 0
    for given in case.given.data:
        source = ledger.file("data", given)
        for screening in screenings(given):
            number += 1
            try:
                _screening(ledger, screening, source, number)
            except _WRONG as error:
                raise UsageError(f"--data {given} is not a screening of this version: {error!r}") from error


def screenings(given: str) -> Iterator[Mapping[str, Any]]:
    """Stored screenings, or those of a data set that is screened now.

    Raises:
        UsageError: a file that is not a screening, or data that cannot be screened.
    """
    if Path(given).suffix == ".json" and (held := _stored(Path(given))) is not None:
        yield from held
        return
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "screening.json"
        done = subprocess.run(
            [sys.executable, "-m", "fiduciary", "train", "screen", given, "--out", str(out)],
            capture_output=True,
            text=True,
            check=False,
        )
        found = _stored(out) if done.returncode == 0 and out.exists() else None
        if found is None:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise UsageError(f"--data {given} cannot be screened: {plain(last.removeprefix('error: '))}")
        yield from found


def _stored(file: Path) -> list[Mapping[str, Any]] | None:
    """The screenings of a file; None for JSON that is something else, such as data."""
    try:
        held = parse_json(file.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"--data {file} cannot be read: {error}") from error
    if not isinstance(held, dict) or held.get("kind") != KIND:
        return None
    if held.get("version") != VERSION:
        raise UsageError(f"--data {file} has version {held.get('version')!r}; this one reads {VERSION}")
    return list(held.get("screenings") or [])


def _screening(ledger: Ledger, screening: Mapping[str, Any], source: str, number: int) -> None:
    ledger.topic = f"Data set: {plain(screening['data'], 100)}"
    name = f"{PLACE}.data{number}"
    rows = int(screening["rows"])
    held = [ledger.recorded("data", str(file["file"]), str(file["sha256"])) for file in screening["files"]]
    sources = [source, *held]
    ledger.claim(
        f"{name}_summary",
        "All checks together",
        plain(screening["sentence"], 600),
        sources,
        float(rows),
        "count",
        verdict=_VERDICTS.get(str(screening["verdict"]), "unclear"),
        note="the figure counts rows",
    )
    for check in screening["checks"]:
        if check["verdict"] == "not applicable":
            continue
        figure, low, high = (
            None if check.get(k) is None else float(check[k]) for k in ("figure", "low", "high")
        )
        ledger.claim(
            f"{name}_{_slug(check['name'])}",
            plain(check["title"], 100),
            plain(check["sentence"], 600),
            sources,
            figure,
            _UNITS.get(str(check.get("unit")), "number"),
            low=low,
            high=high,
            level=LEVEL,
            rule="data",
            verdict=_VERDICTS.get(str(check["verdict"]), "unclear"),
            n=rows if check.get("unit") == "share" else None,
            note=plain(check.get("threshold") or "", 300),
        )


def _slug(name: object) -> str:
    return "".join(char if char.isalnum() and char.isascii() else "_" for char in str(name))[:60]
