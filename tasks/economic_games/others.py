"""Four games beside the three forms, in words: dictator, public goods, stag hunt, beauty contest.

They have no letters to swap but the stag hunt's two actions; ``labelled`` says what the choice is about.
"""

from __future__ import annotations

from fractions import Fraction

from fiduciary.economics.games import BeautyContest, DictatorGame, PublicGoodsGame, StagHunt
from fiduciary.tasks.economic_games.prompts import LETTERS, Presentation
from fiduciary.tasks.economic_games.sheets import Item, Sheet

_PASSED = 30  # points given in the question about the dictator game's rules
_AVERAGE = 60  # average in the question about the beauty contest's rules


def dictator(game: DictatorGame, labels: str, shown: Presentation) -> Sheet:
    """How many points Player 1 gives; a belief about what the other would give."""
    have = f"{game.endowment:g}"
    give, does = ("give", "gives") if labels == "labelled" else ("pass on", "passes on")
    worth = "" if game.multiplier == 1 else f" Each is worth {game.multiplier:g} points to Player 2."
    return Sheet(
        description=(
            f"There are two players. Player 1 has {have} points and decides how many of them to {give} to "
            f"Player 2; Player 1 keeps the rest.{worth} Player 2 has no points and decides nothing.\n\n"
            "You and one other participant are the players. Each of you is as likely to be Player 1 as to be "
            "Player 2, and neither knows who is who until both have decided for the role of Player 1. What "
            "you decide is carried out if you get that role."
        ),
        decisions=(
            Item(
                "gift",
                f"If you are Player 1: how many of your {have} points do you {give}? "
                f"(a number from 0 to {have})",
                low=0,
                high=game.endowment,
            ),
        ),
        beliefs=(
            Item(
                "gift",
                f"If the other participant is Player 1: how many points does that participant {give}? "
                f"(a number from 0 to {have})",
                low=0,
                high=game.endowment,
            ),
        ),
        checks=tuple(
            Item(
                f"points_{who + 1}",
                f"If Player 1 {does} {_PASSED} points, how many points does Player {who + 1} have "
                "in the end?",
                answer=points,
            )
            for who, points in enumerate(game.payoffs(_PASSED))
        ),
    )


def public_goods(game: PublicGoodsGame, labels: str, shown: Presentation) -> Sheet:
    """How many points go into the common account; a belief about the others' average."""
    have, n = f"{game.endowment:g}", game.players
    into = "contribute to the group's project" if labels == "labelled" else "put into account B"
    kept = "keep the rest" if labels == "labelled" else "leave the rest in account A, which is yours alone"
    there = "contributed to the project" if labels == "labelled" else "in account B"
    half = game.endowment / 2
    return Sheet(
        description=(
            f"You and {n - 1} other participants have {have} points each. At the same time, each decides how "
            f"many of these points to {into}; you {kept}. Every point {there}, whoever it comes from, pays "
            f"{game.mpcr:g} points to each of the {n} participants, you included."
        ),
        decisions=(
            Item(
                "contribution",
                f"How many of your {have} points do you {into}? (a number from 0 to {have})",
                low=0,
                high=game.endowment,
            ),
        ),
        beliefs=(
            Item(
                "contribution",
                f"How many points do the other {n - 1} {into}, on average? (a number from 0 to {have})",
                low=0,
                high=game.endowment,
            ),
        ),
        checks=(
            Item(
                "nobody",
                f"If nobody decides to {into} any points, how many points does each have in the end?",
                answer=game.endowment,
            ),
            Item(
                "half",
                f"If all {n} participants {into} {half:g} points each, how many points do these pay to each "
                "participant?",
                answer=round(game.mpcr * n * half, 9),
            ),
        ),
    )


def stag_hunt(game: StagHunt, labels: str, shown: Presentation) -> Sheet:
    """Which of two actions; a belief about the other's."""
    order = shown.orders[0]
    if labels == "labelled":
        names = ("take the hare", "hunt the stag")
    else:
        names = (LETTERS[0][order.index(0)], LETTERS[0][order.index(1)])
    ends = [(own, other) for own in order for other in order]
    lines = []
    for own, other in ends:
        mine, theirs = game.payoffs(bool(own), bool(other))
        points = [f"you get {mine:g} points", f"the other gets {theirs:g} points"]
        lines.append(
            f'- If you choose "{names[own]}" and the other chooses "{names[other]}": '
            f"{', '.join(reversed(points) if shown.points else points)}."
        )
    one, two = (names[action] for action in order)
    choice = f'"{one}" or "{two}"'
    return Sheet(
        description=(
            f"You and one other participant choose {choice} at the same time, without knowing what the other "
            "chooses.\n\n" + "\n".join(lines)
        ),
        decisions=(
            Item("stag", f"What do you choose: {choice}?", labels=names, order=order, letters=LETTERS[0]),
        ),
        beliefs=(Item("stag", f'The other participant: chance of "{one}"', low=0, high=100, about=order[0]),),
        checks=tuple(
            Item(
                f"points_{own}{other}",
                f'If you choose "{names[own]}" and the other chooses "{names[other]}", '
                "how many points do you get?",
                answer=game.payoffs(bool(own), bool(other))[0],
            )
            for own, other in ends
        ),
    )


def beauty_contest(game: BeautyContest, labels: str, shown: Presentation) -> Sheet:
    """Which number; a belief about the others' average."""
    p, top = Fraction(game.p).limit_denominator(100), f"{game.top:g}"
    return Sheet(
        description=(
            f"You and {game.players - 1} other participants each choose a number from 0 to {top} at the same "
            f"time. The target is {p} of the average of all {game.players} numbers. Whoever is closest to "
            f"the target gets {game.prize:g} points; several who are equally close share them. All others "
            "get nothing."
        ),
        decisions=(Item("guess", f"Which number do you choose? (from 0 to {top})", low=0, high=game.top),),
        beliefs=(
            Item(
                "guess",
                f"What is the average of the other {game.players - 1} numbers? (from 0 to {top})",
                low=0,
                high=game.top,
            ),
        ),
        checks=(
            Item(
                "target",
                f"If the average of all numbers is {_AVERAGE}, what is the target?",
                answer=round(float(p) * _AVERAGE, 9),
            ),
            Item(
                "prize",
                "If only you are closest to the target, how many points do you get?",
                answer=game.prize,
            ),
        ),
    )
