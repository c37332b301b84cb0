"""Plans with stated beliefs, checked once and laid out for the estimators."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import BoolArray, FloatArray, IntArray
from fiduciary.economics.games.forms import Belief, Game, check_belief, plan_index, plans
from fiduciary.economics.games.play import AHEAD, BEHIND, PAYOFF, UNIVERSAL, consequences


@dataclass(frozen=True, eq=False)
class PlanChoices:
    """Plans that were chosen, each in a situation: a game and the chooser's own belief.

    A row is a stated plan, or the chooser's own distribution over plans. With distributions the
    log-likelihood is its expectation under them, Σ_x P(x) log P(x; c), and all that is counted is a share.

    Equal situations are kept once, so that repeats cost nothing.

    Attributes:
        games, beliefs: the m different situations.
        attributes: (m, plans, 4) slopes of λ·v in (1, κ, α, β): payoff, universalised less expected
            payoff, minus being behind, minus being ahead; 0 in padding.
        exists: (m, plans) False in the padding of forms with fewer plans.
        situation, groups: of each valid row (n,): its situation and the code of its cluster.
        shares: (n, plans) probability of each plan of ``plans(game)``: of a stated plan 1; 0 in padding.
        group_labels: label of each code, (G,).
        n_missing: rows without a plan or without a belief, dropped.
    """

    games: tuple[Game, ...]
    beliefs: tuple[Belief, ...]
    attributes: FloatArray
    exists: BoolArray
    situation: IntArray
    shares: FloatArray
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
        """How often each plan was chosen in each situation, as a sum of shares, (m, plans)."""
        return self.weighted_counts(np.ones(self.n))

    def weighted_counts(self, weights: FloatArray) -> FloatArray:
        """Sum of the shares by situation and plan, each row's weighted by ``weights`` (n,), (m, plans)."""
        counts = np.zeros(self.exists.shape)
        np.add.at(counts, self.situation, self.shares * weights[:, None])
        return counts

    def over_rows(self, values: FloatArray) -> FloatArray:
        """Mean of values of situations and plans, (m, plans, …), under each row's shares, (n, …)."""
        return np.asarray(np.einsum("nx,nx...->n...", self.shares, values[self.situation]))

    def only(self, form: str) -> PlanChoices:
        """The rows of one form; missing rows, whose form is not kept, count as none.

        Raises:
            ValueError: there are none.
        """
        rows = [r for r in range(self.n) if self.games[self.situation[r]].form == form]
        return plan_shares(
            [self.games[self.situation[r]] for r in rows],
            [self.beliefs[self.situation[r]] for r in rows],
            [self.shares[r, : len(plans(form))].tolist() for r in rows],
            [self.group_labels[self.groups[r]] for r in rows],
        )


def plan_choices(
    games: Sequence[Game],
    beliefs: Sequence[Sequence[float] | None],
    chosen: Sequence[Sequence[int] | None],
    groups: Sequence[Hashable] | None = None,
) -> PlanChoices:
    """Lay out stated plans for the estimators.

    Args:
        games: the game of each row.
        beliefs: the chooser's belief in each row: probability of the other's cooperative action at
            each node; None where it is missing.
        chosen: the plan of each row, one action at each node; None where it is missing.
        groups: cluster of each row, any hashable labels; None: every row on its own.

    Raises:
        ValueError: no valid row, lengths that differ, an unknown plan, or a belief outside [0, 1].
    """
    if len(games) != len(chosen):
        raise ValueError(
            f"games and chosen must be as long as each other, got {len(games)} and {len(chosen)}"
        )
    stated = [
        None if plan is None else np.eye(len(plans(game)))[plan_index(game, plan)].tolist()
        for game, plan in zip(games, chosen, strict=True)
    ]
    return plan_shares(games, beliefs, stated, groups)


def plan_shares(
    games: Sequence[Game],
    beliefs: Sequence[Sequence[float] | None],
    shares: Sequence[Sequence[float] | None],
    groups: Sequence[Hashable] | None = None,
) -> PlanChoices:
    """Lay out choosers' own distributions over plans for the estimators.

    Args:
        games, beliefs, groups: as in :func:`plan_choices`.
        shares: probability of each plan of ``plans(game)``, by row; None where it is missing.

    Raises:
        ValueError: no valid row, lengths that differ, no distribution over the game's plans, or a belief
            outside [0, 1].
    """
    if not len(games) == len(beliefs) == len(shares) or (groups is not None and len(groups) != len(games)):
        raise ValueError(
            f"games, beliefs, plans and groups must be as long as each other, got {len(games)}, "
            f"{len(beliefs)}, {len(shares)}" + (f" and {len(groups)}" if groups is not None else "")
        )
    labels: Sequence[Hashable] = range(len(games)) if groups is None else groups
    situations: dict[tuple[Game, Belief], int] = {}
    codes: dict[Hashable, int] = {}
    rows: list[tuple[int, int]] = []
    kept: list[Sequence[float]] = []
    for game, belief, share, label in zip(games, beliefs, shares, labels, strict=True):
        if belief is None or share is None:
            continue
        key = (game, check_belief(game, belief))
        kept.append(_check_shares(game, share))
        rows.append((situations.setdefault(key, len(situations)), codes.setdefault(label, len(codes))))
    if not rows:
        raise ValueError(f"no valid choice among {len(games)} rows: each needs a plan and a belief")
    width = max(len(plans(game)) for game, _ in situations)
    attributes = np.zeros((len(situations), width, 4))
    exists = np.zeros((len(situations), width), bool)
    for i, (game, belief) in enumerate(situations):
        k = len(plans(game))
        attributes[i, :k], exists[i, :k] = slopes(game, belief), True
    laid_out = np.zeros((len(rows), width))
    for row, share in enumerate(kept):
        laid_out[row, : len(share)] = share
    table = np.array(rows, np.int64)
    return PlanChoices(
        tuple(game for game, _ in situations),
        tuple(belief for _, belief in situations),
        attributes,
        exists,
        table[:, 0].copy(),
        laid_out,
        table[:, 1].copy(),
        group_labels=tuple(codes),
        n_missing=len(games) - len(rows),
    )


def _check_shares(game: Game, share: Sequence[float]) -> Sequence[float]:
    values = np.asarray(share, float)
    if values.shape != (len(plans(game)),) or not (values >= 0).all() or abs(values.sum() - 1) > 1e-6:
        raise ValueError(
            f"shares must be a probability of each of the {len(plans(game))} plans of {game.form}, "
            f"got {share!r}"
        )
    return share


def slopes(game: Game, belief: Sequence[float]) -> FloatArray:
    """How utility moves with (1, κ, α, β), (plans, 4): u = slopes · (1, κ, α, β)."""
    c = consequences(game, belief)
    return np.stack([c[:, PAYOFF], c[:, UNIVERSAL] - c[:, PAYOFF], -c[:, BEHIND], -c[:, AHEAD]], axis=1)
