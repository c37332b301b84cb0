"""The samples of a run: firms and sets of options, with the questions about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from inspect_ai.dataset import Dataset, MemoryDataset, Sample

from fiduciary.economics.axioms.items import Item, draw_items
from fiduciary.economics.conventions import SHIFT
from fiduciary.tasks.menus.prompts import render
from fiduciary.tasks.stakeholder_choice.prompts import WORDINGS

VERSION = "1-A"

ELICITATIONS = ("choose", "text")

OPEN = "open"
"""Kind of the questions whose turn is not begun, which a begun one stands beside."""

OPEN_QUESTIONS = 48
"""How many of them there are, or a few more: if all are answered, more than nine in ten are shown to be."""

_OFTENER = {"reflexivity": 2, "continuity": 1.5, "triads": 2.5}
"""How many times oftener than the others a kind is asked where answers are counted."""


@dataclass(frozen=True)
class AxiomDesign:
    """What a run asks, checked.

    Attributes:
        n: number of firms.
        repeats: times that each question is asked (identical options and sets of three more often).
        seed: seed of every draw.
        framing: a key of ``framings.FRAMINGS``.
        wording: one of ``tasks.menus.prompts.MENU_WORDINGS``.
        elicitation: one of ``ELICITATIONS``.
        temperature: τ ≥ 0 of text answers; 1 with ``choose``.
    """

    n: int
    repeats: int
    seed: int
    framing: str
    wording: str
    elicitation: str
    temperature: float


def build(design: AxiomDesign) -> Dataset:
    """The samples of a design. The same design gives the same samples."""
    items = draw_items(design.n, design.seed, WORDINGS[design.wording].decimals)
    samples = [
        _sample(item, item.kind, design, design.elicitation, times_asked(item.kind, design)) for item in items
    ]
    if design.elicitation == "choose":
        samples += [_sample(item, OPEN, design, "text", 1) for item in _opened(items)]
    return MemoryDataset(samples, name="axioms")


def times_asked(kind: str, design: AxiomDesign) -> int:
    """How often a question of this kind is asked in each order."""
    if design.elicitation == "choose":
        return 1
    return round(design.repeats * _OFTENER.get(kind, 1))


def _opened(items: list[Item]) -> Iterator[Item]:
    """Steps of paths, a few a path, each in one order: what is asked without beginning the answer."""
    paths = [item for item in items if item.kind == "continuity"]
    each = -(-OPEN_QUESTIONS // len(paths))
    for number, item in enumerate(paths[:OPEN_QUESTIONS]):
        # Pairs of orders follow one another: every other question in the second.
        steps = len(item.orders) // 2
        places = [
            2 * ((number + k * steps // each) % steps) + (number + k) % 2 for k in range(min(each, steps))
        ]
        orders = tuple(item.orders[place] for place in places)
        yield Item(f"{OPEN}-{item.id}", item.kind, item.options, orders, item.about)


def _sample(item: Item, kind: str, design: AxiomDesign, elicitation: str, times: int) -> Sample:
    questions = {
        "-".join(map(str, order)): render(item.options, design.wording, order) for order in item.orders
    }
    metadata: dict[str, Any] = {
        "task": "axioms",
        "version": VERSION,
        "group": item.id,
        "kind": kind,
        "about": dict(item.about),
        "welfare": item.options.tolist(),
        "questions": questions,
        "repeats": times,
        "temperature": design.temperature,
        "shift": SHIFT,
        "wording": design.wording,
        "framing": design.framing,
        "elicitation": elicitation,
        "seed": design.seed,
    }
    return Sample(input=next(iter(questions.values())), id=item.id, metadata=metadata)
