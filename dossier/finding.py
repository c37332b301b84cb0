"""What is known in one sentence, what is not known, and what both rest on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from fiduciary.dossier import words
from fiduciary.dossier.rules import SUBJECTS, Verdict
from fiduciary.dossier.words import Unit

Kind = Literal["log", "card", "data", "monitor", "supervision", "table", "statement"]


@dataclass(frozen=True)
class Source:
    """What a claim rests on.

    Attributes:
        id: "S1", "S2", …
        file: where it lies; of a statement, what was stated.
        sha256: of the file, or of all files of a folder in order of their names; None for a statement.
        task, model, version, date, samples, seed, commit: of a log, as it holds them.
    """

    id: str
    kind: Kind
    file: str
    sha256: str | None = None
    task: str | None = None
    model: str | None = None
    version: str | None = None
    date: str | None = None
    samples: int | None = None
    seed: int | None = None
    commit: str | None = None


@dataclass(frozen=True)
class Claim:
    """One thing that is known, in one sentence.

    Attributes:
        id: ``place.name``, unique in a dossier.
        phase, problem, mechanism: the place in the table of LLM ATLAS.
        title: a few words.
        statement: a sentence in plain words, with the figure.
        figure, low, high: the figure and the ends of its interval, None where there is none.
        level: of the interval.
        unit: what the figure is in; None without a figure.
        verdict: whether this is good news for the principal.
        sources: ids of what it rests on, at least one.
        rule: that the recommendation counts it by; "" where it does not count.
        note: what must be known to read the figure.
        topic: heading that it stands under within its place.
        n: answers, samples or problems behind a share; None where nothing was counted.
        few: whether too few problems were asked for a verdict.
        otherwise: task that was asked in another way than the model will be, "" where it was not.

    Raises:
        ValueError: no sources, an unknown rule, or a figure that is not a number.
    """

    id: str
    phase: str
    problem: str
    mechanism: str
    title: str
    statement: str
    figure: float | None
    low: float | None
    high: float | None
    level: float | None
    unit: Unit | None
    verdict: Verdict
    sources: tuple[str, ...]
    rule: str = ""
    note: str = ""
    topic: str = ""
    n: int | None = None
    few: bool = False
    otherwise: str = ""

    def __post_init__(self) -> None:
        if not self.sources:
            raise ValueError(f"the claim {self.id} names no source")
        if self.rule and self.rule not in SUBJECTS:
            raise ValueError(f"the claim {self.id} names an unknown rule: {self.rule}")
        given = [x for x in (self.figure, self.low, self.high) if x is not None]
        if any(not math.isfinite(x) for x in given) or (given and self.unit is None):
            raise ValueError(f"the claim {self.id} has a figure that is not a number, or no unit")

    @property
    def place(self) -> str:
        """Key of its cell of the table."""
        return ".".join(self.id.split(".")[:2])

    @property
    def shown(self) -> str:
        """The figure as people read it."""
        return "" if self.unit is None else words.figure(self.figure, self.unit)

    @property
    def interval(self) -> str:
        """Its interval as people read it; "" without an interval."""
        return "" if self.unit is None else words.ends(self.low, self.high, self.unit)

    @property
    def counted(self) -> str:
        """The count behind a share, in full where whole answers were counted; "" behind any other figure."""
        if self.n is None or self.figure is None or self.unit != "share":
            return ""
        part = self.figure * self.n
        whole = abs(part - round(part)) < 1e-6
        return f"{round(part):,} of {self.n:,}" if whole else f"of {self.n:,}"


@dataclass(frozen=True)
class Gap:
    """Something that is not known.

    Attributes:
        missing: what.
        why: why it matters, or why it could not be read.
        command: what fills it, to be pasted in the checkout; "" where somebody must be asked first.
    """

    id: str
    phase: str
    problem: str
    mechanism: str
    missing: str
    why: str
    command: str = ""

    @property
    def place(self) -> str:
        """Key of its cell of the table."""
        return ".".join(self.id.split(".")[:2])
