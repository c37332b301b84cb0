"""Situations to train on: games of the three forms with beliefs, apart from the evaluation's games.

Payoffs are whole points. Prisoner's dilemma and trust game: four different numbers from 5 to 95, at
least 3 apart. Ultimatum game: the equal split R from 25 to 55, S below it, T = 2R − S at most 95 (the
unequal split divides the same points) and P below S. Beliefs are multiples of 5 % from 5 to 95, drawn
uniformly and independently at each node.

A cell says where a situation lies: in the first two forms the band of κ in which homo moralis leaves
homo economicus's best plan, in the ultimatum game which offer earns more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from math import isnan, nan
from types import MappingProxyType

import numpy as np

from fiduciary.economics.games import FORMS, GAMES, Belief, Game, SocialPreference, consequences
from fiduciary.economics.games.play import PAYOFF, UNIVERSAL
from fiduciary.economics.games.social_preference import TIE
from fiduciary.training.errors import TrainingError

LOWEST, HIGHEST, APART = 5, 95, 3
"""Range of the points, and how far two payoffs of a game are apart at least."""

EQUAL_SPLIT = (25, 55)
"""Range of R in the ultimatum game."""

_ANY = f"T > R > P > S, whole points from {LOWEST} to {HIGHEST}, at least {APART} apart"
RANGES: MappingProxyType[str, str] = MappingProxyType(
    {
        "prisoners_dilemma": _ANY,
        "trust": _ANY,
        "ultimatum": f"R from {EQUAL_SPLIT[0]} to {EQUAL_SPLIT[1]}, T = 2R − S at most {HIGHEST}, R > S > P, "
        f"P at least {LOWEST}, whole points at least {APART} apart",
    }
)
"""From what payoffs are drawn, in words."""

TOLERANCE = 0.02
"""A game is too close to an evaluation's when its payoffs, brought to [0, 1] by the affine map that takes
the lowest to 0 and the highest to 1, differ from that game's by no more than this."""

KAPPA_BANDS = ("below .25", ".25 to .5", ".5 to .75", ".75 to 1", "never")
"""Bands of the smallest κ at which homo moralis leaves homo economicus's best plan."""

OFFERS = ("equal offer", "unequal offer")
"""In the ultimatum game, which offer earns more under the belief."""

BANDS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {"prisoners_dilemma": KAPPA_BANDS, "trust": KAPPA_BANDS, "ultimatum": OFFERS}
)

CELLS: tuple[tuple[str, str], ...] = tuple(
    (form, BANDS[form][k % len(BANDS[form])]) for k, form in product(range(10), FORMS)
)
"""Form and band of a situation, taken in turn: a third of the situations to each form, its bands alike."""

_TRIES = 20_000


@dataclass(frozen=True)
class Situation:
    """A game with what is expected of the other.

    Attributes:
        game: the game.
        percent: chance of the other's cooperative action at each node, whole percent.
        band: where it lies, one of ``BANDS[form]``.
    """

    game: Game
    percent: tuple[int, ...]
    band: str

    @property
    def belief(self) -> Belief:
        """The same as probabilities."""
        return tuple(p / 100 for p in self.percent)

    @property
    def problem(self) -> str:
        """Id of the game: its form and T, R, P, S."""
        return problem_id(self.game)


def draw(cell: tuple[str, str], rng: np.random.Generator) -> Iterator[Situation]:
    """Situations of a cell, none too close to an evaluation's game, as long as they are asked for.

    Raises:
        TrainingError: no situation of the cell is found.
    """
    form, wanted = cell
    since = 0
    while True:
        game = _game(form, rng)
        percent = tuple(5 * int(p) for p in rng.integers(1, 20, size=len(FORMS[form].nodes)))
        since += 1
        if game is not None:
            situation = Situation(game, percent, band(game, tuple(p / 100 for p in percent)))
            if situation.band == wanted and close_to(game) is None:
                since = 0
                yield situation
        if since >= _TRIES:
            raise TrainingError(f"no situation of {form} in the band {wanted!r} was found in {_TRIES} draws.")


