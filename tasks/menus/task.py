"""The task: the same options in pairs and in larger menus, some of them with a decoy."""

from __future__ import annotations

from inspect_ai import Task, task
from inspect_ai.model import GenerateConfig

from fiduciary.scorers.menus.scorer import menu_choices
from fiduciary.solvers import framing as frame
from fiduciary.solvers.asking import MAX_TOKENS
from fiduciary.solvers.pairs import PAIR_ELICITATIONS, ask_pairs
from fiduciary.tasks._arguments import ArgumentError, known_names, one_of, whole_number
from fiduciary.tasks._elicitation import resolved
from fiduciary.tasks._server import check_server
from fiduciary.tasks.menus.dataset import FEWEST_OPTIONS, MOST_OPTIONS, VERSION, MenuDesign, build
from fiduciary.tasks.menus.prompts import MENU_WORDINGS
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS
from fiduciary.tasks.transitivity.task import asking_again

TEXT_REPEATS = 2


@task
@known_names
def menus(
    n: int = 20,
    size: int = 5,
    repeats: int | None = None,
    seed: int = 0,
    framing: str = "neutral",
    wording: str = "plain",
    elicitation: str = "auto",
    temperature: float = 1.0,
) -> Task:
    """Offer the same options in menus of two to five; test independence, regularity and decoys.

    Args:
        n: number of option sets.
        size: options of a set, 3 to 5.
        repeats: times that each menu is asked in each order (2; with ``choose`` once says it all);
            ``--epochs`` multiplies them.
        seed: seed of sets, menus, orders and requests.
        framing: ``neutral``, ``for_profit``, ``symmetric``, ``nonprofit``, or one of the last three
            with ``_justify``.
        wording: name of a wording that can do without levers.
        elicitation: ``choose``, ``explain`` or ``text``, as in ``stakeholder_choice``; ``auto`` is choose
            where the provider continues turns, else text.
        temperature: of text answers, ≥ 0; 1 is the model's own distribution.
    """
    check_server()
    way = resolved(elicitation, PAIR_ELICITATIONS)
    times, tau = asking_again(repeats, TEXT_REPEATS, temperature, way, counted=way != "choose")
    options = whole_number("size", size, at_least=FEWEST_OPTIONS)
    if options > MOST_OPTIONS:
        raise ArgumentError("size", size, f"from {FEWEST_OPTIONS} to {MOST_OPTIONS}")
    design = MenuDesign(
        n=whole_number("n", n, at_least=1),
        size=options,
        repeats=times,
        seed=whole_number("seed", seed, at_least=0),
        framing=one_of("framing", framing, list(FRAMINGS)),
        wording=one_of("wording", wording, MENU_WORDINGS),
        elicitation=way,
        temperature=tau,
    )
    return Task(
        dataset=build(design),
        solver=[frame(FRAMINGS[design.framing]), ask_pairs(design.seed)],
        scorer=menu_choices(),
        config=GenerateConfig(max_tokens=MAX_TOKENS[design.elicitation]),
        version=VERSION,
        metadata={"elicitation": design.elicitation},
    )
