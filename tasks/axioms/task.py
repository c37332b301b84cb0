"""The task: options that are the same, that are better, that tip, and three of a set: the card of axioms."""

from __future__ import annotations

from inspect_ai import Task, task
from inspect_ai.model import GenerateConfig

from fiduciary.scorers.axioms.scorer import axiom_answers
from fiduciary.solvers import framing as frame
from fiduciary.solvers.asking import MAX_TOKENS
from fiduciary.solvers.pairs import ask_pairs
from fiduciary.tasks._arguments import known_names, one_of, whole_number
from fiduciary.tasks._elicitation import resolved
from fiduciary.tasks._server import check_server
from fiduciary.tasks.axioms.dataset import ELICITATIONS, VERSION, AxiomDesign, build
from fiduciary.tasks.menus.prompts import MENU_WORDINGS
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS
from fiduciary.tasks.transitivity.task import asking_again

TEXT_REPEATS = 2


@task
@known_names
def axioms(
    n: int = 12,
    repeats: int | None = None,
    seed: int = 0,
    framing: str = "neutral",
    wording: str = "plain",
    elicitation: str = "auto",
    temperature: float = 1.0,
) -> Task:
    """Ask what tells whether completeness, reflexivity, monotonicity, continuity, transitivity and IIA hold.

    Args:
        n: number of firms; with 12 every group gives to every other one along two paths.
        repeats: times that each question is asked in each order (2; with ``choose`` once says it all);
            identical options, steps of paths and sets of three 2, 1.5 and 2.5 times as often.
        seed: seed of firms, sets and requests.
        framing: ``neutral``, ``for_profit``, ``symmetric``, ``nonprofit``, or one of the last three
            with ``_justify``.
        wording: name of a wording that can do without levers.
        elicitation: ``choose`` or ``text``, as in ``stakeholder_choice``; ``auto`` is choose where the
            provider continues turns, else text.
        temperature: of text answers, ≥ 0; 1 is the model's own distribution.
    """
    check_server()
    way = resolved(elicitation, ELICITATIONS)
    times, tau = asking_again(repeats, TEXT_REPEATS, temperature, way, counted=way != "choose")
    design = AxiomDesign(
        n=whole_number("n", n, at_least=2),
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
        scorer=axiom_answers(),
        # Texts are asked for in either case: where a turn is begun, some questions are asked without.
        config=GenerateConfig(max_tokens=MAX_TOKENS["text"]),
        version=VERSION,
        metadata={"elicitation": design.elicitation},
    )
