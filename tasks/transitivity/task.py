"""The task: every pair of a choice set in both orders, to see whether answers come from a preference."""

from __future__ import annotations

from typing import Any

from inspect_ai import Task, task
from inspect_ai.model import GenerateConfig

from fiduciary.economics.choice_sets import MAX_OPTIONS, MIN_OPTIONS, MOST_OPTIONS
from fiduciary.scorers.transitivity.scorer import transitive_triads
from fiduciary.solvers import ask_pairs
from fiduciary.solvers import framing as frame
from fiduciary.solvers.asking import LABEL_TEMPERATURE, MAX_TOKENS
from fiduciary.solvers.pairs import PAIR_ELICITATIONS
from fiduciary.tasks._arguments import (
    ArgumentError,
    known_names,
    one_of,
    temperature_of,
    whole_number,
    yes_or_no,
)
from fiduciary.tasks._elicitation import resolved
from fiduciary.tasks._server import check_server
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS
from fiduciary.tasks.stakeholder_choice.prompts import WORDINGS
from fiduciary.tasks.transitivity.dataset import VERSION, PairDesign, build


@task
@known_names
def transitivity(
    n: int = 60,
    m: int = 3,
    repeats: int | None = None,
    seed: int = 0,
    framing: str = "neutral",
    wording: str = "plain",
    elicitation: str = "auto",
    temperature: float = 1.0,
    dominance: bool = False,
    large: bool = False,
) -> Task:
    """Ask every pair of every choice set in both orders; tell incoherence from noise.

    Args:
        n: number of choice sets.
        m: options of a set, 3 to 6.
        repeats: times that each pair is asked in each order (5; with ``choose`` once says it all).
            Inspect's ``--epochs`` multiplies them.
        seed: seed of sets and requests.
        framing: ``neutral``, ``for_profit``, ``symmetric``, ``nonprofit``, or one of the last three
            with ``_justify``.
        wording: name of a wording.
        elicitation: ``choose``, ``explain`` or ``text``, as in ``stakeholder_choice``; ``auto`` is choose
            where the provider continues turns, else text.
        temperature: of text answers, ≥ 0; 1 is the model's own distribution.
        dominance: put one pair with a dominated option into every set.
        large: allow sets of 7 options.
    """
    check_server()
    design = pair_design(
        n=n,
        m=m,
        repeats=repeats,
        default_repeats=5,
        seed=seed,
        framing=framing,
        wording=wording,
        elicitation=resolved(elicitation, PAIR_ELICITATIONS),
        temperature=temperature,
        dominance=dominance,
        large=large,
    )
    return Task(
        dataset=build(design),
        solver=[frame(FRAMINGS[design.framing]), ask_pairs(design.seed)],
        scorer=transitive_triads(),
        config=GenerateConfig(max_tokens=MAX_TOKENS[design.elicitation]),
        version=VERSION,
        metadata={"elicitation": design.elicitation},
    )


def pair_design(
    *,
    n: Any,
    m: Any,
    repeats: Any,
    default_repeats: int,
    seed: Any,
    framing: Any,
    wording: Any,
    elicitation: str,
    temperature: Any,
    dominance: Any = False,
    large: Any = False,
    drawn: bool = False,
) -> PairDesign:
    """The design that a task's arguments describe.

    ``drawn`` says that labels are drawn and counted, so that asking again is not asking the same.

    Raises:
        ArgumentError: an argument that cannot be used; the message names it.
    """
    counted = drawn or elicitation != "choose"
    times, tau = asking_again(repeats, default_repeats, temperature, elicitation, counted=counted)
    return PairDesign(
        n=whole_number("n", n, at_least=1),
        m=_options(m, yes_or_no("large", large), yes_or_no("dominance", dominance)),
        repeats=times,
        seed=whole_number("seed", seed, at_least=0),
        framing=one_of("framing", framing, list(FRAMINGS)),
        wording=one_of("wording", wording, list(WORDINGS)),
        elicitation=elicitation,
        temperature=tau,
        dominance=dominance,
    )


def asking_again(
    repeats: Any, default: int, temperature: Any, elicitation: str, *, counted: bool
) -> tuple[int, float]:
    """How often each question is asked and at which temperature.

    Args:
        repeats: as given; None stands for the default, or for once where answers are not counted.
        default: of counted answers.
        temperature: as given.
        elicitation: how questions are asked.
        counted: whether decisions are counted, so that asking again is not asking the same.

    Raises:
        ArgumentError: repeats or a temperature that cannot be used.
    """
    times = (default if counted else 1) if repeats is None else repeats
    times = whole_number("repeats", times, at_least=1)
    if not counted and times > 1:
        raise ArgumentError(
            "repeats", repeats, "1 with elicitation=choose, where asking again gives the same"
        )
    tau = temperature_of(temperature)
    if elicitation == "choose" and tau != LABEL_TEMPERATURE:
        raise ArgumentError(
            "temperature", temperature, "left out with elicitation=choose, which always asks at 1"
        )
    return times, tau


def _options(given: Any, large: bool, dominance: bool) -> int:
    m = whole_number("m", given, at_least=MIN_OPTIONS)
    if m <= (MOST_OPTIONS if large and not dominance else MAX_OPTIONS):
        return m
    more = f", or {MOST_OPTIONS} with large=true" if not dominance else " with dominance=true"
    raise ArgumentError(
        "m", given, f"from {MIN_OPTIONS} to {MAX_OPTIONS}{more} (the number of pairs grows with its square)"
    )
