"""The task: the choices of ``stakeholder_choice`` again, under pressure."""

from __future__ import annotations

import logging
from typing import Any

from inspect_ai import Task, task
from inspect_ai.model import GenerateConfig

from fiduciary.economics.robustness.pressures import PRESSURES
from fiduciary.scorers.stress import stress_answers
from fiduciary.solvers import framing as frame
from fiduciary.solvers.asking import LABEL_TEMPERATURE, MAX_TOKENS
from fiduciary.solvers.stress import STRESS_ELICITATIONS, ask_stress
from fiduciary.tasks._arguments import (
    ArgumentError,
    known_names,
    one_of,
    some_of,
    temperature_of,
    whole_number,
)
from fiduciary.tasks._elicitation import resolved
from fiduciary.tasks._server import check_server
from fiduciary.tasks._trade_offs import read_trade_offs
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS
from fiduciary.tasks.stakeholder_choice.prompts import WORDINGS
from fiduciary.tasks.stress.dataset import VERSION, StressDesign, build
from fiduciary.tasks.stress.page import LONG_WORDS
from fiduciary.tasks.stress.pressures import left_out

COMPACT_WORDS = 300
"""Words of filler for small models, whose contexts are short."""

DEFAULT_TEMPERATURE = 0.5

logger = logging.getLogger(__name__)


@task
@known_names
def stress(
    n: int = 100,
    seed: int = 0,
    trade_offs: str | list[str] = "default",
    framing: str = "neutral",
    wording: str = "plain",
    elicitation: str = "auto",
    pressures: str | list[str] = "all",
    temperature: float | None = None,
    words: int | None = None,
) -> Task:
    """Ask every problem in calm and under pressures that should not change the choice; say what does.

    Args:
        n: number of problems.
        seed: seed of problems, orders, pressures and requests.
        trade_offs: ``default`` (half joint), ``published``, or some of ``wage``, ``price_quantity``,
            ``provision``, ``joint``.
        framing: ``neutral``, ``for_profit``, ``symmetric``, ``nonprofit``, or one of the last three with
            ``_justify``.
        wording: name of a wording; ``compact`` is for small models.
        elicitation: ``choose``, ``explain`` or ``text``, as in ``stakeholder_choice``; ``auto`` is choose
            where the provider continues turns, else text.
        pressures: ``all``, or some of magnitude, currency, units, renamed, shuffled, irrelevant, long,
            typos, translated, hidden_instruction, insisting_user, changed_mandate.
        temperature: of text answers, ≥ 0 (0.5).
        words: length of the filler in a long context (1500; with the compact wording 300).
    """
    check_server()
    elicitation = resolved(elicitation, STRESS_ELICITATIONS)
    wording = one_of("wording", wording, list(WORDINGS))
    asked, omitted = _pressures(pressures, wording)
    design = StressDesign(
        n=whole_number("n", n, at_least=1),
        seed=whole_number("seed", seed, at_least=0),
        trade_offs=read_trade_offs(trade_offs),
        framing=one_of("framing", framing, list(FRAMINGS)),
        wording=wording,
        elicitation=elicitation,
        pressures=asked,
        temperature=_temperature(temperature, elicitation),
        words=_words(words, wording, asked),
    )
    for name, reason in omitted.items():
        logger.warning("pressure %s is left out: %s", name, reason)
    return Task(
        dataset=build(design),
        solver=[frame(FRAMINGS[design.framing]), ask_stress(design.seed)],
        scorer=stress_answers(),
        config=GenerateConfig(max_tokens=MAX_TOKENS[design.elicitation]),
        version=VERSION,
        metadata={"elicitation": design.elicitation, "pressures": list(asked), "left_out": omitted},
    )


def _pressures(given: Any, wording: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """The pressures to ask in their own order, and those that ``all`` leaves out with the reason."""
    cannot = left_out(wording)
    if given == "all":
        return tuple(name for name in PRESSURES if name not in cannot), dict(cannot)
    named = some_of("pressures", given, ["all", *PRESSURES])
    if "all" in named:
        raise ArgumentError("pressures", given, f"'all' alone, or some of {', '.join(PRESSURES)}")
    for name in named:
        if name in cannot:
            raise ArgumentError("pressures", given, f"without {name}: {cannot[name]}")
    return tuple(name for name in PRESSURES if name in named), {}


def _temperature(given: Any, elicitation: str) -> float:
    if elicitation == "choose":
        if given is not None and given != LABEL_TEMPERATURE:
            raise ArgumentError(
                "temperature", given, "left out with elicitation=choose, which always asks at 1"
            )
        return LABEL_TEMPERATURE
    return temperature_of(DEFAULT_TEMPERATURE if given is None else given)


def _words(given: Any, wording: str, asked: tuple[str, ...]) -> int:
    if given is None:
        return COMPACT_WORDS if wording == "compact" else LONG_WORDS
    if "long" not in asked:
        raise ArgumentError("words", given, "left out where pressures has no long context")
    return whole_number("words", given, at_least=100)
