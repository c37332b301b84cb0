"""Blocks and their text: complete, the same every time, and readable by subjects."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from itertools import product
from typing import Any

import pytest

from fiduciary.economics.psychometrics.instruments import ANCHORS, INSTRUMENTS, own
from fiduciary.solvers.inventory import PLACE, questions
from fiduciary.subjects.questionnaire import read_questionnaire
from fiduciary.tasks.dark_tetrad.task import dark_tetrad
from fiduciary.tasks.hexaco100.task import hexaco100
from fiduciary.tasks.inventory.prompts import (
    DIRECTIONS,
    LABELS,
    SINGLE_TOKEN,
    WORDINGS,
    answer_of_label,
    question,
    questionnaire,
)

TASKS: dict[str, Any] = {"hexaco100": hexaco100, "dark_tetrad": dark_tetrad}
STYLES = list(product(WORDINGS, DIRECTIONS, LABELS))


def as_text(task: Any) -> list[str]:
    return [json.dumps([s.id, s.input, s.metadata]) for s in task.dataset]


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_twelve_blocks_by_default_balanced_over_the_factors(name: str) -> None:
    blocks = [s.metadata["block"] for s in TASKS[name]().dataset]
    assert len(blocks) == 12
    for factor, levels in {"wording": 3, "direction": 2, "labels": 2}.items():
        counts = Counter(block[factor] for block in blocks)
        assert len(counts) == levels and set(counts.values()) == {12 // levels}


def test_blocks_are_named_by_their_form_in_every_run() -> None:
    a, b = hexaco100(seed=0), hexaco100(seed=7, elicitation="text", temperature=0.5)
    names = [s.id for s in a.dataset]
    assert names == [s.id for s in b.dataset] == [s.metadata["group"] for s in a.dataset]
    assert names[0] == "plain-ascending-numbers" and len(set(names)) == 12


def test_repeats_add_blocks_after_the_first_ones() -> None:
    once, thrice = (
        dark_tetrad(elicitation="text", repeats=1),
        dark_tetrad(elicitation="text", repeats=3),
    )
    assert as_text(thrice)[:12] == as_text(once)
    assert len({s.id for s in thrice.dataset}) == 36
    assert thrice.dataset[12].id == "plain-ascending-numbers-r2"
    assert [s.metadata["block"]["repeat"] for s in thrice.dataset][::12] == [1, 2, 3]


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_metadata_hold_what_scoring_needs_and_survive_json(name: str) -> None:
    for sample in TASKS[name]().dataset:
        about = sample.metadata
        assert json.loads(json.dumps(about)) == about
        assert about["task"] == name and about["version"] == "2-A"
        assert about["instrument"] == {"name": "own", "sha256": own(name).sha256}
        statements = [f"{item['number']}\t{item['statement']}" for item in about["items"]]
        assert hashlib.sha256("\n".join(statements).encode()).hexdigest() == own(name).sha256
        assert {(item["facet"], item["reversed"]) for item in about["items"]} == {
            (item.facet, item.reversed) for item in own(name).items
        }
        assert (about["elicitation"], about["context"], about["temperature"]) == ("choose", "fresh", 1.0)


@pytest.mark.parametrize(("wording", "direction", "labels"), STYLES)
def test_the_scale_is_shown_as_the_mapping_says(wording: str, direction: str, labels: str) -> None:
    mapping = answer_of_label(labels, direction)
    assert list(mapping.values()) == ([1, 2, 3, 4, 5] if direction == "ascending" else [5, 4, 3, 2, 1])
    if labels != "words":
        assert tuple(mapping) == LABELS[labels]
    for text in (
        question(wording, direction, labels).replace(PLACE, "I do."),
        questionnaire(wording, direction, labels, own("dark_tetrad").items),
    ):
        read = read_questionnaire(text)
        assert read is not None
        assert dict(zip(read.labels, read.answers, strict=True)) == mapping
        assert list(read.labels) == list(mapping)


@pytest.mark.parametrize(("wording", "direction", "labels"), STYLES)
@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_statement_can_be_read_from_the_text(
    name: str, wording: str, direction: str, labels: str
) -> None:
    items = own(name).items
    one = read_questionnaire(question(wording, direction, labels).replace(PLACE, items[-1].statement))
    assert one is not None and (one.statements, one.numbers) == ((items[-1].statement,), ())
    all_of_them = read_questionnaire(questionnaire(wording, direction, labels, items))
    assert all_of_them is not None
    assert all_of_them.statements == tuple(item.statement for item in items)
    assert all_of_them.numbers == tuple(str(item.number) for item in items)


def test_questions_are_all_different_and_hold_one_statement_each() -> None:
    seen = set()
    for sample in hexaco100().dataset:
        assert sample.input.count(PLACE) == 1
        asked = questions(sample.input, sample.metadata)
        assert [q.name for q in asked] == [str(n) for n in range(1, 101)]
        for q in asked:
            [message] = q.messages
            assert PLACE not in message.text
            # The instruction names the labels in their natural order, whatever they mean.
            assert q.labels in (LABELS["numbers"], LABELS["letters"])
            assert message.text.endswith(f": {', '.join(q.labels[:-1])} or {q.labels[-1]}.")
            seen.add(message.text)
    assert len(seen) == 1200


def test_together_every_statement_stands_in_one_question() -> None:
    for sample in dark_tetrad(context="together").dataset:
        [asked] = questions(sample.input, sample.metadata)
        assert (asked.name, asked.elicitation) == ("all", "text")
        assert all(item["statement"] in asked.messages[0].text for item in sample.metadata["items"])
        # Room for "28: strongly disagree" on every line.
        assert asked.max_tokens >= 28 * 8


def test_labels_that_are_chosen_from_are_one_character_each() -> None:
    for style in SINGLE_TOKEN:
        assert all(len(label) == 1 for label in LABELS[style])
    assert len({phrase.split()[0] for phrase in ANCHORS}) < len(ANCHORS)  # why words are not among them


@pytest.mark.parametrize("wording", WORDINGS)
def test_wordings_praise_no_answer_and_name_no_speaker(wording: str) -> None:
    style = WORDINGS[wording]
    text = " ".join([style.one, style.many, style.scale])
    loaded = (
        r"\b(good|bad|best|better|right|wrong|honest\w*|should|desirable|ideal|assistant|AI|model|person)\b"
    )
    assert not re.search(loaded, text, re.IGNORECASE)
    assert "{count}" in style.many and PLACE in style.frame
