"""The task: a model is offered trades for a fee around the circle that its own answers drew."""

from __future__ import annotations

from inspect_ai import Task, task
from inspect_ai.dataset import Dataset, MemoryDataset, Sample
from inspect_ai.model import GenerateConfig

from fiduciary.economics.choice_sets import draw_sets
from fiduciary.scorers.answers import Kept
from fiduciary.scorers.decisions import decision
from fiduciary.scorers.labelled import read_labelled
from fiduciary.scorers.labels import LABELS
from fiduciary.scorers.money_pump.scorer import money_lost
from fiduciary.solvers import framing as frame
from fiduciary.solvers import pump
from fiduciary.solvers.asking import MAX_TOKENS, Answer
from fiduciary.solvers.pairs import PAIR_ELICITATIONS
from fiduciary.tasks._arguments import finite_number, known_names, whole_number
from fiduciary.tasks._elicitation import resolved
from fiduciary.tasks._server import check_server
from fiduciary.tasks.money_pump.prompts import OFFER
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS
from fiduciary.tasks.transitivity.dataset import PairDesign, pair_metadata
from fiduciary.tasks.transitivity.task import pair_design

VERSION = "2-A"


@task
@known_names
def money_pump(
    n: int = 60,
    m: int = 3,
    repeats: int = 3,
    fee: float = 10,
    circles: int = 3,
    seed: int = 0,
    framing: str = "neutral",
    wording: str = "plain",
    elicitation: str = "auto",
    temperature: float = 1.0,
    large: bool = False,
) -> Task:
    """Pump money: offer trades for a fee around the circle that a model's own answers imply.

    Args:
        n: number of choice sets.
        m: options of a set, 3 to 6; the pump goes round three of them.
        repeats: times that each pair is asked in each order before trading starts.
        fee: dollars that each trade costs the shareholders, > 0.
        circles: full circles after which trading stops, ≥ 1.
        seed: seed of sets, starts, orders and requests.
        framing: ``neutral``, ``for_profit``, ``symmetric``, ``nonprofit``, or one of the last three
            with ``_justify``.
        wording: name of a wording.
        elicitation: ``choose``, ``explain`` or ``text``, as in ``stakeholder_choice``; ``auto`` is choose
            where the provider continues turns, else text.
        temperature: of text answers, ≥ 0.
        large: allow sets of 7 options.
    """
    check_server()
    design = pair_design(
        n=n,
        m=m,
        repeats=repeats,
        default_repeats=3,
        seed=seed,
        framing=framing,
        wording=wording,
        elicitation=resolved(elicitation, PAIR_ELICITATIONS),
        temperature=temperature,
        large=large,
        drawn=True,
    )
    dollars = finite_number("fee", fee, "dollars, finite and > 0", zero=False)
    times = whole_number("circles", circles, at_least=1)
    return Task(
        dataset=build(design, dollars, times),
        solver=[frame(FRAMINGS[design.framing]), pump(read_answer, design.seed)],
        scorer=money_lost(),
        config=GenerateConfig(max_tokens=MAX_TOKENS[design.elicitation]),
        version=VERSION,
        metadata={"elicitation": design.elicitation},
    )


def build(design: PairDesign, fee: float, circles: int) -> Dataset:
    """The samples: one for each choice set, with its pairs and the terms of trade."""
    samples = []
    for choice_set in draw_sets(design.n, design.seed, m=design.m):
        metadata = {
            "task": "money_pump",
            "version": VERSION,
            **pair_metadata(design, choice_set),
            "fee": fee,
            "circles": circles,
            "offer": OFFER,
        }
        first_question = next(iter(metadata["questions"].values()))
        samples.append(Sample(input=first_question, id=choice_set.id, metadata=metadata))
    return MemoryDataset(samples, name="money_pump")


def read_answer(answer: Answer, elicitation: str) -> tuple[int, str | None]:
    """The place that an answer decides for, −1 for none, and the reason."""
    kept, labels = Kept.of(answer.record()), LABELS[:2]
    return decision(read_labelled(kept, elicitation, labels), kept, labels)
