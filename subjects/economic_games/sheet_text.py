"""From the text of messages to a game, and to what each numbered line of the last one asks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from fiduciary.economics.games.forms import FORMS, Game

Kind = Literal["decision", "belief", "points"]
Course = tuple[str, ...]
"""Names of the actions that lead to an end: Player 1's, and Player 2's where it gets to choose."""

_NAME = r"[\"“](?P<{}>[^\"”]+)[\"”]"
_COURSE = (
    rf"If Player 1 chooses {_NAME.format('first')}(?: and Player 2 then chooses {_NAME.format('second')})?"
)
_OUTCOME = re.compile(rf"{_COURSE}: (?P<points>.*)$", re.MULTILINE)
_POINTS = re.compile(r"Player (?P<who>[12]) gets (?P<amount>-?\d+(?:\.\d+)?) points")
LINE = re.compile(r"^(?P<number>\d+)\. (?P<text>.+)$", re.MULTILINE)
_ASKED_POINTS = re.compile(rf"{_COURSE}, how many points does Player (?P<who>[12]) get\?")
_SITUATION = re.compile(rf"Player (?P<who>[12])(?: and Player 1 chose {_NAME.format('after')})?:")
_WHERE = re.compile(rf"If you are Player (?P<who>[12])(?: and Player 1 chose {_NAME.format('after')})?")
_RECALLED = re.compile(rf"^- {_WHERE.pattern}: {_NAME.format('action')}$", re.MULTILINE)
_WHICH = re.compile(rf"^{_WHERE.pattern}, which option do you choose\?$", re.MULTILINE)
OPTION = re.compile(rf"^Option (?P<letter>[A-Z]): choose {_NAME.format('action')}$", re.MULTILINE)
_CHANCE = re.compile(rf"chance of {_NAME.format('action')}")
EXPLAIN = re.compile(r"^Explain your reasoning", re.MULTILINE)


@dataclass(frozen=True)
class Line:
    """What one numbered line asks.

    Attributes:
        number: its number.
        kind: a decision, a belief about the other's action, or the points at an end.
        node: of the form, for a decision or a belief.
        action: the action (1 is the cooperative one) that a belief is about.
        points: the points asked for.
    """

    number: int
    kind: Kind
    node: int = -1
    action: int = -1
    points: float = 0.0


@dataclass(frozen=True)
class Choice:
    """One decision of a plan, its actions listed as options.

    Attributes:
        node: of the form.
        letters: what stands for each action, in the order shown.
        actions: the actions (1 is the cooperative one) in the order shown.
        taken: the plan's earlier decisions, action by node.
    """

    node: int
    letters: tuple[str, ...]
    actions: tuple[int, ...]
    taken: Mapping[int, int]


@dataclass(frozen=True)
class Seen:
    """A game as it was read.

    Attributes:
        game: form and points; which form it is, and which action is the cooperative one, follows from
            the points alone.
        names: what the actions of each role are called, by their number.
        lines: what the last message asks, in its order.
        choice: the one decision that it asks for instead.
        explain: whether it asks for an explanation first.
    """

    game: Game
    names: tuple[tuple[str, str], tuple[str, str]]
    lines: tuple[Line, ...]
    choice: Choice | None
    explain: bool


def read_game(texts: Sequence[str]) -> Seen | None:
    """The game of the latest text that holds one, and the last text's questions; None without a game."""
    for text in reversed(texts):
        ends = _ends(text)
        found = _recognise(ends)
        if found is not None:
            game, names = found
            lines = tuple(_lines(texts[-1], game, names, ends))
            choice = _choice(texts[-1], game, names)
            return Seen(game, names, lines, choice, bool(EXPLAIN.search(texts[-1])))
    return None


def node_of(game: Game, role: int, after: int | None) -> int | None:
    """Index of the node at which a role decides after the first mover's action; None if it does not."""
    for index, node in enumerate(FORMS[game.form].nodes):
        leads = {end.path[0][1] for end in FORMS[game.form].terminals if index in dict(end.path)}
        if node.role == role and (role == 0 or after in leads):
            return index
    return None