def band(game: Game, belief: Belief) -> str:
    """Where a situation lies, one of ``BANDS[game.form]``."""
    if game.form == "ultimatum":
        [first, *_] = SocialPreference().best_plans(game, belief)
        return OFFERS[0] if first[0] else OFFERS[1]
    kappa = leaves_economicus(game, belief)
    return KAPPA_BANDS[4] if isnan(kappa) else KAPPA_BANDS[min(int(4 * kappa), 3)]


def leaves_economicus(game: Game, belief: Belief) -> float:
    """The smallest κ at which a plan that is not homo economicus's best is a best one of homo moralis.

    With a = Σ η(x, ŷ) π and b = Σ η(x, x) π of the plan that is best at κ = 0 and a', b' of another with
    b' > b, the two tie at κ = (a − a') / ((a − a') + (b' − b)); the smallest over all others counts. NaN
    where no other plan has b' > b.
    """
    c = consequences(game, belief)
    top = c[:, PAYOFF].max()
    own = c[c[:, PAYOFF] >= top - TIE, UNIVERSAL].max()
    gain, loss = c[:, UNIVERSAL] - own, top - c[:, PAYOFF]
    better = gain > TIE
    return float((loss[better] / (loss[better] + gain[better])).min()) if better.any() else nan


def shape(game: Game) -> tuple[float, float]:
    """The two middle payoffs after the affine map that takes the lowest to 0 and the highest to 1.

    Games of one form with the same shape are affine copies of each other: every social preference
    ranks the plans of both alike.
    """
    top, second, third, lowest = (game.payoff(letter) for letter in game.tree.order)
    return (second - lowest) / (top - lowest), (third - lowest) / (top - lowest)


def close_to(game: Game, tolerance: float = TOLERANCE) -> str | None:
    """The evaluation's game that a game nearly copies up to an affine map; None without such a game."""
    own = shape(game)
    for name, other in GAMES.items():
        if other.form == game.form and max(abs(a - b) for a, b in zip(own, shape(other), strict=True)) <= (
            tolerance
        ):
            return name
    return None


def problem_id(game: Game) -> str:
    """``prisoners_dilemma-87-54-31-12``: form, T, R, P, S."""
    return "-".join([game.form, *(f"{amount:g}" for amount in game.payoffs)])


def game_of(problem: str) -> Game:
    """The game of an id.

    Raises:
        ValueError: no id of a game.
    """
    form, *amounts = problem.split("-")
    if form not in FORMS or len(amounts) != 4:
        raise ValueError(f"{problem!r} is not the id of a game such as trust-80-50-30-20")
    return Game(FORMS[form].name, *(float(amount) for amount in amounts))


def refuse_evaluation_games(problems: Iterable[str]) -> None:
    """Stop if a game is one of the evaluation's 18, or all but an affine copy of one.

    Args:
        problems: ids of games.

    Raises:
        TrainingError: it is; the message counts them.
    """
    shared = [(problem, name) for problem in set(problems) if (name := close_to(game_of(problem)))]
    if shared:
        problem, name = min(shared)
        raise TrainingError(
            f"{len(shared)} games of the data are games of the evaluation too, or affine copies of one "
            f"(such as {problem}, of {name}): a model trained on them could not be evaluated. Make the data "
            f"with `fiduciary train games`, which stays apart from them."
        )


def _game(form: str, rng: np.random.Generator) -> Game | None:
    """A game drawn from the form's range, or None if the draw breaks the form's order."""
    if form == "ultimatum":
        r = int(rng.integers(EQUAL_SPLIT[0], EQUAL_SPLIT[1] + 1))
        p, s = sorted(int(x) for x in rng.integers(LOWEST, r, size=2))
        amounts = {"T": 2 * r - s, "R": r, "P": p, "S": s}
    else:
        drawn = sorted((int(x) for x in rng.integers(LOWEST, HIGHEST + 1, size=4)), reverse=True)
        amounts = dict(zip(FORMS[form].order, drawn, strict=True))
    values = [amounts[letter] for letter in FORMS[form].order]
    if values[0] > HIGHEST or any(a - b < APART for a, b in pairwise(values)):
        return None
    return Game(FORMS[form].name, **amounts)
