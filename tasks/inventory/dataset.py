"""The samples of an inventory: one for each block, with all that scoring needs.

A block is one way to administer the whole instrument: wording × direction of the scale × style of the
labels (× repeat, where answers are sampled). Two models are compared block by block, so the id of a
block is the same in every run: ``plain-ascending-numbers``, with ``-r2`` for the second repeat.

What the scorers read (``scorers/inventory``), and nothing else:

- ``task`` ("hexaco100" or "dark_tetrad"), ``version``.
- ``instrument``: {"name": "own" or "official", "sha256": of its statements}. Norms fit "official" only.
- ``items``: list of {"number", "facet", "domain", "reversed", "statement"} in the instrument's order.
  HEXACO domains are the letters H E X A C O and "Altruism", which is scored apart; of the dark
  tetrad, domain and facet are the trait ("Machiavellianism", "Narcissism", "Psychopathy", "Sadism").
- ``block``: {"wording", "direction" ("ascending" or "descending"), "labels" ("numbers", "letters" or
  "words"), "repeat" (1, 2, …)}.
- ``answer_of_label``: label → agreement from 1 (strongly disagree) to 5 (strongly agree), in the
  order in which the labels were shown. ``descending`` turns the meaning round: label "1" means 5.
  The label shown first is always "1", "A" or, of words, the anchor at the top of the list.
- ``elicitation``: "choose", "text" or "both".
- ``context``: "fresh" (each item alone) or "together" (all in one prompt, ``text`` only).
- ``temperature`` (of texts; 1 with ``choose``), ``seed``, ``group`` (the block's id).

Answers lie in the store as ``solvers.asking`` keeps them, under the question's name:

- fresh: the item's number as text, ``"17"``; with ``both`` that is the question of ``choose``, and
  ``"17/text"`` the text answer. With ``choose`` the distribution over the labels is the answer, and the
  token itself a draw that is not looked at.
- together: one answer ``"all"``, whose lines should read ``17: label``.

A score holds for each item the agreement 1..5 once the direction is undone (mean of the distribution
with ``choose``) BEFORE keying; 6 − x for reversed items comes after.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import product

from inspect_ai.dataset import Dataset, MemoryDataset, Sample

from fiduciary.economics.psychometrics.instruments import Instrument
from fiduciary.tasks.inventory.prompts import answer_of_label, question, questionnaire


@dataclass(frozen=True)
class Design:
    """What a run asks, checked; the task's arguments after they were read.

    Attributes:
        instrument: key and statements.
        version: of the task.
        wordings: keys of ``prompts.WORDINGS``.
        directions: some of ``prompts.DIRECTIONS``.
        labels: keys of ``prompts.LABELS``.
        repeats: how often every block is asked, each time with other draws.
        elicitation: one of ``solvers.inventory.ELICITATIONS``.
        context: "fresh" or "together".
        temperature: τ ≥ 0 of texts; 1 with "choose".
        seed: of the requests.
    """

    instrument: Instrument
    version: str
    wordings: tuple[str, ...]
    directions: tuple[str, ...]
    labels: tuple[str, ...]
    repeats: int
    elicitation: str
    context: str
    temperature: float
    seed: int


def build(design: Design) -> Dataset:
    """The blocks of a design, repeats outermost: fewer repeats give the beginning of more."""
    blocks = product(range(1, design.repeats + 1), design.wordings, design.directions, design.labels)
    return MemoryDataset([_sample(design, *block) for block in blocks], name=design.instrument.name)


def _sample(design: Design, repeat: int, wording: str, direction: str, labels: str) -> Sample:
    instrument = design.instrument
    block = f"{wording}-{direction}-{labels}" + (f"-r{repeat}" if repeat > 1 else "")
    if design.context == "together":
        text = questionnaire(wording, direction, labels, instrument.items)
    else:
        text = question(wording, direction, labels)
    metadata = {
        "task": instrument.name,
        "version": design.version,
        "instrument": {"name": instrument.form, "sha256": instrument.sha256},
        "items": [asdict(item) for item in instrument.items],
        "block": {"wording": wording, "direction": direction, "labels": labels, "repeat": repeat},
        "answer_of_label": answer_of_label(labels, direction),
        "elicitation": design.elicitation,
        "context": design.context,
        "temperature": design.temperature,
        "seed": design.seed,
        "group": block,
    }
    return Sample(input=text, id=block, metadata=metadata)
