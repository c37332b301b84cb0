"""Worked reasoning towards the plan that a utility implies: a text with the figures that decide.

The text is generated from the game's own numbers. It compares the implied plan with the plans that
come closest and that earn most under the belief; with a moral concern (κ > 0) also with the one that
earns most if both players followed it, and every plan is shown with that universalised counterfactual.
Wording is drawn by seed, and nothing but wording: figures and plan follow from game, belief and utility.

Ties: of several best plans the first in the order of ``plans`` is taken, which is the one that cooperates
at the earliest node where they differ; the text says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.games.forms import Game, Node, Plan, check_belief, plan_index, plans
from fiduciary.economics.games.play import (
    AHEAD,
    BEHIND,
    PAYOFF,
    UNIVERSAL,
    consequences,
    payoffs_by_role,
    reach,
)
from fiduciary.economics.games.social_preference import SocialPreference

_OPENINGS = (
    "I compare the plans by what they bring about.",
    "Let me work out what each serious plan is worth.",
    "Before deciding I put figures on the plans that matter.",
    "The decision follows from a short calculation.",
)
_BELIEFS = (
    "I expect the other player to {beliefs}.",
    "My belief is that the other player will {beliefs}.",
    "Of the other player I expect this: to {beliefs}.",
)
_PAYOFFS = (
    "Given that belief it earns {first} points in the first role and {second} in the second, {payoff} on "
    "average.",
    "Against such a player the first role brings {first} points and the second {second}, which averages "
    "{payoff}.",
    "The expected points are {first} in the first role and {second} in the second: {payoff} with both "
    "equally likely.",
)
_UNIVERSAL = (
    "If both of us followed this plan, each would average {universal} points.",
    "Suppose everyone acted on this plan: the average would then be {universal} points.",
    "Were the other to do exactly as I do, we would average {universal} points each.",
)
_INEQUITY = (
    "On average I would be {behind} points behind and {ahead} ahead.",
    "It leaves me {behind} points short of the other and {ahead} above, on average.",
    "The expected gap is {behind} points to my disadvantage and {ahead} to my advantage.",
)
_VALUES = ("So it is worth {sum} = {value}.", "Altogether: {sum} = {value}.", "Its value is {sum} = {value}.")
_ENDS = (
    "No other plan exceeds {value}, so I choose to {plan}.",
    "The highest value that any plan reaches is {value}. My plan is to {plan}.",
    "Nothing on offer beats {value}; therefore I {plan}.",
)
_TIES = (
    "{count} plans share this value; among them I take the one that cooperates first where they differ.",
    "This value is reached by {count} plans. Where they differ I take the cooperative action first.",
)
_ORDINALS = ("One plan", "Another plan", "A third plan", "A fourth plan")


@dataclass(frozen=True)
class Worked:
    """A plan with the reasoning that leads to it.

    Attributes:
        plan: the implied plan; where several tie, the first of ``ties``.
        ties: all best plans, in the order of ``plans``.
        text: the reasoning, without a closing answer line, whose format is the task's.
    """

    plan: Plan
    ties: tuple[Plan, ...]
    text: str


def worked_reasoning(
    game: Game,
    belief: Sequence[float],
    preference: SocialPreference,
    *,
    seed: int = 0,
    nodes: Sequence[Node] | None = None,
) -> Worked:
    """The plan that a utility implies, with a short reasoning that compares it with its rivals.

    Args:
        game: the game.
        belief: probability of the other's cooperative action at each node.
        preference: whose best plan it is.
        seed: of the wording.
        nodes: the form's nodes in other words (such as a task's neutral labels); names must be the form's.

    Raises:
        ValueError: a belief that does not fit the form, or nodes that are not its nodes.
    """
    belief, words = check_belief(game, belief), _words(game, nodes)
    rng = np.random.default_rng(seed)
    ties = preference.best_plans(game, belief)
    chosen = ties[0]
    utilities = preference.utilities(game, belief)
    shown = _compared(game, belief, utilities, ties, preference.kappa > 0)
    paragraphs = _paragraphs(game, belief, preference, shown, words, rng)
    value = _number(utilities.max(), _digits([utilities[k] for k in shown]))
    end = _pick(_ENDS, rng).format(value=value, plan=plan_words(words, chosen))
    tie = _pick(_TIES, rng).format(count=len(ties))
    paragraphs.append(f"{tie} {end}" if len(ties) > 1 else end)
    return Worked(chosen, ties, "\n\n".join(paragraphs))


def worked_comparison(
    game: Game,
    belief: Sequence[float],
    preference: SocialPreference,
    compared: Sequence[Plan],
    *,
    seed: int = 0,
    nodes: Sequence[Node] | None = None,
) -> str:
    """The figures of some plans side by side, as :func:`worked_reasoning` gives them, without a conclusion.

    Args:
        game: the game.
        belief: probability of the other's cooperative action at each node.
        preference: whose figures they are.
        compared: two to four plans; the order in which they are told is drawn.
        seed: of wording and order.
        nodes: the form's nodes in other words (such as a task's neutral labels); names must be the form's.

    Raises:
        ValueError: a belief, plans or nodes that do not fit the form, or another number of plans.
    """
    belief, words = check_belief(game, belief), _words(game, nodes)
    shown = [plan_index(game, plan) for plan in compared]
    if not 2 <= len(set(shown)) == len(shown) <= len(_ORDINALS):
        raise ValueError(f"two to {len(_ORDINALS)} different plans can be compared, got {list(compared)}")
    rng = np.random.default_rng(seed)
    return "\n\n".join(_paragraphs(game, belief, preference, shown, words, rng))


def plan_words(nodes: Sequence[Node], plan: Plan) -> str:
    """A plan in the words of some nodes: what to do, and when."""
    parts = [f"{n.cooperative if a else n.other} {n.situation}" for n, a in zip(nodes, plan, strict=True)]
    return _list(parts)


def _words(game: Game, nodes: Sequence[Node] | None) -> tuple[Node, ...]:
    words = game.tree.nodes if nodes is None else tuple(nodes)
    if [node.name for node in words] != [node.name for node in game.tree.nodes]:
        names = ", ".join(node.name for node in game.tree.nodes)
        raise ValueError(f"nodes must be {names} in this order, got {[node.name for node in words]}")
    return words


def _pick(options: tuple[str, ...], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]


def _paragraphs(
    game: Game,
    belief: Sequence[float],
    preference: SocialPreference,
    shown: list[int],
    words: Sequence[Node],
    rng: np.random.Generator,
) -> list[str]:
    """The beliefs, and each plan with what it brings about."""
    utilities = preference.utilities(game, belief)
    digits = _digits([utilities[k] for k in shown])
    payoff, universal = _pick(_PAYOFFS, rng), _pick(_UNIVERSAL, rng)
    inequity, total = _pick(_INEQUITY, rng), _pick(_VALUES, rng)
    paragraphs = [f"{_pick(_OPENINGS, rng)} {_pick(_BELIEFS, rng).format(beliefs=_beliefs(words, belief))}"]
    for place, k in enumerate(rng.permutation(shown).tolist()):
        facts = _facts(game, belief, k, digits)
        sentences = [f"{_ORDINALS[place]}: {plan_words(words, plans(game)[k])}."]
        sentences.append(payoff.format(**facts))
        if preference.kappa:
            sentences.append(universal.format(**facts))
        if preference.alpha or preference.beta:
            sentences.append(inequity.format(**facts))
        if preference != SocialPreference():
            sum_ = _sum(preference, facts)
            sentences.append(total.format(sum=sum_, value=_number(utilities[k], digits)))
        paragraphs.append(" ".join(sentences))
    return paragraphs


def _compared(
    game: Game,
    belief: Sequence[float],
    utilities: FloatArray,
    ties: tuple[Plan, ...],
    universal: bool,
) -> list[int]:
    """Plans in the text: the chosen one, the one that earns most, the universally best, the runner-up."""
    c = consequences(game, belief)
    listed = plans(game)
    losing = [k for k in range(len(listed)) if listed[k] not in ties]
    runner_up = [max(losing, key=lambda k: utilities[k])] if losing else []
    rivals = [listed.index(ties[0]), int(np.argmax(c[:, PAYOFF]))]
    rivals += [int(np.argmax(c[:, UNIVERSAL]))] if universal else []
    rivals += runner_up
    return list(dict.fromkeys(rivals))


def _facts(game: Game, belief: Sequence[float], k: int, digits: int) -> dict[str, str]:
    c = consequences(game, belief)[k]
    own, _ = payoffs_by_role(game)
    first, second = 2 * (reach(game, plans(game)[k], belief) * own).sum(axis=1)
    figures = {
        "first": first,
        "second": second,
        "payoff": c[PAYOFF],
        "universal": c[UNIVERSAL],
        "behind": c[BEHIND],
        "ahead": c[AHEAD],
    }
    return {name: _number(value, digits) for name, value in figures.items()}


def _sum(preference: SocialPreference, facts: dict[str, str]) -> str:
    parts = [facts["payoff"]]
    if preference.kappa:
        k = preference.kappa
        parts = [f"{_number(1 - k, 4)} × {facts['payoff']} + {_number(k, 4)} × {facts['universal']}"]
    for weight, name in ((preference.alpha, "behind"), (preference.beta, "ahead")):
        if weight:
            parts.append(f"{'−' if weight > 0 else '+'} {_number(abs(weight), 4)} × {facts[name]}")
    return " ".join(parts)


def _beliefs(nodes: Sequence[Node], belief: Sequence[float]) -> str:
    return _list(
        [
            f"{node.cooperative} {node.situation} with probability {_number(p, 4)}"
            for node, p in zip(nodes, belief, strict=True)
        ]
    )


def _list(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _digits(values: Sequence[float]) -> int:
    """Decimals, two at least, at which utilities that differ look different."""
    different = {round(float(v), 9) for v in values}
    for digits in range(2, 9):
        if len({f"{v:.{digits}f}" for v in different}) == len(different):
            return digits
    return 9


def _number(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")
