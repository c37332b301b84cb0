"""Stated plans with stated beliefs, checked once and laid out for the estimators."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fiduciary.economics.games.forms import Belief, Game, Plan, check_belief, plan_index, plans
from fiduciary.economics.games.play import AHEAD, BEHIND, PAYOFF, UNIVERSAL, consequences

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PlanChoices:
    """Plans that were chosen, each in a situation: a game and the chooser's own belief.

    Equal situations are kept once, so that repeats cost nothing.

    Attributes:
        games, beliefs: the m different situations.
        attributes: (m, plans, 4) slopes of λ·v in (1, κ, α, β): payoff, universalised less expected
            payoff, minus being behind, minus being ahead; 0 in padding.
        exists: (m, plans) False in the padding of forms with fewer plans.
        situation, chosen, groups: of each valid row (n,): its situation, the index of its plan in
            ``plans(game)``, and the code of its cluster.
        group_labels: label of each code, (G,).
        n_missing: rows without a plan or without a belief, dropped.
    """

    games: tuple[Game, ...]
    beliefs: tuple[Belief, ...]
    attributes: FloatArray
    exists: npt.NDArray[np.bool_]
    situation: IntArray
    chosen: IntArray
    groups: IntArray
    group_labels: tuple[Hashable, ...]
    n_missing: int

    @property
    def n(self) -> int:
        """Number of valid rows."""
        return len(self.situation)

    @property
    def n_groups(self) -> int:
        """Number of clusters."""
        return len(self.group_labels)

    @property
    def clustered(self) -> bool:
        """Whether some cluster holds more than one row."""
        return self.n_groups < self.n

    @property
    def counts(self) -> FloatArray:
        """How often each plan was chosen in each situation, (m, plans)."""
        return self.weighted_counts(np.ones(self.n))

    def weighted_counts(self, weights: FloatArray) -> FloatArray:
        """Sum of the weights (n,) of the rows by situation and plan, (m, plans)."""
        width = self.exists.shape[1]
        flat = np.bincount(self.situation * width + self.chosen, weights, minlength=len(self.games) * width)
        return np.asarray(flat.reshape(-1, width), float)

    def plan_of(self, row: int) -> Plan:
        """The plan of a valid row."""
        return plans(self.games[self.situation[row]])[self.chosen[row]]

    def only(self, form: str) -> PlanChoices:
        """The rows of one form; missing rows, whose form is not kept, count as none.

        Raises:
            ValueError: there are none.
        """
        rows = [r for r in range(self.n) if self.games[self.situation[r]].form == form]
        return plan_choices(
            [self.games[self.situation[r]] for r in rows],
            [self.beliefs[self.situation[r]] for r in rows],
            [self.plan_of(r) for r in rows],
            [self.group_labels[self.groups[r]] for r in rows],
        )


def plan_choices(
    games: Sequence[Game],
    beliefs: Sequence[Sequence[float] | None],
    chosen: Sequence[Sequence[int] | None],
    groups: Sequence[Hashable] | None = None,
) -> PlanChoices:
    """Lay out choices for the estimators.

    Args:
        games: the game of each row.
        beliefs: the chooser's belief in each row: probability of the other's cooperative action at
            each node; None where it is missing.
        chosen: the plan of each row, one action at each node; None where it is missing.
        groups: cluster of each row, any hashable labels; None: every row on its own.

    Raises:
        ValueError: no valid row, lengths that differ, an unknown plan, or a belief outside [0, 1].
    """
    if not len(games) == len(beliefs) == len(chosen) or (groups is not None and len(groups) != len(games)):
        raise ValueError(
            f"games, beliefs, chosen and groups must be as long as each other, got {len(games)}, "
            f"{len(beliefs)}, {len(chosen)}" + (f" and {len(groups)}" if groups is not None else "")
        )
    labels: Sequence[Hashable] = range(len(games)) if groups is None else groups
    situations: dict[tuple[Game, Belief], int] = {}
    codes: dict[Hashable, int] = {}
    rows: list[tuple[int, int, int]] = []
    for game, belief, plan, label in zip(games, beliefs, chosen, labels, strict=True):
        if belief is None or plan is None:
            continue
        key = (game, check_belief(game, belief))
        index = plan_index(game, plan)
        rows.append((situations.setdefault(key, len(situations)), index, codes.setdefault(label, len(codes))))
    if not rows:
        raise ValueError(f"no valid choice among {len(games)} rows: each needs a plan and a belief")
    width = max(len(plans(game)) for game, _ in situations)
    attributes = np.zeros((len(situations), width, 4))
    exists = np.zeros((len(situations), width), bool)
    for i, (game, belief) in enumerate(situations):
        k = len(plans(game))
        attributes[i, :k], exists[i, :k] = slopes(game, belief), True
    table = np.array(rows, np.int64)
    return PlanChoices(
        tuple(game for game, _ in situations),
        tuple(belief for _, belief in situations),
        attributes,
        exists,
        table[:, 0].copy(),
        table[:, 1].copy(),
        table[:, 2].copy(),
        group_labels=tuple(codes),
        n_missing=len(games) - len(rows),
    )


def slopes(game: Game, belief: Sequence[float]) -> FloatArray:
    """How utility moves with (1, κ, α, β), (plans, 4): u = slopes · (1, κ, α, β)."""
    c = consequences(game, belief)
    return np.stack([c[:, PAYOFF], c[:, UNIVERSAL] - c[:, PAYOFF], -c[:, BEHIND], -c[:, AHEAD]], axis=1)
