"""From the scores of a log of ``tasks/economic_games`` to plays, and to what estimators take."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

from fiduciary.economics.games import FORMS, Game, PlanChoices, plan_shares

SCORER = "game_play"


@dataclass(frozen=True)
class Play:
    """One player's answers in one game.

    Attributes:
        game: name of the game.
        form: a key of ``FORMS``, or the name of another game.
        parameters: the game's amounts.
        repeat: which sample of the game, and which epoch of it.
        plan: action (1 is the cooperative one) or number at each decision, or the probability of action 1
            where decisions are chosen one by one; None where missing.
        shares: probability of each plan of a sequential game, in the order of ``economics.games.plans``, 1
            for a stated one; None where a decision is missing.
        belief: probability of the other's cooperative action, or the number expected; None where
            missing; empty where beliefs were not asked for.
        reason: why the plan is missing, else None.
        belief_reason: why beliefs are missing, else None.
        lines_missing: reason of every missing line, by ``question.name``.
        rules: whether each question about the rules was answered rightly, None where unreadable.
        presentation: what was shown first, by the name of what is counterbalanced.
        mass_outside: probability of tokens that are not labels, a mean over decisions; NaN for texts.
    """

    game: str
    form: str
    parameters: Mapping[str, Any]
    repeat: tuple[int, int]
    plan: Mapping[str, float | None]
    shares: tuple[float, ...] | None
    belief: Mapping[str, float | None]
    reason: str | None
    belief_reason: str | None
    lines_missing: Mapping[str, str]
    rules: Mapping[str, bool | None]
    presentation: Mapping[str, bool]
    mass_outside: float

    @property
    def complete(self) -> bool:
        """Whether plan and beliefs are there."""
        return self.reason is None and self.belief_reason is None

    @property
    def sequential(self) -> bool:
        """Whether the game has one of the three forms, so that a social preference can be estimated."""
        return self.form in FORMS

    @property
    def expected(self) -> tuple[float, ...] | None:
        """The belief in the form's order of nodes; None where it is missing or was not asked for."""
        nodes = FORMS[self.form].nodes if self.sequential else ()
        known = tuple(value for node in nodes if (value := self.belief.get(node.name)) is not None)
        return known if nodes and len(known) == len(nodes) else None

    def material(self) -> Game:
        """The game of the theory.

        Raises:
            ValueError: a game that has none of the three forms.
        """
        return Game(FORMS[self.form].name, **self.parameters)


def plays(scores: Sequence[SampleScore] | EvalLog) -> list[Play]:
    """All plays, missing answers included.

    Args:
        scores: scores as a metric gets them, or a log read with its samples. In a log, a sample that
            failed before it was scored counts as missing with reason "error".

    Raises:
        ValueError: a sample that was not scored by ``game_play``, or that is not of this task.
    """
    return [_play(*row) for row in _rows(scores)]


def choices(found: Sequence[Play]) -> PlanChoices:
    """Plans and beliefs of the sequential games as the estimators take them, clustered by game.

    Raises:
        ValueError: there is no play with both.
    """
    rows = [play for play in found if play.sequential]
    return plan_shares(
        [play.material() for play in rows],
        [play.expected for play in rows],
        [play.shares for play in rows],
        [play.game for play in rows],
    )


_Row = tuple[str | int | None, Mapping[str, Any], int, Mapping[str, Any]]


def _rows(scores: Sequence[SampleScore] | EvalLog) -> Iterable[_Row]:
    """Sample id, sample metadata, epoch, metadata of the score."""
    if not isinstance(scores, EvalLog):
        for item in scores:
            yield item.sample_id, item.sample_metadata or {}, 1, item.score.metadata or {}
        return
    for sample in scores.samples or []:
        found = (sample.scores or {}).get(SCORER)
        if found is None and sample.error is None:
            raise ValueError(f"sample {sample.id!r} has no score of {SCORER!r}")
        failed: dict[str, Any] = {"reason": "error", "belief_reason": "error", "shares": None}
        failed |= {part: {} for part in ("lines_missing", "plan", "belief", "rules")}
        yield sample.id, sample.metadata, sample.epoch, (found.metadata or {}) if found else failed


def _play(name: str | int | None, sample: Mapping[str, Any], epoch: int, score: Mapping[str, Any]) -> Play:
    try:
        return Play(
            str(sample["game"]),
            str(sample["form"]),
            sample["parameters"],
            (int(sample["repeat"]), epoch),
            score["plan"],
            None if score["shares"] is None else tuple(score["shares"]),
            score["belief"],
            score["reason"],
            score["belief_reason"],
            score["lines_missing"],
            score["rules"],
            sample["presentation"],
            float(score.get("mass_outside", math.nan)),
        )
    except KeyError as error:
        raise ValueError(
            f"sample {name!r} is not of tasks/economic_games: {error.args[0]} is missing "
            "(score logs of earlier versions again: inspect score)"
        ) from None
