"""The task: does what a model argues cause what it chooses?"""

from __future__ import annotations

from inspect_ai import Task, task
from inspect_ai.model import GenerateConfig

from fiduciary._inspect import active_model
from fiduciary.scorers.instruments.scorer import argued_choices
from fiduciary.scorers.reading.groups import without_options
from fiduciary.solvers import framing as frame
from fiduciary.solvers.asking import MAX_TOKENS, continues_turns
from fiduciary.solvers.instruments import ask_with_encouragements
from fiduciary.tasks._arguments import (
    ArgumentError,
    known_names,
    one_of,
    temperature_of,
    whole_number,
)
from fiduciary.tasks._server import check_server
from fiduciary.tasks._trade_offs import read_trade_offs
from fiduciary.tasks.instruments.dataset import VERSION, Design, build
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS
from fiduciary.tasks.stakeholder_choice.prompts import WORDINGS


@task
@known_names
def instruments(
    n: int = 300,
    seed: int = 0,
    trade_offs: str | list[str] = "default",
    framing: str = "neutral",
    wording: str = "plain",
    temperature: float = 1.0,
) -> Task:
    """Encourage explanations at random to weigh a group; see whether the choice follows what is argued.

    Args:
        n: number of problems, each explained three times.
        seed: seed of problems, orders, encouragements and requests.
        trade_offs: ``default`` (half joint), ``published``, or some of ``wage``, ``price_quantity``,
            ``provision``, ``joint``.
        framing: ``neutral``, ``for_profit``, ``symmetric``, ``nonprofit``, or one of the last three with
            ``_justify``.
        wording: name of a wording; ``compact`` is for small models.
        temperature: of explanations, ≥ 0; letters are read at 1.
    """
    check_server()
    if not continues_turns():
        allowed = (
            "one whose provider continues a begun turn (vllm/, sglang/): letters are read behind explanations"
        )
        raise ArgumentError("model", str(active_model()), allowed)
    tau = temperature_of(temperature)
    design = Design(
        n=whole_number("n", n, at_least=1),
        seed=whole_number("seed", seed, at_least=0),
        trade_offs=read_trade_offs(trade_offs),
        framing=one_of("framing", framing, list(FRAMINGS)),
        wording=one_of("wording", wording, list(WORDINGS)),
        temperature=tau,
    )
    return Task(
        dataset=build(design),
        solver=[frame(FRAMINGS[design.framing]), ask_with_encouragements(without_options, design.seed)],
        scorer=argued_choices(),
        config=GenerateConfig(max_tokens=MAX_TOKENS["explain"]),
        version=VERSION,
    )
