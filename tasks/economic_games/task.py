"""The task: plans and beliefs in economic games, and the social preference behind them."""

from __future__ import annotations

import math

from inspect_ai import Task, task

from fiduciary.economics.games import FORMS, Game
from fiduciary.scorers.economic_games.scorer import game_play
from fiduciary.solvers import strategy_method
from fiduciary.solvers.economic_games import BELIEFS, GAME_ELICITATIONS
from fiduciary.tasks._arguments import (
    ArgumentError,
    known_names,
    number,
    numbers,
    one_of,
    some_of,
    whole_number,
    yes_or_no,
)
from fiduciary.tasks._elicitation import resolved
from fiduciary.tasks._server import check_server
from fiduciary.tasks.economic_games.catalogue import WORDS, AnyGame, named
from fiduciary.tasks.economic_games.dataset import VERSION, Design, build
from fiduciary.tasks.economic_games.prompts import LABELS

Text = str | list[str]

_ONLY_TEXT = "where decisions are chosen one by one; -T elicitation=text has the whole plan stated"


@task
@known_names
def economic_games(
    games: Text = "canonical",
    repeats: int = 20,
    beliefs: str = "before",
    labels: str = "neutral",
    elicitation: str = "auto",
    explain: bool = False,
    temperature: float = 1.0,
    payoffs: Text | list[float] | None = None,
    seed: int = 0,
) -> Task:
    """State plans for both roles of economic games, and beliefs; estimate the social preference behind them.

    Args:
        games: ``canonical`` (the 18: ``prisoners_dilemma``, ``trust``, ``ultimatum``, six payoff sets
            each), ``all`` (also ``dictator``, ``public_goods``, ``stag_hunt``, ``beauty_contest``), or
            some of these names or of single games such as ``trust_3``.
        repeats: samples of each game, with counterbalanced presentations.
        beliefs: asked for ``before`` the plan, ``after`` it (texts only), or not at all (``none``).
        labels: actions are letters (``neutral``) or words such as cooperate and defect (``labelled``).
        elicitation: of plans: ``choose`` (each decision on its own, the turn begun with the closing words,
            the labels' log-probabilities read), ``text`` (the whole plan stated in numbered lines), or
            ``auto``: choose where the provider continues turns, else text.
        explain: let the model explain itself before it states plan and beliefs (texts only).
        temperature: of all texts; labels are always read at 1. At the default 1 the model answers from its
            own distribution, so that λ is its own noise.
        payoffs: T, R, P, S of a game of your own, in place of the six payoff sets of the one form that
            ``games`` names.
        seed: seed of presentations, questions about the rules, and requests.
    """
    check_server()
    way = resolved(elicitation, GAME_ELICITATIONS)
    design = Design(
        games=_games(games, payoffs),
        repeats=whole_number("repeats", repeats, at_least=1),
        beliefs=one_of("beliefs", beliefs, BELIEFS),
        labels=one_of("labels", labels, LABELS),
        elicitation=way,
        explain=yes_or_no("explain", explain),
        temperature=_temperature(temperature),
        seed=whole_number("seed", seed, at_least=0),
    )
    if way == "choose" and design.explain:
        raise ArgumentError("explain", explain, f"false {_ONLY_TEXT}")
    if way == "choose" and design.beliefs == "after":
        raise ArgumentError("beliefs", beliefs, f"before or none {_ONLY_TEXT}")
    return Task(
        dataset=build(design),
        solver=strategy_method(design.seed),
        scorer=game_play(),
        version=VERSION,
        metadata={"temperatures": [design.temperature], "elicitation": design.elicitation},
    )


def _games(words: Text, payoffs: Text | list[float] | None) -> dict[str, AnyGame]:
    chosen = some_of("games", words, WORDS)
    if payoffs is not None:
        return _own(chosen, payoffs)
    return {name: game for word in chosen for name, game in named(word).items()}


def _own(chosen: tuple[str, ...], payoffs: Text | list[float]) -> dict[str, AnyGame]:
    """A game with payoffs of the user's own."""
    if len(chosen) != 1 or chosen[0] not in FORMS:
        forms = ", ".join(FORMS)
        raise ArgumentError("games", ",".join(chosen), f"one of {forms} when payoffs are given")
    [form] = chosen
    allowed = "four numbers T, R, P, S, for example payoffs=90,55,20,10"
    amounts = numbers("payoffs", payoffs, allowed)
    if len(amounts) != 4 or not all(map(math.isfinite, amounts)):
        raise ArgumentError("payoffs", payoffs, allowed)
    try:
        return {f"{form}_own": Game(FORMS[form].name, *amounts)}
    except ValueError as error:
        raise ArgumentError("payoffs", payoffs, f"in the form's order: {error}") from error


def _temperature(value: float) -> float:
    given = number("temperature", value, "a finite number >= 0")
    if not 0 <= given < math.inf:
        raise ArgumentError("temperature", value, "a finite number >= 0")
    return given
