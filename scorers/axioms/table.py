"""From the scores of a log to the answers that axioms are judged on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

from fiduciary.economics.axioms.answers import AxiomAnswers
from fiduciary.economics.axioms.gather import Open, gather
from fiduciary.economics.axioms.items import Item
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.scorers.grounds import Row, grounds_of, laid_out
from fiduciary.scorers.pairs import by_probability
from fiduciary.scorers.rows import required, scored_rows

REQUIRED = ("group", "kind", "about", "welfare", "questions", "repeats", "elicitation")
OPEN = "open"
"""Kind of the questions whose turn was not begun (``tasks/axioms/dataset.py``)."""


@dataclass(frozen=True, eq=False)
class AxiomTable:
    """A run's answers.

    Attributes:
        answers: as the theory takes them.
        grounds: whether they depend on what was asked, and whether enough was measured.
        reasons: missing answers by reason, questions with an unbegun turn among them.
        asked: questions put, those among them too.
    """

    answers: AxiomAnswers
    grounds: Grounds
    reasons: Counter[str]
    asked: int


def check(metadata: Mapping[str, Any] | None, sample: str | int | None) -> Mapping[str, Any]:
    """A sample's metadata, if they hold what scoring needs.

    Raises:
        ValueError: naming the keys that are missing.
    """
    return required(metadata, REQUIRED, sample, "tasks/axioms")


def axiom_table(scores: Sequence[SampleScore] | EvalLog, scorer: str = "axiom_answers") -> AxiomTable:
    """Lay out the scores of ``scorers.axioms.scorer``; epochs are added up.

    Args:
        scores: scores as a metric gets them, or a log read with its samples. In a log, all questions of a
            sample that failed before it was scored count as missing with reason "error".
        scorer: name under which a log holds the scores.

    Raises:
        ValueError: no samples, metadata that scoring needs are missing, or samples that differ in how they
            were asked.
    """
    found = [(check(about, sample), answer) for sample, about, answer in scored_rows(scores, scorer)]
    if not found:
        raise ValueError("there are no scored samples to make a table of")
    ways = {str(about["elicitation"]) for about, _ in found if about["kind"] != OPEN}
    if len(ways) > 1:
        raise ValueError(f"samples differ in elicitation: {', '.join(sorted(ways))}")
    soft = by_probability(next(iter(ways), "choose"))
    # Simulations must not depend on which sample finished first.
    found.sort(key=lambda pair: str(pair[0]["group"]))
    items: dict[str, Item] = {}
    tallies: dict[tuple[str, tuple[int, ...]], Any] = {}
    reasons, opened = Counter[str](), Counter[str]()
    rows: list[Row] = []
    mass: list[float] = []
    asked = valid = 0
    for about, score in found:
        answers = score.get("answers") or _lost(about)
        missing = [str(answer["reason"]) for answer in answers if answer["reason"] is not None]
        reasons.update(missing)
        if about["kind"] == OPEN or not soft:
            opened.update(asked=len(answers), answered=len(answers) - len(missing))
            opened.update(refused=missing.count("refused"))
        if about["kind"] == OPEN:
            continue
        item = _item(about)
        items[item.id] = item
        asked, valid = asked + len(answers), valid + len(answers) - len(missing)
        mass += [1 - answer["outside"] for answer in answers if answer["outside"] is not None]
        for answer in answers:
            order, shares = tuple(answer["order"]), answer["shares"]
            if shares is not None:
                tallies[item.id, order] = tallies.get((item.id, order), 0.0) + np.asarray(shares, float)
            if item.kind != "reflexivity" and len(order) == 2:
                rows.append(_row(item, order, shares))
    open_ = Open(opened["asked"], opened["answered"], opened["refused"], np.array(mass))
    share = float(np.mean(mass)) if mass else float("nan")
    return AxiomTable(
        gather(list(items.values()), tallies, soft, open_),
        grounds_of(laid_out(rows, noisy=not soft), asked, valid, share),
        reasons,
        asked + (opened["asked"] if soft else 0),
    )


def _item(about: Mapping[str, Any]) -> Item:
    orders = tuple(tuple(int(part) for part in name.split("-")) for name in about["questions"])
    options = np.asarray(about["welfare"], float)
    return Item(str(about["group"]), str(about["kind"]), options, orders, dict(about["about"]))


def _row(item: Item, order: tuple[int, ...], shares: Sequence[float] | None) -> Row:
    """An answer about two different options, as the tests of content take it."""
    pair = sorted(order)
    return f"{item.id}:{pair}", [pair.index(own) for own in order], shares, item.options[pair]


def _lost(about: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The answers of a sample that failed before it was scored."""
    return [
        {"order": [int(part) for part in name.split("-")], "shares": None, "reason": "error", "outside": None}
        for name in about["questions"]
        for _ in range(int(about["repeats"]))
    ]
