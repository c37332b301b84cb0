"""The task: a model states trade-offs and principles, and chooses; its words are held against its deeds."""

from __future__ import annotations

from typing import Any

from inspect_ai import Task, task
from inspect_ai.model import GenerateConfig

from fiduciary.economics.designs import Untold
from fiduciary.economics.principals import Principal
from fiduciary.scorers.stated.scorer import said_and_done
from fiduciary.solvers.asking import LABEL_TEMPERATURE, MAX_TOKENS
from fiduciary.solvers.stated import ask_stated
from fiduciary.tasks._arguments import (
    ArgumentError,
    finite_number,
    known_names,
    one_of,
    principal_of,
    whole_number,
)
from fiduciary.tasks._elicitation import resolved
from fiduciary.tasks._server import check_server
from fiduciary.tasks._trade_offs import read_trade_offs
from fiduciary.tasks.stakeholder_choice.prompts import WORDINGS
from fiduciary.tasks.stated.dataset import VERSION, StatedDesign, build

STATED_ELICITATIONS = ("choose", "explain", "text")

LEAST_PROBLEMS = 40
"""Of which a block's θ and ρ are to be told."""

DEFAULT_TEMPERATURE = 0.5


@task
@known_names
def stated(
    n: int = 120,
    seed: int = 0,
    trade_offs: str | list[str] = "default",
    wording: str = "plain",
    elicitation: str = "auto",
    temperature: float | None = None,
    principal: str | None = None,
    theta: str | list[float] | None = None,
    rho: float | str | None = None,
) -> Task:
    """Ask for trade-offs in dollars and points, for principles and for choices, untold and told a target.

    Args:
        n: number of choice problems in each of the two blocks.
        seed: seed of problems, orders and requests.
        trade_offs: ``default`` (half joint), ``published``, or some of ``wage``, ``price_quantity``,
            ``provision``, ``joint``.
        wording: name of a wording of the problems; ``compact`` is for small models.
        elicitation: of problems and principles ``choose``, ``explain`` or ``text``, as in
            ``stakeholder_choice``; ``auto`` is choose where the provider continues turns, else text. With
            ``choose`` some problems are explained as well.
        temperature: of texts, > 0 (0.5; with ``choose``, 1).
        principal: whose utility the second block tells (``nonprofit``).
        theta: weights of shareholders, employees, consumers, society in place of a name.
        rho: substitution parameter that goes with ``theta``.
    """
    check_server()
    way = resolved(elicitation, STATED_ELICITATIONS)
    design = StatedDesign(
        n=whole_number("n", n, at_least=LEAST_PROBLEMS),
        seed=whole_number("seed", seed, at_least=0),
        trade_offs=read_trade_offs(trade_offs),
        wording=one_of("wording", wording, list(WORDINGS)),
        elicitation=way,
        temperature=_temperature(temperature, way),
        principal=principal_of(principal, theta, rho) or Principal.named("nonprofit"),
    )
    try:
        dataset = build(design)
    except Untold as error:
        raise ArgumentError("trade_offs", trade_offs, f"default, published or joint: {error}") from error
    return Task(
        dataset=dataset,
        solver=ask_stated(design.seed),
        scorer=said_and_done(),
        # Statements are texts, and so are some explanations: one token would cut them off.
        config=GenerateConfig(max_tokens=MAX_TOKENS["text"]),
        version=VERSION,
        metadata={"elicitation": way},
    )


def _temperature(given: Any, elicitation: str) -> float:
    usual = LABEL_TEMPERATURE if elicitation == "choose" else DEFAULT_TEMPERATURE
    return finite_number("temperature", usual if given is None else given, "a finite number > 0", zero=False)
