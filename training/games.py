"""Preference pairs for a social preference: which of two plans a player with that preference would state.

A pair asks one game word for word as ``tasks/economic_games`` does where whole plans are stated (its
``elicitation=text``), with beliefs before the plan: the rules and the question about beliefs, an answer to
it that is given, and the question for the plan. The chosen response closes with a best plan under those
beliefs, the rejected one with a plan that is worth at least ``MARGIN`` points less, drawn uniformly from
these. Of tied best plans one is drawn; a game in which no plan is worse makes no pair.

Both responses reason by the same comparison of plans, with the same figures in the same words
(``economics.games.worked_comparison``), and differ in nothing but the plan that they settle on. That
is as far as an honest argument for a worse plan goes: a worked reasoning that ends with "no other plan
exceeds this one" would be false of it. What is taught is a preference over plans; the beliefs are drawn,
stand in the prompt, and are not taught.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, replace

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.games import (
    FORMS,
    Node,
    Plan,
    SocialPreference,
    plan_words,
    plans,
    worked_comparison,
)
from fiduciary.economics.games.play import PAYOFF, UNIVERSAL, consequences
from fiduciary.tasks.economic_games.prompts import Presentation, sheet
from fiduciary.tasks.economic_games.sheets import Item, Sheet, belief_question, opening, plan_question
from fiduciary.training.errors import TrainingError
from fiduciary.training.games_situations import CELLS, Situation, draw
from fiduciary.training.preference_pairs import Message
from fiduciary.training.targets import SocialTarget

LABELS = ("neutral", "labelled", "both")
"""How actions are called: by letters, by words, or each for some of the pairs."""

ELICITATIONS = ("explain", "answer", "both")
"""Form of the answers: reasoning and the lines of the plan, these lines alone, or each in turn."""

MARGIN = 0.5
"""Points that a rejected plan is worth less at least: what differs by less is left alone as all but a tie."""

COMPARED, COMPARED_WITH_ALL = 3, 2
"""Plans that a response compares, and that it compares where inequity and universalised payoffs are told
too: the task's default length of an answer (512 tokens) has room for them."""

_STREAM, _PRESENTATIONS = 0x6A3E, 0x6A3F  # keep these draws apart from others that start from the same seed
_GIVE_UP = 500  # situations looked at for one pair

_EXPECTS = (
    "What the other does is not for me to decide, so I put a figure on each case.",
    "I have little to go by and state my best guess for each case.",
    "Here is how likely each of these seems to me.",
    "I take every case in turn and say what I think of it.",
)
_CLOSINGS = (
    "My plan: {plan}.",
    "On these figures I {plan}.",
    "With this in view I {plan}.",
    "I settle on this plan: {plan}.",
    "After this comparison I {plan}.",
)
"""How a response settles on a plan: no closing says that it is the best."""


@dataclass(frozen=True)
class GameDesign:
    """What the pairs are about.

    Attributes:
        target: whose plans are the chosen ones.
        n: number of pairs, ≥ 1.
        seed: seed of every draw, ≥ 0. Targets without noise share the games of a seed.
        labels: one of ``LABELS``.
        elicitation: one of ``ELICITATIONS``.

    Raises:
        ValueError: a value outside these.
    """

    target: SocialTarget
    n: int = 10_000
    seed: int = 0
    labels: str = "neutral"
    elicitation: str = "both"

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"the number of pairs must be at least 1, got {self.n}")
        if self.seed < 0:
            raise ValueError(f"the seed must be at least 0, got {self.seed}")
        for what, value, known in (
            ("labels", self.labels, LABELS),
            ("elicitation", self.elicitation, ELICITATIONS),
        ):
            if value not in known:
                raise ValueError(f"{what} must be one of {', '.join(known)}, got {value!r}")


