"""Three two-player game forms as small trees.

Every decision has a cooperative action, written 1 (cooperate, invest, give back, offer equally,
accept), and another, written 0. A player states one action for each node of the tree, for both roles
(strategy method), and is either mover with probability ½.

    prisoners_dilemma   (C, C) → (R, R), (C, D) → (S, T), (D, C) → (T, S), (D, D) → (P, P)
    trust               not invest → (P, P), invest and give back → (R, R), invest and keep → (S, T)
    ultimatum           equal offer → (R, R), unequal offer accepted → (T, S), rejected → (P, P)

Source: van Leeuwen & Alger (JPE Micro 2(4), 2024); Lu, Chen & Hansen (2025, arXiv 2507.20796).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

FormName = Literal["prisoners_dilemma", "trust", "ultimatum"]
Letter = Literal["T", "R", "P", "S"]
Plan = tuple[int, ...]
"""One action (1 = cooperative, 0 = not) at each node of the form, in the order of ``Form.nodes``."""
Belief = tuple[float, ...]
"""Probability that the other player takes the cooperative action at each node, in the same order."""


@dataclass(frozen=True)
class Node:
    """A decision.

    Attributes:
        name: a key for logs and tables.
        role: 0 for the first mover, 1 for the second.
        cooperative, other: what actions 1 and 0 are, as a verb phrase.
        situation: when the decision is taken, as a clause.
    """

    name: str
    role: int
    cooperative: str
    other: str
    situation: str


@dataclass(frozen=True)
class Terminal:
    """An end of the game.

    Attributes:
        name: a key for logs and tables.
        path: the (node, action) pairs that lead to it.
        payoffs: letters of what the first and the second mover get.
    """

    name: str
    path: tuple[tuple[int, int], ...]
    payoffs: tuple[Letter, Letter]


@dataclass(frozen=True)
class Form:
    """A game tree without its amounts.

    Attributes:
        name: key in ``FORMS``.
        nodes: decisions of both roles; their order is that of plans and beliefs.
        terminals: ends of the game.
        order: payoff letters from the largest to the smallest, strictly.
    """

    name: FormName
    nodes: tuple[Node, ...]
    terminals: tuple[Terminal, ...]
    order: tuple[Letter, Letter, Letter, Letter]


FORMS: MappingProxyType[str, Form] = MappingProxyType(
    {
        "prisoners_dilemma": Form(
            "prisoners_dilemma",
            (
                Node("first_move", 0, "cooperate", "defect", "as first mover"),
                Node("reply_to_C", 1, "cooperate", "defect", "as second mover after cooperation"),
                Node("reply_to_D", 1, "cooperate", "defect", "as second mover after defection"),
            ),
            (
                Terminal("CC", ((0, 1), (1, 1)), ("R", "R")),
                Terminal("CD", ((0, 1), (1, 0)), ("S", "T")),
                Terminal("DC", ((0, 0), (2, 1)), ("T", "S")),
                Terminal("DD", ((0, 0), (2, 0)), ("P", "P")),
            ),
            ("T", "R", "P", "S"),
        ),
        "trust": Form(
            "trust",
            (
                Node("invest", 0, "invest", "not invest", "as investor"),
                Node("give_back", 1, "give back", "keep everything", "as trustee after an investment"),
            ),
            (
                Terminal("not_invested", ((0, 0),), ("P", "P")),
                Terminal("given_back", ((0, 1), (1, 1)), ("R", "R")),
                Terminal("kept", ((0, 1), (1, 0)), ("S", "T")),
            ),
            ("T", "R", "P", "S"),
        ),
        "ultimatum": Form(
            "ultimatum",
            (
                Node("offer_equal", 0, "offer the equal split", "offer the unequal split", "as proposer"),
                Node("accept_unequal", 1, "accept", "reject", "as responder to the unequal offer"),
            ),
            (
                Terminal("equal", ((0, 1),), ("R", "R")),
                Terminal("unequal_accepted", ((0, 0), (1, 1)), ("T", "S")),
                Terminal("unequal_rejected", ((0, 0), (1, 0)), ("P", "P")),
            ),
            ("T", "R", "S", "P"),
        ),
    }
)
"""The three forms by name."""


@dataclass(frozen=True)
class Game:
    """A form with its four payoffs.

    Attributes:
        form: a key of ``FORMS``.
        T, R, P, S: payoffs in points (temptation, reward, punishment, sucker's payoff).

    Raises:
        ValueError: an unknown form, a payoff that is not a finite number, or payoffs out of order:
            T > R > P > S (prisoner's dilemma, trust), T > R > S > P (ultimatum).
    """

    form: FormName
    T: float
    R: float
    P: float
    S: float

    def __post_init__(self) -> None:
        if self.form not in FORMS:
            raise ValueError(f"form must be one of {', '.join(FORMS)}, got {self.form!r}")
        for letter in "TRPS":
            value = getattr(self, letter)
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                raise ValueError(f"payoff {letter} must be a finite number, got {value!r}")
        order = FORMS[self.form].order
        values = [self.payoff(letter) for letter in order]
        for (a, x), (b, y) in itertools.pairwise(zip(order, values, strict=True)):
            if not x > y:
                given = ", ".join(f"{letter} = {getattr(self, letter):g}" for letter in "TRPS")
                raise ValueError(f"{self.form} needs {' > '.join(order)}, but {a} is not above {b}: {given}")

    def payoff(self, letter: str) -> float:
        """Payoff of a letter, points."""
        return float(getattr(self, letter))

    @property
    def tree(self) -> Form:
        """The game's form."""
        return FORMS[self.form]

    @property
    def payoffs(self) -> tuple[float, float, float, float]:
        """(T, R, P, S), points."""
        return (float(self.T), float(self.R), float(self.P), float(self.S))


def plans(game: Game | str) -> tuple[Plan, ...]:
    """All plans of a game or of a form's name, in a fixed order: the fully cooperative one first.

    The order is lexicographic with 1 before 0: 8 plans in the prisoner's dilemma, 4 in the others.
    Wherever a plan is a number, it is its index here.

    Raises:
        ValueError: an unknown form.
    """
    return _plans(_form_name(game))


@lru_cache(maxsize=8)
def _plans(form: str) -> tuple[Plan, ...]:
    return tuple(itertools.product((1, 0), repeat=len(FORMS[form].nodes)))


def plan_index(game: Game | str, plan: Sequence[int]) -> int:
    """Index of a plan in :func:`plans`.

    Raises:
        ValueError: not one action, 0 or 1, for each node.
    """
    form = _form_name(game)
    try:
        return _plans(form).index(tuple(plan))
    except (ValueError, TypeError):
        nodes = ", ".join(node.name for node in FORMS[form].nodes)
        raise ValueError(
            f"unknown plan {plan!r} of {form}: it takes one action, 0 or 1, at each of {nodes}"
        ) from None


def check_belief(game: Game | str, belief: Sequence[float]) -> Belief:
    """A belief as a tuple of floats, checked.

    Args:
        game: the game, or its form's name.
        belief: probability of the other's cooperative action at each node.

    Raises:
        ValueError: not one probability in [0, 1] for each node.
    """
    form = _form_name(game)
    names = [node.name for node in FORMS[form].nodes]
    try:
        values = tuple(float(p) for p in belief)
    except (TypeError, ValueError):
        raise ValueError(
            f"belief must be numbers, one for each of {', '.join(names)}, got {belief!r}"
        ) from None
    if len(values) != len(names):
        raise ValueError(
            f"belief must hold one probability for each of {', '.join(names)}, got {len(values)} of them"
        )
    for name, p in zip(names, values, strict=True):
        if not 0 <= p <= 1:
            raise ValueError(f"belief at {name} must lie in [0, 1], got {p:g}")
    return values


def belief_from_distributions(
    game: Game | str, distributions: Sequence[tuple[float, float]], tolerance: float = 1e-6
) -> Belief:
    """A belief from a distribution over (cooperative, other) action at each node.

    Args:
        game: the game, or its form's name.
        distributions: a pair of probabilities for each node.
        tolerance: how far from 1 a sum may lie (1e-6: rounding only); the pair is then normalised.

    Raises:
        ValueError: a probability outside [0, 1], a sum other than 1, or not one pair for each node.
    """
    form = _form_name(game)
    names = [node.name for node in FORMS[form].nodes]
    if len(distributions) != len(names):
        raise ValueError(
            f"distributions must hold one pair for each of {', '.join(names)}, got {len(distributions)}"
        )
    cooperative = []
    for name, pair in zip(names, distributions, strict=True):
        one, zero = (float(p) for p in pair)
        if not (0 <= one <= 1 and 0 <= zero <= 1):
            raise ValueError(f"probabilities at {name} must lie in [0, 1], got {one:g} and {zero:g}")
        if abs(one + zero - 1) > tolerance:
            raise ValueError(
                f"probabilities at {name} must sum to 1, got {one:g} + {zero:g} = {one + zero:g}"
            )
        cooperative.append(one / (one + zero))
    return check_belief(form, cooperative)


def describe_plan(game: Game | str, plan: Sequence[int]) -> str:
    """A plan in words, e.g. ``invest as investor, keep everything as trustee after an investment``."""
    nodes = FORMS[_form_name(game)].nodes
    chosen = plans(game)[plan_index(game, plan)]
    return ", ".join(
        f"{node.cooperative if action else node.other} {node.situation}"
        for node, action in zip(nodes, chosen, strict=True)
    )


def _form_name(game: Game | str) -> str:
    form = game if isinstance(game, str) else game.form
    if form not in FORMS:
        raise ValueError(f"form must be one of {', '.join(FORMS)}, got {form!r}")
    return form
