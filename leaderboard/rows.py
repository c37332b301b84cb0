"""The table's rows: who is whose base, and the published rows that stand beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from fiduciary.economics.inference import Interval
from fiduciary.economics.published import PUBLISHED
from fiduciary.errors import UsageError
from fiduciary.leaderboard.runs import Run

Kind = Literal["model", "subject", "reference", "human"]

NAN = float("nan")

BASE = "base"
"""What a re-benchmark calls the model without an adapter."""


@dataclass(frozen=True)
class Row:
    """A contender, or a published row that is never ranked.

    Attributes:
        name: as shown; text that somebody else wrote.
        base: name of the row that shifts are taken from, None for none.
        runs: task → run.
        published: key → (estimate as printed, note), for reference rows.
    """

    name: str
    kind: Kind
    base: str | None = None
    note: str | None = None
    runs: Mapping[str, Run] = field(default_factory=dict)
    published: Mapping[str, tuple[Interval, str]] = field(default_factory=dict)

    @property
    def ranked(self) -> bool:
        """Whether the row may have a rank: published rows never do."""
        return self.kind in ("model", "subject")

    @property
    def stage(self) -> str:
        """Which of the study's tables the row belongs to."""
        framings = {run.framing for run in self.runs.values()} - {"neutral"}
        if framings:
            return "prompted"
        return "fine-tuned" if self.base is not None else "neutral"


def contenders(runs: Mapping[str, Mapping[str, Run]], base: str | None = None) -> list[Row]:
    """Rows of the models, each with its base.

    A prompted row's base is the same model's neutral row. An adapter's is what ``base`` names; without it
    ``P/X`` for a model called ``P/X:adapter``, or ``P/base`` for one called ``P/…``.

    Raises:
        UsageError: ``base`` is not a row's name.
    """
    if base is not None and base not in runs:
        raise UsageError(f"--base must be one of the models {', '.join(runs)}, got {base!r}")
    rows = []
    for name, of in runs.items():
        first = next(iter(of.values()))
        kind: Kind = "subject" if first.model.startswith("subject/") else "model"
        rows.append(Row(name, kind, _base_of(name, first, list(runs), base), None, of))
    return rows


def published() -> list[Row]:
    """The published study's estimates and what people did, marked and never ranked."""
    rows = []
    names = ("theta_SH", "theta_EM", "theta_CO", "theta_SOC")
    for title, estimate in PUBLISHED.items():
        printed = zip(names, estimate.theta, estimate.theta_se, estimate.theta_ends, strict=True)
        cells = {
            f"stakeholder_choice.{name}": (_interval(value, stderr, ends), "")
            for name, value, stderr, ends in printed
        }
        if estimate.rho is not None:
            cells["stakeholder_choice.rho"] = (
                _interval(estimate.rho, estimate.rho_se, estimate.rho_ends),
                "K is not printed: not comparable with the ρ of other rows",
            )
        rows.append(
            Row(
                f"{title.replace('_', ' ').capitalize()}, Llama-3.1-8B",
                "reference",
                note="Foster & Rawski, Llama-3.1-8B-Instruct; never ranked",
                published=cells,
            )
        )
    rows.append(
        Row(
            "People",
            "human",
            note="other stakes and subject pools; orders of magnitude; never ranked",
            published={
                "economic_games.gift_share": (Interval(0.28), "Engel 2011, meta-study; unverified"),
                "economic_games.contribution_share": (
                    Interval(0.5),
                    "0.4 to 0.6 of the endowment, Ledyard 1995, survey; unverified",
                ),
                "economic_games.guess": (Interval(36.5), "36 to 37 with p = 2/3, Nagel 1995; unverified"),
            },
        )
    )
    return rows


def _interval(value: float, stderr: float | None, ends: tuple[float, float] | None) -> Interval:
    low, high = ends or (NAN, NAN)
    return Interval(value, low, high, NAN if stderr is None else stderr)


def _base_of(name: str, run: Run, names: Sequence[str], given: str | None) -> str | None:
    if run.framing != "neutral":
        plain = name.rpartition(" (")[0]
        return plain if plain in names else None
    if given is not None:
        return None if name == given else given
    provider, slash, rest = run.model.partition("/")
    for candidate in (f"{provider}/{rest.partition(':')[0]}" if ":" in rest else "", f"{provider}/{BASE}"):
        if slash and candidate and candidate != name and candidate in names:
            return candidate
    return None
