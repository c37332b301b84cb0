"""Reading the dictator, public goods, stag hunt and beauty contest games from their text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.games import BeautyContest, DictatorGame, PublicGoodsGame, StagHunt
from fiduciary.subjects.economic_games.sheet_text import EXPLAIN, LINE, options_of
from fiduciary.subjects.economic_games.utilities import SimpleGame

_NUMBER = r"(\d+(?:\.\d+)?)"
_DICTATOR = re.compile(rf"Player 1 has {_NUMBER} points and decides how many")
_WORTH = re.compile(rf"Each is worth {_NUMBER} points to Player 2")
_PUBLIC = re.compile(rf"You and (\d+) other participants have {_NUMBER} points each")
_RETURN = re.compile(rf"pays {_NUMBER} points to each")
_STAG = re.compile(r"If you choose \"([^\"]+)\" and the other chooses \"([^\"]+)\": (.*)\.$", re.MULTILINE)
_YOURS = re.compile(rf"you get {_NUMBER} points")
_BEAUTY = re.compile(
    rf"from 0 to {_NUMBER} at the same time\. The target is (\d+/\d+) of the average of all (\d+)"
)
_PRIZE = re.compile(rf"gets {_NUMBER} points")
_RULE = re.compile(
    r"how many points does|how many points do you get|how many points do these|what is the target"
)
_BELIEF = re.compile(r"^If the other participant is|^The other participant|\bthe other \d+\b")
_CHANCE = re.compile(r"chance of \"([^\"]+)\"")
_PASSED = re.compile(rf"(?:gives|passes on) {_NUMBER} points, how many points does Player ([12])")
_EACH = re.compile(rf"{_NUMBER} points each, how many")
_AVERAGE = re.compile(rf"average of all numbers is {_NUMBER}")
_PAIR = re.compile(r"If you choose \"([^\"]+)\" and the other chooses \"([^\"]+)\", how many")


@dataclass(frozen=True)
class OtherGame:
    """A game as it was read.

    Attributes:
        game: the game.
        names: what the actions hare (0) and stag (1) are called; empty elsewhere.
        lines: number, kind (``rule``, ``belief`` or ``decision``) and text of each line asked.
        options: instead of lines, the actions by the letters that stand for them.
        explain: whether an explanation is asked for first.
    """

    game: SimpleGame
    names: tuple[str, ...]
    lines: tuple[tuple[int, str, str], ...]
    options: dict[str, int]
    explain: bool

    @property
    def actions(self) -> FloatArray:
        """What can be chosen: whole points or numbers, or 0 (hare) and 1 (stag)."""
        game = self.game
        if isinstance(game, StagHunt):
            return np.arange(2.0)
        return np.arange(np.floor(game.top if isinstance(game, BeautyContest) else game.endowment) + 1)

    def expected(self, cooperation: float) -> float:
        """The average expected of the others, when ``cooperation`` is the chance that they cooperate.

        Half of the endowment (dictator), all of it (public goods) or the stag with that chance; the
        middle in the beauty contest.
        """
        match self.game:
            case DictatorGame(endowment=endowment):
                return round(cooperation * endowment / 2)
            case PublicGoodsGame(endowment=endowment):
                return round(cooperation * endowment)
            case StagHunt():
                return round(100 * cooperation) / 100
            case BeautyContest(top=top):
                return top / 2

    def name(self, action: int) -> str:
        """How an action is said."""
        return self.names[action] if self.names else str(action)

    def state(self, expected: float, text: str) -> str:
        """The answer to a line about the others."""
        chance = _CHANCE.search(text)
        if chance is None:
            return f"{expected:g}"
        return f"{100 * (expected if chance[1] == self.names[1] else 1 - expected):.0f}%"

    def rule(self, text: str) -> str:
        """The answer to a line about the rules."""
        game = self.game
        if isinstance(game, DictatorGame) and (passed := _PASSED.search(text)):
            return f"{game.payoffs(float(passed[1]))[int(passed[2]) - 1]:g}"
        if isinstance(game, PublicGoodsGame):
            each = _EACH.search(text)
            return f"{game.mpcr * game.players * float(each[1]):g}" if each else f"{game.endowment:g}"
        if isinstance(game, StagHunt) and (pair := _PAIR.search(text)):
            return f"{game.payoffs(*(name == self.names[1] for name in pair.groups()))[0]:g}"
        if isinstance(game, BeautyContest):
            average = _AVERAGE.search(text)
            return f"{game.p * float(average[1]):g}" if average else f"{game.prize:g}"
        return "unclear"


def read_other_game(texts: Sequence[str]) -> OtherGame | None:
    """The game of the latest text that holds one, and the last text's questions; None without a game."""
    for text in reversed(texts):
        found = _recognise(text)
        if found is not None:
            game, names = found
            lines = tuple(
                (int(line["number"]), _kind(line["text"]), line["text"]) for line in LINE.finditer(texts[-1])
            )
            named = options_of(texts[-1])
            options = {letter: names.index(name) for letter, name in named.items() if name in names}
            read = OtherGame(game, names, lines, options, bool(EXPLAIN.search(texts[-1])))
            return read if lines or options else None
    return None


def _kind(text: str) -> str:
    if _BELIEF.search(text):
        return "belief"
    return "rule" if _RULE.search(text) else "decision"


def _recognise(text: str) -> tuple[SimpleGame, tuple[str, ...]] | None:
    try:
        if found := _DICTATOR.search(text):
            worth = _WORTH.search(text)
            return DictatorGame(float(found[1]), multiplier=float(worth[1]) if worth else 1.0), ()
        if (found := _PUBLIC.search(text)) and (pays := _RETURN.search(text)):
            return PublicGoodsGame(int(found[1]) + 1, float(found[2]), float(pays[1])), ()
        if (found := _BEAUTY.search(text)) and (prize := _PRIZE.search(text)):
            return BeautyContest(
                float(Fraction(found[2])), float(found[1]), int(found[3]), float(prize[1])
            ), ()
        return _stag_hunt(text)
    except ValueError:
        return None


def _stag_hunt(text: str) -> tuple[StagHunt, tuple[str, ...]] | None:
    own = {(m[1], m[2]): float(yours[1]) for m in _STAG.finditer(text) if (yours := _YOURS.search(m[3]))}
    same = sorted((points, one) for (one, other), points in own.items() if one == other)
    if len(own) != 4 or len(same) != 2:
        return None
    (both_hare, hare), (both_stag, stag) = same
    return StagHunt(both_stag, own[stag, hare], own[hare, stag], both_hare), (hare, stag)
