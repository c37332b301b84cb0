"""The task: how a model splits budgets between stakeholders who are cheaper or dearer to benefit."""

from __future__ import annotations

from inspect_ai import Task, task
from inspect_ai.model import GenerateConfig

from fiduciary.economics.budgets import check_stakeholders
from fiduciary.scorers.allocation.scorer import budget_allocations
from fiduciary.solvers import framing as frame
from fiduciary.solvers.allocation import BUDGET_ELICITATIONS, BUDGET_TOKENS, ask_budgets
from fiduciary.tasks._arguments import (
    ArgumentError,
    items,
    known_names,
    one_of,
    temperature_of,
    whole_number,
)
from fiduciary.tasks._server import check_server
from fiduciary.tasks.allocation.dataset import GROUPS, VERSION, AllocationDesign, build, sets_of
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS


@task
@known_names
def allocation(
    budgets: int = 20,
    groups: str | list[str] = "default",
    seed: int = 0,
    framing: str = "neutral",
    elicitation: str = "answer",
    temperature: float = 1.0,
) -> Task:
    """Split budgets between stakeholders at varying prices; test for a preference and estimate it.

    Args:
        budgets: number of budgets of a set, from 2; with fewer than about 20 even random answers
            often violate nothing.
        groups: ``default`` (every pair and all four), ``pairs``, ``all``, or the names of two to four
            stakeholders for one set.
        seed: seed of budgets and requests.
        framing: ``neutral``, ``for_profit``, ``symmetric``, ``nonprofit``, or one of the last three
            with ``_justify``.
        elicitation: ``answer`` (amounts only) or ``explain`` first.
        temperature: of the answers, ≥ 0; 1 is the model's own distribution.
    """
    check_server()
    tau = temperature_of(temperature)
    design = AllocationDesign(
        sets=_sets(groups),
        budgets=whole_number("budgets", budgets, at_least=2),
        seed=whole_number("seed", seed, at_least=0),
        framing=one_of("framing", framing, list(FRAMINGS)),
        elicitation=one_of("elicitation", elicitation, BUDGET_ELICITATIONS),
        temperature=tau,
    )
    return Task(
        dataset=build(design),
        solver=[frame(FRAMINGS[design.framing]), ask_budgets(design.elicitation, design.seed)],
        scorer=budget_allocations(),
        config=GenerateConfig(max_tokens=BUDGET_TOKENS[design.elicitation]),
        version=VERSION,
    )


def _sets(value: str | list[str]) -> tuple[tuple[str, ...], ...]:
    given = items(value)
    if len(given) == 1 and given[0] in GROUPS:
        return sets_of(given[0])
    try:
        return (check_stakeholders(given),)
    except ValueError as error:
        allowed = f"one of {', '.join(GROUPS)}, or two or more different stakeholders"
        raise ArgumentError("groups", value, allowed) from error
