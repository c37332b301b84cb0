"""What a dossier is made of: claims with sources, gaps with the command that fills them, and both as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fiduciary.dossier import words
from fiduciary.dossier.atlas import PLACES, Place
from fiduciary.dossier.rules import RULES, WORDS, Verdict
from fiduciary.dossier.words import Unit

FORMAT = 1

Kind = Literal["log", "card", "data", "monitor", "supervision", "statement"]


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
        phase, problem, remedy: the place in the table of LLM ATLAS.
        title: a few words.
        statement: a sentence in plain words, with the figure.
        figure, low, high: the figure and the ends of its interval, None where there is none.
        level: of the interval.
        unit: what the figure is in; None without a figure.
        verdict: whether this is good news for the principal.
        sources: ids of what it rests on, at least one.
        rule: name of the limits that the verdict follows; "" where it follows a test, or there is none.
        note: what must be known to read the figure.
        topic: heading that it stands under within its place.

    Raises:
        ValueError: no sources, an unknown place or rule, or a figure that is not a number.
    """

    id: str
    phase: str
    problem: str
    remedy: str
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

    def __post_init__(self) -> None:
        if not self.sources:
            raise ValueError(f"the claim {self.id} names no source")
        if self.place not in PLACES:
            raise ValueError(f"the claim {self.id} has no place in the table")
        if self.rule and self.rule not in RULES:
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


@dataclass(frozen=True)
class Gap:
    """Something that is not known.

    Attributes:
        missing: what.
        why: why it matters, or why it could not be read.
        command: what fills it, to be given in the checkout.
    """

    id: str
    phase: str
    problem: str
    remedy: str
    missing: str
    why: str
    command: str

    @property
    def place(self) -> str:
        """Key of its cell of the table."""
        return ".".join(self.id.split(".")[:2])


@dataclass(frozen=True)
class Answer:
    """One question of the front page.

    Attributes:
        word: the answer in a word or two.
        claims: ids of the claims whose statements are the answer.
        remark: what else must be said, without any figure.
        command: something to do, or "".
    """

    question: str
    verdict: Verdict
    word: str
    claims: tuple[str, ...]
    remark: str = ""
    command: str = ""


@dataclass(frozen=True)
class Dossier:
    """All that is known about a model, and all that is not.

    Attributes:
        model, base: names as in the logs; base None where the model has none.
        principal: θ and ρ, with the profile's name where it has one.
        left_out: (file, why) of what was given and could not be used.
    """

    model: str
    base: str | None
    principal: Mapping[str, Any]
    level: float
    generated: str
    version: str
    front: tuple[Answer, ...]
    claims: tuple[Claim, ...]
    gaps: tuple[Gap, ...]
    sources: tuple[Source, ...]
    left_out: tuple[tuple[str, str], ...] = field(default=())

    def claim(self, name: str) -> Claim:
        """The claim of that id."""
        return next(claim for claim in self.claims if claim.id == name)

    def at(self, place: Place) -> tuple[tuple[Claim, ...], tuple[Gap, ...]]:
        """Claims and gaps of a cell of the table."""
        return (
            tuple(claim for claim in self.claims if claim.place == place.key),
            tuple(gap for gap in self.gaps if gap.place == place.key),
        )

    def as_json(self) -> dict[str, Any]:
        """Plain data; every claim also as it is shown."""
        return {
            "format": FORMAT,
            "kind": "fiduciary.dossier",
            "model": self.model,
            "base": self.base,
            "principal": dict(self.principal),
            "level": self.level,
            "generated": self.generated,
            "version": self.version,
            "front": [vars(answer) | {"claims": list(answer.claims)} for answer in self.front],
            "claims": [
                vars(claim)
                | {
                    "sources": list(claim.sources),
                    "shown": claim.shown,
                    "interval": claim.interval,
                    "word": WORDS[claim.verdict],
                }
                for claim in self.claims
            ],
            "gaps": [vars(gap) for gap in self.gaps],
            "sources": [vars(source) for source in self.sources],
            "left_out": [{"file": file, "why": why} for file, why in self.left_out],
        }