@dataclass(frozen=True)
class GamePair:
    """One situation as it was shown, and the two plans settled on.

    Attributes:
        situation: game, beliefs and band.
        labels: ``neutral`` or ``labelled``.
        elicitation: ``explain`` or ``answer``.
        presentation: what comes first.
        ties: number of best plans.
        differs: whether the chosen plan is none of homo economicus's best ones.
        chosen_plan, rejected_plan: actions at each node, 1 for the cooperative one.
        utility_gap: ΔU ≥ ``MARGIN``, points.
        prompt, chosen, rejected: messages, as TRL takes them.
    """

    situation: Situation
    labels: str
    elicitation: str
    presentation: Presentation
    ties: int
    differs: bool
    chosen_plan: Plan
    rejected_plan: Plan
    utility_gap: float
    prompt: list[Message]
    chosen: list[Message]
    rejected: list[Message]


def build(design: GameDesign) -> list[GamePair]:
    """The pairs of a design. The same design gives the same pairs, and a smaller n their beginning.

    Raises:
        TrainingError: hardly any game sets the target's plans apart.
    """
    pairs: list[GamePair] = []
    seen: set[str] = set()
    for turn in range(design.n):
        rng = np.random.default_rng([design.seed, _STREAM, turn])
        for tried, situation in enumerate(draw(CELLS[turn % len(CELLS)], rng)):
            if tried == _GIVE_UP:
                raise TrainingError(
                    f"{tried} games gave no pair: {design.target.label} is all but indifferent between their "
                    f"plans. Use a smaller lam, or another preference."
                )
            if situation.problem in seen:
                continue
            pair = _pair(design, turn, situation, rng)
            if pair is not None:
                seen.add(situation.problem)
                pairs.append(pair)
                break
    return pairs


def prompt(situation: Situation, labels: str, explain: bool, shown: Presentation, lead: str) -> list[Message]:
    """The conversation that the task has with a player, up to its question for the plan.

    Args:
        situation: game and beliefs.
        labels: ``neutral`` or ``labelled``.
        explain: whether the answers begin with an explanation.
        shown: what comes first.
        lead: what the given answer says before its beliefs where it explains itself.
    """
    page = sheet(situation.game, labels, shown)
    asked = belief_question(page, after=False, explain=explain)
    stated = _lines([f"{_shown(item, situation)}%" for item in page.beliefs])
    return [
        {"role": "user", "content": f"{opening(page)}\n\n{asked}"},
        {"role": "assistant", "content": f"{lead}\n\n{stated}" if explain else stated},
        {"role": "user", "content": plan_question(page, explain)},
    ]


def nodes_shown(situation: Situation, page: Sheet) -> list[Node]:
    """The form's nodes in the words of a sheet: ``choose "M" as Player 2 after "J"``."""
    form = FORMS[situation.game.form]
    names = {item.name: item.labels for item in page.decisions}
    first = names[form.nodes[0].name]
    out = []
    for n, node in enumerate(form.nodes):
        other, cooperative = names[node.name]
        after = next(end.path[0][1] for end in form.terminals if n in dict(end.path))
        situated = "as Player 1" if node.role == 0 else f'as Player 2 after "{first[after]}"'
        one, zero = f'choose "{cooperative}"', f'choose "{other}"'
        out.append(replace(node, cooperative=one, other=zero, situation=situated))
    return out


def answer_lines(page: Sheet, situation: Situation, plan: Plan) -> str:
    """The lines that the task asks for at the end: ``1: J``."""
    actions = dict(zip((node.name for node in FORMS[situation.game.form].nodes), plan, strict=True))
    return _lines([item.labels[actions[item.name]] for item in page.decisions])


def rows(pairs: list[GamePair]) -> Iterator[dict[str, object]]:
    """The pairs as rows of a data set."""
    for pair in pairs:
        game = pair.situation.game
        row: dict[str, object] = {name: getattr(pair, name) for name in ("prompt", "chosen", "rejected")}
        row |= {"problem": pair.situation.problem, "form": game.form, "band": pair.situation.band}
        row |= dict(zip("TRPS", game.payoffs, strict=True)) | {"belief": list(pair.situation.belief)}
        row |= {"labels": pair.labels, "elicitation": pair.elicitation}
        row["presentation"] = _digits(map(int, astuple(pair.presentation)))
        row |= {"chosen_plan": _digits(pair.chosen_plan), "rejected_plan": _digits(pair.rejected_plan)}
        yield row | {"utility_gap": pair.utility_gap}


