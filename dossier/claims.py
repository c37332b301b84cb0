"""A dossier: the decision, the answers of its second page, claims, gaps and sources, and all as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from fiduciary.dossier.atlas import Atlas, Place
from fiduciary.dossier.decide import Decision
from fiduciary.dossier.finding import Claim, Gap, Source
from fiduciary.dossier.limits import Limits
from fiduciary.dossier.rules import WORDS, Verdict

FORMAT = 2


@dataclass(frozen=True)
class Answer:
    """One question of the second page.

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
        asked: how the choices were asked for that it judges by; None where there are none.
        left_out: (file, why) of what was given and could not be used.
    """

    model: str
    base: str | None
    principal: Mapping[str, Any]
    asked: str | None
    limits: Limits
    atlas: Atlas
    decision: Decision
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
            "asked": self.asked,
            "limits": self.limits.as_json(),
            "atlas": {"file": self.atlas.file, "sha256": self.atlas.sha256}
            | {"places": [vars(place) for place in self.atlas.places.values()]},
            "decision": asdict(self.decision),
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
                    "counted": claim.counted,
                    "word": WORDS[claim.verdict],
                }
                for claim in self.claims
            ],
            "gaps": [vars(gap) for gap in self.gaps],
            "sources": [vars(source) for source in self.sources],
            "left_out": [{"file": file, "why": why} for file, why in self.left_out],
        }
