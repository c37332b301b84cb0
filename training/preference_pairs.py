"""Preference pairs for a CES utility: which of two responses a manager with that utility would give.

A pair asks one problem of the training split in the neutral framing. The chosen response argues for
and closes with the option that maximises the utility of the figures shown; the rejected one argues for
another option, drawn uniformly from those that are worse. Both come from :mod:`training.reasoning` with
the same template. In a third of the pairs letters are drawn anew, so that what is taught is neither a
letter nor a place but the option that the text gives the letter to. Tied best options are never played off
against each other; a problem in which all options tie makes no pair.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fiduciary.economics.principals import Principal
from fiduciary.economics.problems import ChoiceProblem, generate
from fiduciary.solvers.asking import instruction
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS
from fiduciary.tasks.stakeholder_choice.prompts import LABELS, NEUTRAL_WORDINGS, WORDINGS, render
from fiduciary.training.errors import TrainingError
from fiduciary.training.reasoning import VOICES, Shown, respond, suitable, templates

DRAWS = ("argmax", "gap")
"""How problems become pairs.

``argmax``: every pair counts alike, whether its options are worlds apart or all but tied. ``gap``: a pair
is kept with probability 2P − 1 = tanh(γΔU/2), where P = 1/(1 + exp(−γΔU)) is the logit probability that
the better of its two options is preferred at scale γ. A near-tie is then rarely heard.
"""

FORMS = ("explain", "text", "choose")
"""How a pair asks, in the task's words: for reasoning and a letter (``explain``), for reasoning and the
closing sentence (``text``), for a letter (``choose``). The first two have the same response; that to
``choose`` is the closing sentence alone."""

ELICITATIONS = (*FORMS, "all")
"""One of the forms, or each of them in turn."""

Message = dict[str, str]

MOVED_LETTERS = 1 / 3
"""Share of pairs whose letters are in a random order (at times their own)."""

_STREAM = 0x9A12  # keeps these draws apart from others that start from the same seed
_GIVE_UP = 50  # problems looked at for each pair wanted


@dataclass(frozen=True)
class PairDesign:
    """What the pairs are about.

    Attributes:
        target: whose choices are the chosen ones.
        n: number of pairs, ≥ 1.
        seed: seed of every draw, ≥ 0.
        trade_offs: a key of ``economics.problems.DESIGNS``.
        wordings: keys of ``WORDINGS``, taken in turn.
        elicitation: one of ``ELICITATIONS``.
        draw: one of ``DRAWS``.
        gamma: scale γ of the draw ``gap``, per raw unit of welfare.
        voice: one of ``training.reasoning.VOICES``.

    Raises:
        ValueError: a value outside these.
    """

    target: Principal
    n: int = 10_000
    seed: int = 0
    trade_offs: str = "default"
    wordings: tuple[str, ...] = ("plain",)
    elicitation: str = "all"
    draw: str = "argmax"
    gamma: float = 1.0
    voice: str = "varied"

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"the number of pairs must be at least 1, got {self.n}")
        if not (np.isfinite(self.gamma) and self.gamma > 0):
            raise ValueError(f"gamma must be finite and > 0, got {self.gamma}")
        for what, value, known in (
            ("elicitation", self.elicitation, ELICITATIONS),
            ("draw", self.draw, DRAWS),
            ("voice", self.voice, VOICES),
            *(("wording", wording, WORDINGS) for wording in self.wordings if self.wordings != ("all",)),
        ):
            if value not in known:
                raise ValueError(f"{what} must be one of {', '.join(known)}, got {value!r}")
        if self.wordings in ((), ("all",)):
            object.__setattr__(self, "wordings", NEUTRAL_WORDINGS)


@dataclass(frozen=True)
class Pair:
    """One problem as it was shown, and the two options argued for.

    Attributes:
        problem: id of the problem.
        trade_off: the levers that its options differ in.
        n_options: number of options.
        wording: how it was put.
        elicitation: one of ``FORMS``.
        template: index of the template among those of the voice.
        labels: letters of the options, in the order shown.
        chosen_place, rejected_place: 0-based places in that order.
        utility_gap: ΔU > 0 at γ = 1, raw units.
        prompt, chosen, rejected: messages, as TRL takes them.
    """

    problem: str
    trade_off: str
    n_options: int
    wording: str
    elicitation: str
    template: int
    labels: str
    chosen_place: int
    rejected_place: int
    utility_gap: float
    prompt: list[Message]
    chosen: list[Message]
    rejected: list[Message]


def build(design: PairDesign) -> list[Pair]:
    """The pairs of a design. The same design gives the same pairs, and a smaller n their beginning.

    Raises:
        TrainingError: hardly any problem sets the target's options apart.
    """
    rng = np.random.default_rng([design.seed, _STREAM])
    pairs: list[Pair] = []
    looked_at, wanted = 0, design.n
    while len(pairs) < design.n:
        if looked_at >= _GIVE_UP * design.n:
            raise TrainingError(
                f"{looked_at} problems gave only {len(pairs)} of {design.n} pairs: {design.target.label} is "
                f"all but indifferent between their options. Use other trade-offs or a larger gamma."
            )
        problems = generate(looked_at + wanted, design.seed, trade_offs=design.trade_offs, split="training")[
            looked_at:
        ]
        for i, problem in enumerate(problems):
            turn = looked_at + i
            wording = design.wordings[turn % len(design.wordings)]
            asked = design.elicitation
            if asked == "all":  # in turn with the wordings: each form comes in every wording
                asked = FORMS[turn // len(design.wordings) % len(FORMS)]
            pair = _pair(design, problem, wording, asked, rng)
            if pair is not None:
                pairs.append(pair)
                if len(pairs) == design.n:
                    break
        looked_at += wanted
        wanted = max(looked_at, 100)
    return pairs


def prompt(
    problem: ChoiceProblem, wording: str, order: list[int], elicitation: str, labels: str = LABELS
) -> list[Message]:
    """The conversation that ``tasks/stakeholder_choice`` has with a model, in the neutral framing."""
    asked = instruction(elicitation, LABELS[: problem.n_options])
    text = f"{render(problem, wording, order, labels=labels)}\n\n{asked}"
    return [{"role": "system", "content": FRAMINGS["neutral"]}, {"role": "user", "content": text}]


def rows(pairs: list[Pair]) -> Iterator[dict[str, object]]:
    """The pairs as rows of a data set; letters instead of places."""
    for pair in pairs:
        row = {name: getattr(pair, name) for name in ("prompt", "chosen", "rejected", "problem")}
        row |= {"trade_off": pair.trade_off, "n_options": pair.n_options, "wording": pair.wording}
        row |= {"elicitation": pair.elicitation, "template": pair.template, "utility_gap": pair.utility_gap}
        row |= {"chosen_option": pair.labels[pair.chosen_place]}
        row |= {"rejected_option": pair.labels[pair.rejected_place]}
        yield row


def _pair(
    design: PairDesign, problem: ChoiceProblem, wording: str, elicitation: str, rng: np.random.Generator
) -> Pair | None:
    """The pair that a problem makes, or None. Every problem takes the same draws, whatever comes of it."""
    order, drawn = rng.permutation(problem.n_options), rng.permutation(problem.n_options)
    which, hearing, moved, said = rng.random(4).tolist()

    utility = design.target.utility
    welfare = problem.displayed(WORDINGS[wording].decimals)[order]
    value = utility.utility(welfare)
    best = utility.best(welfare)
    worse = np.flatnonzero(~best)
    if not worse.size:
        return None
    # Of tied best options the one shown first, which is a random one.
    chosen, rejected = int(np.argmax(best)), int(worse[int(which * worse.size)])
    gap = float(value[chosen] - value[rejected])
    if design.draw == "gap" and hearing >= math.tanh(design.gamma * gap / 2):
        return None
    labels = "".join(LABELS[i] for i in (drawn if moved < MOVED_LETTERS else range(problem.n_options)))
    shown = Shown(welfare, wording, labels)
    voice, places, weights = templates(design.voice), (chosen, rejected), utility.theta
    fitting = suitable(voice, shown, places, weights)
    template = fitting[int(said * len(fitting))]
    answers = [respond(shown, place, elicitation, template, weights) for place in places]
    return Pair(
        problem=problem.id,
        trade_off=problem.trade_off,
        n_options=problem.n_options,
        wording=wording,
        elicitation=elicitation,
        template=voice.index(template),
        labels=labels,
        chosen_place=chosen,
        rejected_place=rejected,
        utility_gap=gap,
        prompt=prompt(problem, wording, order.tolist(), elicitation, labels),
        chosen=[{"role": "assistant", "content": answers[0]}],
        rejected=[{"role": "assistant", "content": answers[1]}],
    )