def _pair(design: GameDesign, turn: int, situation: Situation, rng: np.random.Generator) -> GamePair | None:
    """The pair that a situation makes, or None. Every situation takes the same draws."""
    which, tied, hearing = rng.random(3).tolist()
    lead, closing, wording = (int(k) for k in rng.integers(0, (len(_EXPECTS), len(_CLOSINGS), 2**31)))
    game, belief, target = situation.game, situation.belief, design.target
    value = target.preference.utilities(game, belief)
    listed = plans(game)
    ties = target.preference.best_plans(game, belief)
    worse = np.flatnonzero(value <= value.max() - MARGIN)
    if not worse.size:
        return None
    chosen = listed.index(ties[int(tied * len(ties))])
    rejected = int(worse[int(which * worse.size)])
    gap = float(value[chosen] - value[rejected])
    if target.lam and hearing >= math.tanh(gap / (2 * target.lam)):
        return None
    # Of every form and band a half is asked in each way, and of these a half with each kind of labels.
    lap = turn // len(CELLS)
    elicitation = _in_turn(design.elicitation, ELICITATIONS, turn + lap)
    labels = _in_turn(design.labels, LABELS, turn // 2 + lap // 2)
    explain, shown = elicitation == "explain", presentation(design.seed, turn)
    page = sheet(game, labels, shown)
    argument = ""
    if explain:
        nodes = nodes_shown(situation, page)
        rivals = [listed[k] for k in _compared(situation, target.preference, value, chosen, rejected)]
        compared = worked_comparison(game, belief, target.preference, rivals, seed=wording, nodes=nodes)
        argument = f"{compared}\n\n{_CLOSINGS[closing]}\n\n"
    answers = []
    for plan in (listed[chosen], listed[rejected]):
        argued = argument.replace("{plan}", plan_words(nodes, plan)) if explain else ""
        answers.append(argued + answer_lines(page, situation, plan))
    economicus = consequences(game, belief)[:, PAYOFF]
    return GamePair(
        situation=situation,
        labels=labels,
        elicitation=elicitation,
        presentation=shown,
        ties=len(ties),
        differs=bool(economicus[chosen] < economicus.max() - MARGIN / 100),
        chosen_plan=listed[chosen],
        rejected_plan=listed[rejected],
        utility_gap=gap,
        prompt=prompt(situation, labels, explain, shown, _EXPECTS[lead]),
        chosen=[{"role": "assistant", "content": answers[0]}],
        rejected=[{"role": "assistant", "content": answers[1]}],
    )


def presentation(seed: int, turn: int) -> Presentation:
    """What comes first in a pair: all sixteen presentations once in every sixteen pairs."""
    block, place = divmod(turn, 16)
    shuffled = np.random.default_rng([seed, _PRESENTATIONS, block]).permutation(16)
    return Presentation(*(bool(int(shuffled[place]) >> bit & 1) for bit in range(4)))


def _compared(
    situation: Situation, whose: SocialPreference, value: FloatArray, chosen: int, rejected: int
) -> list[int]:
    """The two plans of a pair, and the first other that earns most, is universally best, or comes next."""
    c = consequences(situation.game, situation.belief)
    third = [int(np.argmax(c[:, PAYOFF])), int(np.argmax(c[:, UNIVERSAL])), *np.argsort(-value).tolist()]
    room = COMPARED_WITH_ALL if whose.kappa and (whose.alpha or whose.beta) else COMPARED
    return list(dict.fromkeys([chosen, rejected, *third]))[:room]


def _in_turn(asked: str, known: tuple[str, ...], turn: int) -> str:
    return known[turn % 2] if asked == "both" else asked


def _shown(item: Item, situation: Situation) -> int:
    """The chance in percent of the action that a line is about."""
    names = [node.name for node in FORMS[situation.game.form].nodes]
    cooperative = situation.percent[names.index(item.name)]
    return cooperative if item.about == 1 else 100 - cooperative


def _lines(answers: list[str]) -> str:
    return "\n".join(f"{number}: {answer}" for number, answer in enumerate(answers, 1))


def _digits(plan: Iterable[int]) -> str:
    return "".join(map(str, plan))
