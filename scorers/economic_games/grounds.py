"""On what the figures of economic games rest: do decisions depend on where their actions lead, in any order?

Of two repeats of a game that follow each other one shows a role's actions in an order that was drawn, the
other in the opposite one: a role's decisions in both are one question of the test. Neutral names go with the
place, so that only the points tell the actions apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from fiduciary.economics.games import FORMS
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.economics.inference.shown import Shown
from fiduciary.scorers.economic_games.table import Play
from fiduciary.scorers.grounds import grounds_of

_PLACES = ("first", "second")  # in a presentation: whether a role's cooperative action is shown second


def grounds(found: Sequence[Play], *, beliefs: bool = False) -> Grounds | None:
    """Of the sequential games; None where none was played. An answer is a decision of a whole play.

    Args:
        found: the plays.
        beliefs: whether the figures need the player's beliefs too, so that a play without them is missing.
    """
    plays = [play for play in found if play.sequential]
    if not plays:
        return None
    kinds: dict[tuple[str, int], int] = {
        (form.name, node.role): number
        for number, (form, node) in enumerate((form, node) for form in FORMS.values() for node in form.nodes)
    }
    names = sorted(set(kinds.values()))
    chance, place, figures, question = [], [], [], []
    asked = valid = 0
    for play in plays:
        whole = play.complete if beliefs else play.reason is None
        for node in FORMS[play.form].nodes:
            asked, valid = asked + 1, valid + whole
            value = play.plan.get(node.name)
            of_one = math.nan if value is None or not whole else float(value)
            # A reply may answer like with like or be the same to both moves: counted as "like", the decisions
            # of either player do not cancel in a role of which both replies are asked.
            own = 1 - of_one if node.name == "reply_to_D" else of_one
            turned = play.presentation[_PLACES[node.role]] != (node.name == "reply_to_D")
            chance.append(own)
            place.append([1, 0] if turned else [0, 1])
            row = np.zeros(len(names) + 1)
            row[names.index(kinds[play.form, node.role])] = 1.0
            row[-1] = (play.parameters["T"] - play.parameters["R"]) / 10
            figures.append(row)
            question.append(f"{play.game}/{node.role}/{play.repeat[0] // 2}")
    offered = np.array(figures)
    offered[:, -1] -= offered[:, -1].mean()
    outside = [play.mass_outside for play in plays if math.isfinite(play.mass_outside)]
    p = np.array(chance)
    shown = Shown(
        np.stack([p, 1 - p], axis=1),
        np.array(place, np.int64),
        np.stack([offered, np.zeros_like(offered)], axis=1),
        np.array(question),
        noisy=not outside,
    )
    mass = 1 - float(np.mean(outside)) if outside else math.nan
    return grounds_of(shown, asked, valid, mass, about="the payoffs", places=False)


def withheld(found: Sequence[Play]) -> str | None:
    """Why no figure of plans and beliefs is shown; None where figures may be, or none was played."""
    own = grounds(found, beliefs=True)
    return None if own is None else own.withheld
