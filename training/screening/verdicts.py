"""What a check found, and what that means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

FINE, NOTE, PROBLEM, NOT_APPLICABLE = "fine", "note", "problem", "not applicable"
"""Nothing found; something to look at; something to correct before training; a check that does not fit."""

EXAMPLES = 5
"""Rows that a check shows."""

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True)
class Example:
    """A row that shows what was found.

    Attributes:
        row: 1-based number over all files.
        text: what stands there, on one line, without control characters; untrusted text.
        other: number of the row that it is held against, if there is one.
    """

    row: int
    text: str
    other: int | None = None


@dataclass(frozen=True)
class Check:
    """One check of a data set.

    Attributes:
        name: key, stable.
        title: for people.
        verdict: one of the four words above.
        sentence: what was found, in a sentence.
        threshold: what makes it a problem, in words.
        method: how the figure was got.
        n: rows that the check looked at.
        figure, unit: the number that the verdict is about; None where the check does not apply.
        low, high: ends of its 95 % interval; None for counts of the whole data, which have no sampling error.
        p: p-value against ``baseline``, where there is a test.
        baseline: what the figure is where nothing is wrong.
        details: further numbers.
        examples: at most ``EXAMPLES`` rows.
    """

    name: str
    title: str
    verdict: str
    sentence: str
    threshold: str
    method: str
    n: int
    figure: float | None = None
    unit: str = "share"
    low: float | None = None
    high: float | None = None
    p: float | None = None
    baseline: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class Screening:
    """All checks of a data set.

    Attributes:
        data: the path as it was given.
        files: file, SHA-256 and number of rows of each.
        rows: number of rows.
        type: TRL's name for the kind of data.
        conversational: whether texts are lists of messages.
        columns: names.
        checks: in a fixed order.
    """

    data: str
    files: tuple[Mapping[str, Any], ...]
    rows: int
    type: str
    conversational: bool
    columns: tuple[str, ...]
    checks: tuple[Check, ...]

    @property
    def verdict(self) -> str:
        """The worst verdict."""
        verdicts = {check.verdict for check in self.checks}
        return next((v for v in (PROBLEM, NOTE) if v in verdicts), FINE)

    @property
    def sentence(self) -> str:
        """All verdicts together, for a reader."""
        named = {v: [c.title.lower() for c in self.checks if c.verdict == v] for v in (PROBLEM, NOTE)}
        applied = sum(c.verdict != NOT_APPLICABLE for c in self.checks)
        text = f"{self.rows:,} rows ({self.type}), {applied} checks: "
        parts = []
        if named[PROBLEM]:
            parts.append(f"{_count(len(named[PROBLEM]), 'problem')} ({', '.join(named[PROBLEM])})")
        if named[NOTE]:
            parts.append(f"{_count(len(named[NOTE]), 'note')} ({', '.join(named[NOTE])})")
        return text + ("; ".join(parts) if parts else "nothing found") + "."

    def as_json(self) -> dict[str, Any]:
        """In a form that JSON holds."""
        out = {name: getattr(self, name) for name in ("data", "rows", "type", "conversational")}
        out |= {"files": [dict(file) for file in self.files], "columns": list(self.columns)}
        out |= {"verdict": self.verdict, "sentence": self.sentence}
        return out | {"checks": [asdict(check) for check in self.checks]}


def plain(text: str, limit: int = 120) -> str:
    """Untrusted text on one line, without control characters and marks that turn the writing."""
    line = " ".join(_UNSEEN.sub(" ", text[: 4 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def not_applicable(name: str, title: str, why: str) -> Check:
    """A check that does not fit the data."""
    return Check(name, title, NOT_APPLICABLE, why, "", "", 0)


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"
