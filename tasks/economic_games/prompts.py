"""The three sequential games in words: a prisoner's dilemma, a trust game, a mini-ultimatum game.

Player 1 moves first; Player 2 answers every choice of Player 1 that leaves anything to choose. With
neutral names nothing says what an action means but its points.
"""

from __future__ import annotations

from dataclasses import dataclass

from fiduciary.economics.games.forms import FORMS, Form, Game, Terminal
from fiduciary.tasks.economic_games.sheets import Item, Sheet

LABELS = ("neutral", "labelled")
"""How actions are called: by letters, or by the words of ``economics.games.forms``."""

LETTERS = (("J", "K"), ("M", "N"))
"""Letters of the first and of the second mover's actions, in the order shown: neutral names, and what
stands for actions that are listed as options. C and D are avoided, since textbooks give them meanings, and
so are A and B, which rank."""

Order = tuple[int, int]
"""Both actions in the order shown."""

Names = tuple[tuple[str, str], tuple[str, str]]
"""What each mover's actions are called, by their number."""


@dataclass(frozen=True)
class Presentation:
    """What is counterbalanced.

    Attributes:
        first: whether the first mover's cooperative action is shown second.
        second: the same for the second mover.
        points: whether Player 2's points are named before Player 1's.
        roles: whether Player 2's decisions are asked for before Player 1's.
    """

    first: bool = False
    second: bool = False
    points: bool = False
    roles: bool = False

    @property
    def orders(self) -> tuple[Order, Order]:
        """Both movers' actions in the order shown."""
        return ((0, 1) if self.first else (1, 0)), ((0, 1) if self.second else (1, 0))


def sheet(game: Game, labels: str, shown: Presentation) -> Sheet:
    """A game as one presentation shows it; decisions are named after the form's nodes.

    Args:
        game: form and points.
        labels: one of ``LABELS``.
        shown: what comes first.
    """
    form, names = FORMS[game.form], _names(FORMS[game.form], labels, shown)
    nodes = _asked(form, shown)
    return Sheet(
        description=_rules(game, form, names, shown),
        decisions=tuple(_decision(form, n, names, shown) for n in nodes),
        beliefs=tuple(_belief(form, n, names, shown) for n in nodes),
        checks=_checks(game, form, names),
    )


def _names(form: Form, labels: str, shown: Presentation) -> Names:
    if labels == "labelled":
        by_role = [next(node for node in form.nodes if node.role == role) for role in (0, 1)]
        return (by_role[0].other, by_role[0].cooperative), (by_role[1].other, by_role[1].cooperative)
    # The action shown first gets the first letter, whichever it is.
    (a, b), (c, d) = (
        (letters[order.index(0)], letters[order.index(1)])
        for letters, order in zip(LETTERS, shown.orders, strict=True)
    )
    return (a, b), (c, d)


def _rules(game: Game, form: Form, names: Names, shown: Presentation) -> str:
    first, second = (
        " or ".join(f'"{own[action]}"' for action in order)
        for own, order in zip(names, shown.orders, strict=True)
    )
    ends = [end.path[0][1] for end in form.terminals if len(end.path) == 1]
    course = f"Player 2 is told of it and then chooses {second}."
    if ends:
        [end] = ends
        course = (
            f'If it is "{names[0][end]}", the situation ends. If it is "{names[0][1 - end]}", '
            f"Player 2 is told of it and then chooses {second}."
        )
    lines = "\n".join(f"- {_outcome(game, end, names, shown.points)}" for end in _ends(form, shown))
    return (
        f"There are two players. Player 1 chooses {first}. {course}\n\n"
        f"{lines}\n\n"
        "You and one other participant are the players. Each of you is as likely to be Player 1 as to be "
        "Player 2, and neither knows who is who until all decisions are made. So each of you decides for "
        "both roles, and what you decide for the role that you get is carried out."
    )


def _outcome(game: Game, end: Terminal, names: Names, second_first: bool) -> str:
    points = [
        f"Player {who + 1} gets {game.payoff(letter):g} points" for who, letter in enumerate(end.payoffs)
    ]
    return f"If {_course(end, names)}: {', '.join(reversed(points) if second_first else points)}."


def _course(end: Terminal, names: Names) -> str:
    actions = [action for _, action in end.path]
    text = f'Player 1 chooses "{names[0][actions[0]]}"'
    return text if len(actions) == 1 else f'{text} and Player 2 then chooses "{names[1][actions[1]]}"'


def _ends(form: Form, shown: Presentation) -> list[Terminal]:
    """Ends of the game in the order shown."""

    def place(end: Terminal) -> list[int]:
        return [order.index(action) for order, (_, action) in zip(shown.orders, end.path, strict=False)]

    return sorted(form.terminals, key=place)


def _asked(form: Form, shown: Presentation) -> list[int]:
    """Nodes in the order asked: roles as the presentation says, then what Player 1 did."""

    def place(n: int) -> tuple[bool, int]:
        after = _after(form, n)
        return (form.nodes[n].role == 0) == shown.roles, 0 if after is None else shown.orders[0].index(after)

    return sorted(range(len(form.nodes)), key=place)


def _after(form: Form, n: int) -> int | None:
    """The first mover's action that leads to a node; None at the start."""
    if form.nodes[n].role == 0:
        return None
    return next(end.path[0][1] for end in form.terminals if n in dict(end.path))


def _decision(form: Form, n: int, names: Names, shown: Presentation) -> Item:
    node = form.nodes[n]
    order, situation = shown.orders[node.role], _where(form, n, names, "you are")
    one, other = (names[node.role][action] for action in order)
    return Item(
        node.name,
        f'{situation}: "{one}" or "{other}"?',
        labels=names[node.role],
        order=order,
        letters=LETTERS[node.role],
        situation=situation,
    )


def _belief(form: Form, n: int, names: Names, shown: Presentation) -> Item:
    node = form.nodes[n]
    about = shown.orders[node.role][0]
    text = f'{_where(form, n, names, "the other participant is")}: chance of "{names[node.role][about]}"'
    return Item(node.name, text, low=0, high=100, about=about)


def _where(form: Form, n: int, names: Names, who_is: str) -> str:
    after = _after(form, n)
    text = f"If {who_is} Player {form.nodes[n].role + 1}"
    return text if after is None else f'{text} and Player 1 chose "{names[0][after]}"'


def _checks(game: Game, form: Form, names: Names) -> tuple[Item, ...]:
    return tuple(
        Item(
            f"{end.name}_{who + 1}",
            f"If {_course(end, names)}, how many points does Player {who + 1} get?",
            answer=game.payoff(letter),
        )
        for end in form.terminals
        for who, letter in enumerate(end.payoffs)
    )
