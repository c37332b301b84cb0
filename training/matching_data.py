"""What choice matching learns from: problems, how each is asked, and the target's choice probabilities.

DPO and SFT are told which option is the better one. A target with a stated noise says more: with
V = γ U(welfare; θ, ρ) its choice probabilities are ``softmax(V/τ)``, exactly, for every problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.principals import Principal
from fiduciary.economics.problems import generate
from fiduciary.solvers.asking import CLOSING, CLOSINGS
from fiduciary.tasks.stakeholder_choice.prompts import LABELS, NEUTRAL_WORDINGS, WORDINGS
from fiduciary.training.card_parts import program_version
from fiduciary.training.checks import Evaluations
from fiduciary.training.preference_data import PreferenceData
from fiduciary.training.preference_pairs import MOVED_LETTERS, prompt
from fiduciary.training.reasoning import VOICES, Shown, respond, suitable, templates

if TYPE_CHECKING:
    from collections.abc import Iterator

TRAINED_WORDINGS = NEUTRAL_WORDINGS[::2]
TRAINED_CLOSINGS = CLOSINGS[::2]
"""Every second wording and every second one of the closing words are kept out of training, so that what an
adapter makes of words that it never saw can be measured."""

PARTS = ("choose", "own", "written")
"""What a label stands behind: the closing words alone, an explanation that the model in training wrote, or
one that was written for it and argues for an option drawn from the target's probabilities."""

_APART = 1_000_000
"""Characters that rows with explanations of the model's own pretend to have, so that they come in batches of
their own: to write sixteen explanations takes as many steps as to write one."""

_STREAM = 0x3A7C  # keeps these draws apart from others that start from the same seed


@dataclass(frozen=True)
class MatchDesign:
    """Which problems, and how they are asked.

    Attributes:
        target: whose choice probabilities are matched.
        gamma: γ > 0 of the target, per raw unit of welfare: how sharply it tells better from worse.
        n: number of problems, ≥ 1.
        seed: of every draw, ≥ 0.
        trade_offs: a key of ``economics.problems.DESIGNS``.
        wordings: keys of ``WORDINGS``, taken in turn.
        closings: closing words, drawn uniformly.
        own, written: shares of problems whose label stands behind the model's own explanation, and behind one
            that was written for it; the rest have the closing words alone.
        voice: of the written explanations, one of ``training.reasoning.VOICES``.

    Raises:
        ValueError: a value outside these.
    """

    target: Principal
    gamma: float
    n: int = 10_000
    seed: int = 0
    trade_offs: str = "default"
    wordings: tuple[str, ...] = TRAINED_WORDINGS
    closings: tuple[str, ...] = TRAINED_CLOSINGS
    own: float = 0.25
    written: float = 0.25
    voice: str = "varied"

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"the number of problems must be at least 1, got {self.n}")
        if not (np.isfinite(self.gamma) and self.gamma > 0):
            raise ValueError(f"gamma must be finite and > 0, got {self.gamma}")
        if not (0 <= self.own <= 1 and 0 <= self.written <= 1 and self.own + self.written <= 1):
            raise ValueError(
                f"own and written are shares of the problems that add up to at most 1, got {self.own:g} and "
                f"{self.written:g}"
            )
        if self.voice not in VOICES:
            raise ValueError(f"voice must be one of {', '.join(VOICES)}, got {self.voice!r}")
        for wording in self.wordings:
            if wording not in WORDINGS:
                raise ValueError(f"wording must be one of {', '.join(WORDINGS)}, got {wording!r}")
        if not self.wordings or not self.closings:
            raise ValueError("there must be at least one wording and one kind of closing words")


def build(design: MatchDesign) -> Iterator[dict[str, Any]]:
    """The problems as they are asked; the same design gives the same, and a smaller n their beginning.

    Each is a row with the ``prompt`` as messages, its ``length``, by which a sampler may group rows, what the
    label stands behind (``part``, one of ``PARTS``), the ``closing`` words, the ``written`` explanation with
    its closing sentence (else ""), the ``labels`` in the order shown, the target's ``probabilities`` in that
    order, and the ``problem``'s id and ``wording``.
    """
    rng = np.random.default_rng([design.seed, _STREAM])
    voice, weights = templates(design.voice), design.target.utility.theta
    for turn, problem in enumerate(
        generate(design.n, design.seed, trade_offs=design.trade_offs, split="training")
    ):
        wording = design.wordings[turn % len(design.wordings)]
        order, drawn = rng.permutation(problem.n_options), rng.permutation(problem.n_options)
        moved, which, argued, said = rng.random(4).tolist()
        begun = design.closings[int(rng.integers(len(design.closings)))]
        labels = "".join(LABELS[k] for k in (drawn if moved < MOVED_LETTERS else range(problem.n_options)))
        part = "own" if which < design.own else "written" if which < design.own + design.written else "choose"
        welfare = problem.displayed(WORDINGS[wording].decimals)[order]
        wanted = choice_probabilities(design.gamma * design.target.utility.utility(welfare))
        text = ""
        if part == "written":
            place = int(np.searchsorted(np.cumsum(wanted), argued * float(wanted.sum()), side="right"))
            place = min(place, problem.n_options - 1)
            shown = Shown(welfare, wording, labels)
            fitting = suitable(voice, shown, (place,), weights)
            text = respond(shown, place, "explain", fitting[int(said * len(fitting))], weights)
        asked = prompt(problem, wording, order.tolist(), _way(part, turn), labels)
        yield {
            "prompt": asked,
            "length": len(asked[-1]["content"]) + len(text) + (_APART if part == "own" else 0),
            "part": part,
            # A response closes in the words that the task asks for; others are only ever begun for the model.
            "closing": CLOSING if part == "written" else begun,
            "written": text,
            "labels": list(labels),
            "probabilities": wanted.tolist(),
            "problem": problem.id,
            "wording": wording,
        }


def make(design: MatchDesign) -> PreferenceData:
    """The problems as a table, with the facts of their making."""
    from datasets import Dataset, disable_progress_bars

    disable_progress_bars()
    return PreferenceData(Dataset.from_list(list(build(design))), describe(design, Evaluations()))


def describe(design: MatchDesign, evaluations: Evaluations) -> dict[str, Any]:
    """What was asked for, in a form that JSON holds."""
    return {
        "version": program_version(),
        "target": design.target.facts(),
        "shift": design.target.utility.shift,
        "gamma": design.gamma,
        "seed": design.seed,
        "split": "training",
        "trade_offs": design.trade_offs,
        "wordings": list(design.wordings),
        "closings": list(design.closings),
        "framing": "neutral",
        "own": design.own,
        "written": design.written,
        "voice": design.voice,
        "disjoint_from": {
            "seeds": list(evaluations.seeds),
            "n": evaluations.n,
            "trade_offs": list(evaluations.trade_offs),
        },
    }


def _way(part: str, turn: int) -> str:
    """How a problem is asked: written explanations also as a text alone is asked for, in turn."""
    if part == "choose":
        return "choose"
    return "text" if part == "written" and turn % 2 else "explain"
