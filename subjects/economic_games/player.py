"""How a player answers: the beliefs it was given, a plan by logit, questions about the rules rightly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.special

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.games.forms import FORMS, Game, Plan, plans
from fiduciary.economics.games.social_preference import TIE
from fiduciary.subjects.answering import Answer
from fiduciary.subjects.economic_games.other_games import OtherGame, read_other_game
from fiduciary.subjects.economic_games.sheet_text import Choice, Line, Seen, read_game
from fiduciary.subjects.economic_games.utilities import PlayerPreference

NO_GAME = "I find no game with questions about it in this message."
REASONING = (
    "I compared what each course of action is worth to me, given what I expect of the others, and took the "
    "one that is worth most."
)

_NEVER = -60.0
"""Log-probability of what a player never does: too small to count, and not censored."""


@dataclass(frozen=True)
class Player:
    """A preference over plans, fixed beliefs and noise.

    Plans are argmax_x u(x, ŷ) + λτ·g_x with standard Gumbel draws g, that is, a logit whose noise λ is
    what the player has at temperature 1. With λτ = 0 the best plans are equally likely. All decisions
    asked for in one message are one plan, drawn once; a decision asked for alone has the probability that
    it has among the plans with the earlier actions that the message recalls.

    Attributes:
        preference: gives u.
        beliefs: probability that the other cooperates as Player 1, after cooperation and after
            defection; stated and used in whole percent.
        lam: λ ≥ 0, points.
    """

    preference: PlayerPreference
    beliefs: tuple[float, float, float]
    lam: float

    def answers(
        self, texts: Sequence[str], temperature: float, rng: np.random.Generator, n: int = 1
    ) -> list[Answer]:
        """Answer the last of the user's messages, n times independently.

        Args:
            texts: the user's messages, oldest first.
            temperature: τ ≥ 0.
            rng: source of the draws.
            n: number of answers.
        """
        seen = read_game(texts)
        if seen is not None and seen.choice is not None:
            return [self._choose(seen.game, seen.choice, temperature, rng) for _ in range(n)]
        if seen is not None and seen.lines:
            return [self._answer(self._sequential(seen, temperature, rng), seen.explain) for _ in range(n)]
        other = read_other_game(texts)
        if other is not None and other.options:
            actions = np.array(list(other.options.values()))
            u = self.preference.values(other.game, other.actions, other.expected(self.beliefs[0]))[actions]
            return [self._labelled(tuple(other.options), u[:, None], temperature, rng) for _ in range(n)]
        if other is not None:
            return [self._answer(self._other(other, temperature, rng), other.explain) for _ in range(n)]
        return [Answer(NO_GAME)] * n

    def belief(self, game: Game) -> tuple[float, ...]:
        """Probability of the other's cooperative action at each node, as stated."""
        first, after_c, after_d = (round(100 * p) / 100 for p in self.beliefs)
        return {"prisoners_dilemma": (first, after_c, after_d)}.get(game.form, (first, after_c))

    def plan(self, game: Game, temperature: float, rng: np.random.Generator) -> Plan:
        """One plan."""
        u = self.preference.utilities(game, self.belief(game))
        return plans(game)[_draw(u, self.lam * temperature, rng)]

    def _sequential(self, seen: Seen, temperature: float, rng: np.random.Generator) -> dict[int, str]:
        plan = self.plan(seen.game, temperature, rng)
        return {line.number: self._say(line, seen, plan) for line in seen.lines}

    def _choose(self, game: Game, asked: Choice, temperature: float, rng: np.random.Generator) -> Answer:
        u = self.preference.utilities(game, self.belief(game))
        listed = np.array(plans(game))
        left = np.all([listed[:, node] == action for node, action in asked.taken.items()], axis=0)
        rows = [u[left & (listed[:, asked.node] == action)] for action in asked.actions]
        return self._labelled(asked.letters, np.array(rows), temperature, rng)

    def _labelled(
        self, letters: Sequence[str], u: FloatArray, temperature: float, rng: np.random.Generator
    ) -> Answer:
        """A letter by the utilities of the plans that it leaves open, (letters, plans)."""
        drawn = int(rng.choice(len(letters), p=np.exp(_logs(u, self.lam * temperature))))
        ranked = sorted(zip(letters, _logs(u, self.lam).tolist(), strict=True), key=lambda pair: -pair[1])
        return Answer(letters[drawn], tuple(ranked))

    def _say(self, line: Line, seen: Seen, plan: Plan) -> str:
        if line.kind == "points":
            return f"{line.points:g}"
        if line.kind == "belief":
            cooperates = self.belief(seen.game)[line.node]
            return f"{100 * (cooperates if line.action == 1 else 1 - cooperates):.0f}%"
        return seen.names[FORMS[seen.game.form].nodes[line.node].role][plan[line.node]]

    def _other(self, other: OtherGame, temperature: float, rng: np.random.Generator) -> dict[int, str]:
        expected = other.expected(self.beliefs[0])
        said = {}
        for number, kind, text in other.lines:
            if kind == "rule":
                said[number] = other.rule(text)
            elif kind == "belief":
                said[number] = other.state(expected, text)
            else:
                u = self.preference.values(other.game, other.actions, expected)
                said[number] = other.name(_draw(u, self.lam * temperature, rng))
        return said

    def _answer(self, lines: dict[int, str], explain: bool) -> Answer:
        stated = "\n".join(f"{number}: {said}" for number, said in lines.items())
        return Answer(f"{REASONING}\n\n{stated}" if explain else stated)


def _logs(u: FloatArray, noise: float) -> FloatArray:
    """Log-probability of each row of plans (rows, plans) by logit; what is never taken is not quite 0."""
    behind = u - u.max()
    v = np.where(behind >= -TIE, 0.0, _NEVER) if noise == 0 else behind / noise
    logs = np.maximum(scipy.special.logsumexp(v, axis=1), _NEVER)
    return np.asarray(logs - scipy.special.logsumexp(logs))


def _draw(u: FloatArray, noise: float, rng: np.random.Generator) -> int:
    if noise == 0:
        return int(rng.choice(np.flatnonzero(u >= u.max() - TIE)))
    return int(np.argmax(u + noise * rng.gumbel(size=len(u))))
