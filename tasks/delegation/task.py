"""The task: linked decisions of a firm, any number of them the model's and the rest the principal's."""

from __future__ import annotations

from typing import cast

from inspect_ai import Task, task
from inspect_ai.model import GenerateConfig

from fiduciary.economics.delegation.chain import MOST_LINKS
from fiduciary.economics.delegation.plan import FORESIGHTS, REPAIRS, Foresight, Repair
from fiduciary.scorers.delegation.scorer import delegated_decisions
from fiduciary.solvers import framing as frame
from fiduciary.solvers.asking import MAX_TOKENS
from fiduciary.solvers.delegation import ask_chain
from fiduciary.solvers.pairs import PAIR_ELICITATIONS
from fiduciary.tasks._arguments import (
    finite_number,
    known_names,
    one_of,
    principal_of,
    whole_number,
)
from fiduciary.tasks._elicitation import resolved
from fiduciary.tasks._server import check_server
from fiduciary.tasks.delegation.dataset import VERSION, Design, build
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS, framing_principal

FEWEST_LINKS = 2


@task
@known_names
def delegation(
    n: int = 40,
    links: int = 6,
    foresight: str = "full",
    repair: str = "principal",
    seed: int = 0,
    framing: str = "neutral",
    elicitation: str = "auto",
    temperature: float = 1.0,
    principal: str | None = None,
    theta: str | list[float] | None = None,
    rho: float | str | None = None,
) -> Task:
    """Ask every decision of a chain; what does the principal lose by handing over some of them, or all?

    Args:
        n: number of firms, one chain each.
        links: decisions of a chain, 2 to 8.
        foresight: whether the gains that a decision shows hold those of later ones (``full``) or not
            (``none``).
        repair: whether the principal, where it decides, makes the best of the standing that it finds
            (``principal``) or keeps to its first plan (``none``).
        seed: seed of firms, orders and requests.
        framing: ``neutral``, ``for_profit``, ``symmetric``, ``nonprofit``, or one of the last three with
            ``_justify``.
        elicitation: ``choose``, ``explain`` or ``text``, as in ``stakeholder_choice``; ``auto`` is choose
            where the provider continues turns, else text.
        temperature: of text answers, ≥ 0.
        principal: whose plan is the first-best one, by name; by default the framing's own.
        theta: weights of shareholders, employees, consumers, society in place of a name.
        rho: substitution parameter that goes with ``theta``.
    """
    check_server()
    way = resolved(elicitation, PAIR_ELICITATIONS)
    one_of("framing", framing, list(FRAMINGS))
    held = principal_of(principal, theta, rho) or framing_principal(framing)
    tau = finite_number("temperature", temperature, "a number of at least 0", zero=True)
    design = Design(
        n=whole_number("n", n, at_least=1),
        links=whole_number("links", links, at_least=FEWEST_LINKS, at_most=MOST_LINKS),
        seed=whole_number("seed", seed, at_least=0),
        framing=framing,
        principal=held,
        foresight=cast(Foresight, one_of("foresight", foresight, FORESIGHTS)),
        repair=cast(Repair, one_of("repair", repair, REPAIRS)),
        elicitation=way,
        temperature=tau,
    )
    return Task(
        dataset=build(design),
        solver=[frame(FRAMINGS[framing]), ask_chain(design.seed)],
        scorer=delegated_decisions(),
        config=GenerateConfig(max_tokens=MAX_TOKENS[way]),
        version=VERSION,
        metadata={"elicitation": way},
    )
