"""Evaluation games among the rows: by id or payoffs in columns, and by the outcomes that a prompt shows.

An affine copy of a game is the same game to every social preference, and counts as it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from fiduciary.economics.games import FORMS, Game
from fiduciary.training.games_situations import close_to, game_of
from fiduciary.training.screening.table import Rows

_POINTS = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:points?|francs?|dollars?|euros?|coins?|tokens?)\b|\$(\d+(?:\.\d+)?)"
)
_LETTERS = "TRPS"


Ranks = tuple[tuple[int, ...], ...]


def _pattern(form: str) -> Ranks:
    """A form's outcomes as ranks of the two payoffs, in no order."""
    order = FORMS[form].order
    return tuple(sorted(tuple(sorted(order.index(p) for p in t.payoffs)) for t in FORMS[form].terminals))


PATTERNS: Mapping[Ranks, str] = {_pattern(form): form for form in FORMS}
"""Outcomes as ranks → form."""


def games(rows: Rows) -> dict[int, str]:
    """Row → the evaluation's game that it is about."""
    found: dict[int, str] = {}
    ids = [values for values in rows.extra.values() if isinstance(values[0], str)]
    payoffs = [rows.extra.get(letter) for letter in _LETTERS]
    for k in range(rows.n):
        game = next((game for values in ids if (game := _of_id(values[k])) is not None), None)
        if game is None and all(payoffs) and "form" in rows.extra:
            game = _game(rows.extra["form"][k], *(values[k] for values in payoffs if values))
        game = game or _of_text(rows.prompt[k])
        name = close_to(game) if game is not None else None
        if name is not None:
            found[k] = name
    return found


def _of_id(value: object) -> Game | None:
    try:
        return game_of(value) if isinstance(value, str) and value.count("-") == len(_LETTERS) else None
    except ValueError:
        return None


def _of_text(prompt: str) -> Game | None:
    """The game whose outcomes stand in a prompt, a line each with what both players get."""
    outcomes = []
    for line in prompt[:8_000].split("\n"):
        amounts = [float(a or b) for a, b in _POINTS.findall(line)]
        if len(amounts) == 2:
            outcomes.append(amounts)
    values = sorted({value for pair in outcomes for value in pair}, reverse=True)
    if len(values) != len(_LETTERS):
        return None
    form = PATTERNS.get(tuple(sorted(tuple(sorted(map(values.index, pair))) for pair in outcomes)))
    return _game(form, *(values[FORMS[form].order.index(x)] for x in _LETTERS)) if form else None


def _game(form: object, *payoffs: object) -> Game | None:
    try:
        return Game(form, *payoffs)  # type: ignore[arg-type]
    except ValueError:
        return None