def _ends(text: str) -> dict[Course, tuple[float, float]]:
    """Both players' points at every end that a text describes."""
    ends = {}
    for match in _OUTCOME.finditer(text):
        amounts = {point["who"]: float(point["amount"]) for point in _POINTS.finditer(match["points"])}
        if set(amounts) == {"1", "2"}:
            ends[_course(match)] = (amounts["1"], amounts["2"])
    return ends


def _course(match: re.Match[str]) -> Course:
    return (match["first"],) if match["second"] is None else (match["first"], match["second"])


def _recognise(
    ends: Mapping[Course, tuple[float, float]],
) -> tuple[Game, tuple[tuple[str, str], tuple[str, str]]] | None:
    """The form that the points make, with its amounts and the names of the actions."""
    first = list(dict.fromkeys(course[0] for course in ends))
    second = list(dict.fromkeys(course[1] for course in ends if len(course) == 2))
    equal = sorted((points[0], course) for course, points in ends.items() if points[0] == points[1])
    unequal = {course: points for course, points in ends.items() if points[0] != points[1]}
    if len(first) != 2 or len(second) != 2 or len(equal) != 2:
        return None
    (low, worse), (high, better) = equal
    short = [course for course in ends if len(course) == 1]
    try:
        if not short and len(unequal) == 2:
            one, two = better
            s, t = unequal[one, _other(second, two)]
            game, names = Game("prisoners_dilemma", t, high, low, s), (one, two)
        elif short == [worse] and len(unequal) == 1:
            [(s, t)] = unequal.values()
            game, names = Game("trust", t, high, low, s), (better[0], better[1])
        elif short == [better] and len(unequal) == 1:
            [((_, accepted), (t, s))] = [(course, points) for course, points in unequal.items()]
            game, names = Game("ultimatum", t, high, low, s), (better[0], accepted)
        else:
            return None
    except (KeyError, ValueError):
        return None
    cooperative = names
    return game, (
        (_other(first, cooperative[0]), cooperative[0]),
        (_other(second, cooperative[1]), cooperative[1]),
    )


def _other(both: Sequence[str], one: str) -> str:
    return both[1] if both[0] == one else both[0]


def options_of(text: str) -> dict[str, str]:
    """The actions' names by the letters that stand for them, in the order shown."""
    return {option["letter"]: option["action"] for option in OPTION.finditer(text)}


def _choice(text: str, game: Game, names: tuple[tuple[str, str], tuple[str, str]]) -> Choice | None:
    asked, options = _WHICH.search(text), options_of(text)
    node = None if asked is None else _node_at(asked, game, names)
    own = () if node is None else names[FORMS[game.form].nodes[node].role]
    if node is None or not options or set(options.values()) != set(own):
        return None
    taken = {}
    for one in _RECALLED.finditer(text):
        where = _node_at(one, game, names)
        if where is not None:
            taken[where] = names[FORMS[game.form].nodes[where].role].index(one["action"])
    return Choice(node, tuple(options), tuple(map(own.index, options.values())), taken)


def _node_at(match: re.Match[str], game: Game, names: tuple[tuple[str, str], tuple[str, str]]) -> int | None:
    after = names[0].index(match["after"]) if match["after"] in names[0] else None
    return node_of(game, int(match["who"]) - 1, after)


def _lines(
    text: str,
    game: Game,
    names: tuple[tuple[str, str], tuple[str, str]],
    ends: Mapping[Course, tuple[float, float]],
) -> list[Line]:
    found = []
    for match in LINE.finditer(text):
        number, asked = int(match["number"]), match["text"]
        if points := _ASKED_POINTS.search(asked):
            course = _course(points)
            if course in ends:
                found.append(Line(number, "points", points=ends[course][int(points["who"]) - 1]))
        elif situation := _SITUATION.search(asked):
            role = int(situation["who"]) - 1
            node = _node_at(situation, game, names)
            chance = _CHANCE.search(asked)
            if node is None or (chance and chance["action"] not in names[role]):
                continue
            if chance:
                found.append(Line(number, "belief", node, names[role].index(chance["action"])))
            else:
                found.append(Line(number, "decision", node))
    return found
