"""The games by name, and how each is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from fiduciary.economics.games import (
    FORMS,
    GAMES,
    BeautyContest,
    DictatorGame,
    Game,
    PublicGoodsGame,
    StagHunt,
)
from fiduciary.tasks.economic_games import others
from fiduciary.tasks.economic_games.prompts import Presentation, sheet
from fiduciary.tasks.economic_games.sheets import Sheet

AnyGame = Game | DictatorGame | PublicGoodsGame | StagHunt | BeautyContest

OTHERS: Mapping[str, AnyGame] = MappingProxyType(
    {
        "dictator": DictatorGame(),
        "public_goods": PublicGoodsGame(),
        "stag_hunt": StagHunt(),
        "beauty_contest": BeautyContest(),
    }
)
"""One game each, with the amounts that are usual in experiments."""

WORDS: tuple[str, ...] = ("canonical", "all", *FORMS, *OTHERS, *GAMES)
"""What ``games=`` takes: the 18, everything, a form, one of the other games, or a single game."""


def named(word: str) -> dict[str, AnyGame]:
    """The games that a word of ``WORDS`` stands for."""
    if word == "canonical":
        return dict(GAMES)
    if word == "all":
        return {**GAMES, **OTHERS}
    if word in FORMS:
        return {name: game for name, game in GAMES.items() if game.form == word}
    return {word: {**GAMES, **OTHERS}[word]}


def form_of(game: AnyGame) -> str:
    """A form of ``FORMS``, or the name of one of ``OTHERS``."""
    if isinstance(game, Game):
        return game.form
    return next(name for name, other in OTHERS.items() if type(other) is type(game))


def parameters(game: AnyGame) -> dict[str, Any]:
    """Amounts and what else defines the game within its form, for a sample's metadata."""
    return {name: value for name, value in asdict(game).items() if name != "form"}


def sheet_of(game: AnyGame, labels: str, shown: Presentation) -> Sheet:
    """A game as one presentation shows it."""
    match game:
        case Game():
            return sheet(game, labels, shown)
        case DictatorGame():
            return others.dictator(game, labels, shown)
        case PublicGoodsGame():
            return others.public_goods(game, labels, shown)
        case StagHunt():
            return others.stag_hunt(game, labels, shown)
        case BeautyContest():
            return others.beauty_contest(game, labels, shown)
