"""What matching learns from in games: the target's probabilities of all plans, each as a whole answer.

The games are those of pairs that ``fiduciary train games`` made, asked in the same words. A target with
noise λ states plan x with probability softmax(u/λ), as the estimator has it
(``economics.games.plan_probabilities``). Where answers explain themselves, all compare the plans that the
pair's chosen response compares, and differ in what they settle on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fiduciary.economics.games import Plan, plan_probabilities, plan_words, plans
from fiduciary.tasks.economic_games.prompts import Presentation, sheet
from fiduciary.training.errors import TrainingError
from fiduciary.training.games import answer_lines, nodes_shown
from fiduciary.training.games_situations import Situation, game_of
from fiduciary.training.preference_data import PreferenceData
from fiduciary.training.targets import SocialTarget, read_target


def plans_to_match(data: PreferenceData, lam: float) -> PreferenceData:
    """The games of a data set as rows of matching, and its facts with the target's noise.

    Each row has the ``prompt`` as messages, its ``length``, by which a sampler may group rows, ``part``
    "plan", the ``responses`` of all plans in the order of ``economics.games.plans``, their ``probabilities``,
    and the game as ``problem``.

    Args:
        data: pairs of plans, as :func:`training.games_data.write` makes them.
        lam: λ > 0, points.

    Raises:
        TrainingError: data that are not of games, or of another noise.
        ValueError: λ not finite and > 0.
    """
    from datasets import Dataset

    stated = read_target(data.target)
    if not isinstance(stated, SocialTarget):
        raise TrainingError(
            f"the data state choices of {stated.label}: their problems are made by `match` itself, so leave "
            "--data out. What it takes are games of `fiduciary train games`."
        )
    if "presentation" not in data.table.column_names:
        raise TrainingError(
            "the data do not say what each game shows first: make them again by `train games`."
        )
    if stated.lam not in (0, lam):
        raise TrainingError(f"the data are of a player with λ = {stated.lam:g}, and --lam says {lam:g}.")
    target = replace(stated, lam=lam)
    rows = [_row(row, target) for row in data.table.to_list()]
    facts = data.facts | {"target": target.facts(), "pairs_lam": stated.lam}
    return PreferenceData(Dataset.from_list(rows), facts)


def _row(row: Mapping[str, Any], target: SocialTarget) -> dict[str, Any]:
    game = game_of(row["problem"])
    situation = Situation(game, tuple(round(100 * p) for p in row["belief"]), row["band"])
    responses = [_response(row, situation, plan) for plan in plans(game)]
    return {
        "prompt": row["prompt"],
        "length": sum(len(message["content"]) for message in row["prompt"]) + len(responses[0]),
        "part": "plan",
        "responses": responses,
        "probabilities": plan_probabilities(game, situation.belief, target.preference, target.lam).tolist(),
        "problem": row["problem"],
    }


def _response(row: Mapping[str, Any], situation: Situation, plan: Plan) -> str:
    """The answer that states a plan: that of the chosen one, with another plan in its place."""
    page = sheet(situation.game, row["labels"], Presentation(*(bit == "1" for bit in row["presentation"])))
    lines = answer_lines(page, situation, plan)
    if row["elicitation"] == "answer":
        return lines
    nodes = nodes_shown(situation, page)
    compared, settled, _ = row["chosen"][0]["content"].rsplit("\n\n", 2)
    settled = settled.replace(plan_words(nodes, _plan(row["chosen_plan"])), plan_words(nodes, plan))
    return f"{compared}\n\n{settled}\n\n{lines}"


def _plan(digits: str) -> Plan:
    return tuple(map(int, digits))
