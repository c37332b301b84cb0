"""What was measured, written into an adapter's own folder."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fiduciary.adapter_files import FACTS
from fiduciary.comparison.games import of_adapter
from fiduciary.parsing import read_object
from fiduciary.scorers.rendering import markdown_lines
from fiduciary.training.adapter_card import MEASURED
from fiduciary.training.card_parts import front, split
from fiduciary.training.errors import TrainingError
from fiduciary.training.evaluation_metadata import model_index
from fiduciary.training.rebench.plan import Contender
from fiduciary.training.rebench.record import measured, plain
from fiduciary.training.rebench.report import sections
from fiduciary.whole_files import write_whole

if TYPE_CHECKING:
    from fiduciary.training.rebench.run import Outcome

CARD = "README.md"


def check_card(contender: Contender) -> tuple[str, str]:
    """The text of an adapter's card before and after what was measured, both with their markers.

    Raises:
        TrainingError: the folder has no card of this project.
    """
    folder = contender.adapter
    assert folder is not None
    card = folder / CARD
    text = card.read_text(encoding="utf-8") if card.is_file() else ""
    before, begin, rest = text.partition(MEASURED[0])
    _, end, after = rest.partition(MEASURED[1])
    if not begin or not end or not (folder / FACTS).is_file():
        raise TrainingError(f"{folder} has no card made by this project: leave --write-cards out.")
    return before + begin, end + after


def fill(outcome: Outcome, contender: Contender) -> None:
    """Put an adapter's part of the comparison into its model card and its ``training.json``.

    Raises:
        TrainingError: the folder has no card of this project.
    """
    folder = contender.adapter
    assert folder is not None
    before, after = check_card(contender)
    facts = read_object(folder / FACTS)
    own = _own(outcome, contender.name)
    facts["measured"] = plain({"engine": outcome.engine, **measured(own)})
    said = f"Beside the base, on the same problems, from {outcome.engine}. Standard errors in brackets."
    # Other scores are in the record; the card is about the target.
    told = [line for section in sections(replace(own, shifts={})) for line in markdown_lines(section)]
    text = "\n".join([before, said, *told, after])
    write_whole(folder / CARD, _with_results(text, facts))
    write_whole(folder / FACTS, json.dumps(facts, indent=2, ensure_ascii=False) + "\n")


def _with_results(text: str, facts: dict[str, Any]) -> str:
    """The card with the results in its metadata too, if it has metadata."""
    head, body = split(text)
    if not head:
        return text
    index = model_index(facts)
    head = {name: value for name, value in head.items() if name != "model-index"}
    return front(head | ({"model-index": index} if index else {})) + body


def _own(outcome: Outcome, name: str) -> Outcome:
    """What is about the base and one adapter."""
    comparisons = []
    for one in outcome.comparisons:
        base = next(iter(one.answers))
        answers = {key: one.answers[key] for key in (base, name)}
        comparisons.append(replace(one, answers=answers, choices={name: one.choices[name]}))
    games = tuple(of_adapter(one, name) for one in outcome.games)
    shifts = {label: {name: of.get(name, ())} for label, of in outcome.shifts.items()}
    return replace(outcome, comparisons=tuple(comparisons), games=games, shifts=shifts)
