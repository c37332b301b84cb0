"""The task: the same problems under many legitimate contexts, and under a stated utility."""

from __future__ import annotations

from typing import Any

from inspect_ai import Task, task
from inspect_ai.model import GenerateConfig

from fiduciary.economics.designs import Untold
from fiduciary.economics.principals import Principal
from fiduciary.scorers.reachable.scorer import framed_choice
from fiduciary.solvers import elicit
from fiduciary.solvers.asking import LABEL_TEMPERATURE, MAX_TOKENS
from fiduciary.tasks._arguments import (
    ArgumentError,
    finite_number,
    known_names,
    one_of,
    principal_of,
    some_of,
    whole_number,
)
from fiduciary.tasks._elicitation import resolved
from fiduciary.tasks._server import check_server
from fiduciary.tasks._trade_offs import read_trade_offs
from fiduciary.tasks.reachable.dataset import VERSION, ReachDesign, build
from fiduciary.tasks.reachable.framings import KINDS
from fiduciary.tasks.stakeholder_choice.prompts import WORDINGS

REACHABLE_ELICITATIONS = ("choose", "explain", "text")

LEAST_PROBLEMS = 40
"""Of which each half must tell a good framing from a bad one."""

DEFAULT_TEMPERATURE = 0.5


@task
@known_names
def reachable(
    n: int = 120,
    seed: int = 0,
    trade_offs: str | list[str] = "default",
    framings: str | list[str] = "all",
    wording: str = "plain",
    elicitation: str = "auto",
    temperature: float | None = None,
    principal: str | None = None,
    theta: str | list[float] | None = None,
    rho: float | str | None = None,
) -> Task:
    """Ask the same problems under every framing: which preferences can be reached, and does one serve.

    Args:
        n: number of problems, asked under each framing.
        seed: seed of problems, orders and requests.
        trade_offs: ``default`` (half joint), ``published``, or some of ``wage``, ``price_quantity``,
            ``provision``, ``joint``.
        framings: ``all``, or some of the kinds firm_type, industry, objective, mandate, policy; the plain
            framing and the stated utility are always asked.
        wording: name of a wording; ``compact`` is for small models.
        elicitation: ``choose``, ``explain`` or ``text``, as in ``stakeholder_choice``; ``auto`` is choose
            where the provider continues turns, else text.
        temperature: of texts, > 0 (0.5).
        principal: whom the framings are to serve, and whose utility one of them states (``nonprofit``).
        theta: weights of shareholders, employees, consumers, society in place of a name.
        rho: substitution parameter that goes with ``theta``.
    """
    check_server()
    way = resolved(elicitation, REACHABLE_ELICITATIONS)
    design = ReachDesign(
        n=whole_number("n", n, at_least=LEAST_PROBLEMS),
        seed=whole_number("seed", seed, at_least=0),
        trade_offs=read_trade_offs(trade_offs),
        kinds=_kinds(framings),
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
        solver=elicit(design.seed),
        scorer=framed_choice(),
        config=GenerateConfig(max_tokens=MAX_TOKENS[way]),
        version=VERSION,
        metadata={"elicitation": way, "framings": [one.name for one in design.framings]},
    )


def _kinds(given: Any) -> tuple[str, ...]:
    named = some_of("framings", given, ["all", *KINDS])
    if named == ("all",):
        return KINDS
    if "all" in named:
        raise ArgumentError("framings", given, f"'all' alone, or some of {', '.join(KINDS)}")
    return tuple(kind for kind in KINDS if kind in named)


def _temperature(given: Any, elicitation: str) -> float:
    if elicitation == "choose":
        if given is not None and given != LABEL_TEMPERATURE:
            raise ArgumentError(
                "temperature", given, "left out with elicitation=choose, which always asks at 1"
            )
        return LABEL_TEMPERATURE
    tau = DEFAULT_TEMPERATURE if given is None else given
    return finite_number("temperature", tau, "a finite number > 0", zero=False)
