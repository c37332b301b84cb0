"""Where an adoption hides something from the principal, which mechanism makes it visible, and what was found.

Source: Kaltenpoth & Müller, "Getting in Contract with Large Language Models" (LLM ATLAS), which lays agency
theory over the phases in which an organisation adopts a model. ``atlas.csv`` is its table. A file of the
same columns adds problems, and evidence of the organisation's own: a row with a ``finding`` is evidence, a
row with a new ``key`` a problem.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from fiduciary.dossier.paths import shown_path
from fiduciary.dossier.rules import WORDS, Verdict
from fiduciary.dossier.words import plain
from fiduciary.errors import UsageError

REFERENCE = "Kaltenpoth & Müller, “Getting in Contract with Large Language Models” (LLM ATLAS)"
COLUMNS = (
    *("key", "phase", "problem", "mechanism", "evidence", "heading", "meaning"),
    *("finding", "verdict", "source"),
)
_NEEDED = ("phase", "problem", "mechanism", "heading")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,39}")
_MOST_ROWS, _LARGEST = 200, 2**20
_VERDICTS: Mapping[str, Verdict] = {word: verdict for verdict, word in WORDS.items()}


@dataclass(frozen=True)
class Place:
    """A cell of the table: what evidence is filed under.

    Attributes:
        key: ``phase.mechanism``.
        phase: of the adoption.
        problem: what is hidden from the principal there.
        mechanism: what makes it visible; "" where nothing is hidden.
        evidence: what counts as evidence, in the source's words.
        heading: the cell in plain words.
        meaning: the mechanism in plain words.
    """

    key: str
    phase: str
    problem: str
    mechanism: str
    evidence: str
    heading: str
    meaning: str

    @property
    def theory(self) -> str:
        """What the theory calls it; "" where nothing is hidden."""
        return f"{self.mechanism}, against {self.problem}" if self.mechanism else ""


@dataclass(frozen=True)
class Own:
    """Evidence of the organisation's own.

    Attributes:
        place: key of its cell.
        finding: a sentence.
        verdict: whether it is good news for the principal.
        file: what it rests on.
    """

    place: str
    finding: str
    verdict: Verdict
    file: str


@dataclass(frozen=True)
class Atlas:
    """The table behind a dossier.

    Attributes:
        places: key → cell, in the table's order.
        own: evidence of the organisation's own.
        file: that extends the source's table, as it is shown; "" where none does.
        sha256: of that file.
    """

    places: Mapping[str, Place]
    own: tuple[Own, ...] = ()
    file: str = ""
    sha256: str = ""

    @property
    def phases(self) -> tuple[str, ...]:
        """In the order of the adoption."""
        return tuple(dict.fromkeys(place.phase for place in self.places.values()))


def _rows(text: str) -> list[dict[str, str]]:
    """Rows of a table, with "" where a cell is left out.

    Raises:
        ValueError: not the table's columns.
    """
    reader = csv.DictReader(io.StringIO(text), restkey="", strict=True)
    names = reader.fieldnames or []
    unknown = [plain(name, 30) for name in names if name not in COLUMNS]
    if unknown or "key" not in names or len(set(names)) < len(names):
        wrong = f"has the columns {', '.join(unknown)}" if unknown else "has no column key, or one twice"
        raise ValueError(f"{wrong}; known are {', '.join(COLUMNS)}")
    rows = []
    for row in reader:
        if "" in row:
            raise ValueError(f"line {reader.line_num} has more cells than the first line")
        rows.append({name: plain(row.get(name) or "", 600).strip() for name in COLUMNS})
    return rows


def _place(row: Mapping[str, str]) -> Place:
    return Place(**{name: row[name] for name in COLUMNS[:7]})


PLACES: Mapping[str, Place] = MappingProxyType(
    {row["key"]: _place(row) for row in _rows(Path(__file__).with_name("atlas.csv").read_text("utf-8"))}
)
"""The cells of the source's table."""


def read_atlas(file: str | None = None) -> Atlas:
    """The source's table, extended by a file.

    Raises:
        UsageError: a file that cannot be read, or all that is wrong in it, row by row, with what is allowed.
    """
    if file is None:
        return Atlas(PLACES)
    path = Path(file)
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError(f"it is larger than {_LARGEST // 2**20} MiB")
        raw = path.read_bytes()
        rows = _rows(raw.decode("utf-8-sig"))
    except (OSError, ValueError, csv.Error) as error:
        raise UsageError(f"--atlas {file} cannot be used: {error}") from error
    wrong = [f"it has more than {_MOST_ROWS} rows"] if len(rows) > _MOST_ROWS else []
    places, own = dict(PLACES), []
    for number, row in enumerate(rows[:_MOST_ROWS], 1):
        said = _wrong(row, places, path.parent)
        wrong += [f"row {number}: {one}" for one in said]
        if said:
            continue
        places.setdefault(row["key"], _place(row))
        if row["finding"]:
            source = str(path.parent / row["source"]) if row["source"] else file
            own.append(Own(row["key"], row["finding"], _VERDICTS[row["verdict"]], source))
    if wrong:
        raise UsageError(f"--atlas {file}: {'; '.join(wrong)}")
    phases = list(Atlas(PLACES).phases)
    ordered = sorted(places.values(), key=lambda place: phases.index(place.phase))
    table = MappingProxyType({place.key: place for place in ordered})
    return Atlas(table, tuple(own), shown_path(file), hashlib.sha256(raw).hexdigest())


def _wrong(row: Mapping[str, str], places: Mapping[str, Place], folder: Path) -> Sequence[str]:
    """What is wrong with a row."""
    key, held = row["key"], places.get(row["key"])
    if held is None:
        if not _KEY.fullmatch(key):
            return [f"key is {key!r}; phase.mechanism in small letters, digits and _ is wanted"]
        out = [f"{name} is empty, and {key} is a new problem" for name in _NEEDED if not row[name]]
        phases = Atlas(PLACES).phases
        if row["phase"] and row["phase"] not in phases:
            out.append(f"phase is {row['phase']!r}; one of {', '.join(phases)} is wanted")
    else:
        out = [
            f"{name} is {row[name]!r}, but {getattr(held, name)!r} in the table's {key}"
            for name in COLUMNS[1:4]
            if row[name] and row[name] != getattr(held, name)
        ]
        if not row["finding"]:
            out.append(f"{key} is there already, and the row has no finding")
    if row["finding"] and row["verdict"] not in _VERDICTS:
        out.append(f"verdict is {row['verdict']!r}; one of {', '.join(_VERDICTS)} is wanted")
    if not row["finding"] and (row["verdict"] or row["source"]):
        out.append("it has a verdict or a source, and no finding")
    if row["source"] and not (folder / row["source"]).is_file():
        out.append(f"source {row['source']} is no file beside the table")
    return out
