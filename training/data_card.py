"""The card of a preference data set: Hugging Face's front matter, how it was made, what was checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fiduciary.training.card_parts import DIGEST, LICENCE, ces_target, front, render, size_category
from fiduciary.training.checks import STYLE_SAMPLE
from fiduciary.training.preference_pairs import Pair

TAGS = ("dpo", "preference", "trl", "economics", "alignment", "synthetic")


def card(facts: dict[str, Any], example: Pair) -> str:
    """The text of README.md, in which ``preference_data.store`` fills in the table's digest.

    Args:
        facts: what ``preference_data.write`` stores as JSON.
        example: a pair to show.
    """
    title = f"Stakeholder choices of {facts['target']['name']}"
    ces = ces_target(facts["target"])
    return generated_data_card("choice_data.md.j2", title, TAGS, facts, example=example, ces=ces)


def generated_data_card(
    template: str, title: str, tags: Sequence[str], facts: Mapping[str, Any], **more: Any
) -> str:
    """The card of pairs that a program wrote, from a template and the facts that it names.

    Args:
        template: a file of ``training/cards``.
        title: the data set's name, for its metadata.
        tags: the Hub's tags.
        facts: what the data set's ``facts.json`` holds.
        more: what the template names besides.
    """
    pairs = facts["checks"]["pairs"]
    head = {
        "license": LICENCE,
        "language": ["en"],
        "task_categories": ["text-generation"],
        "tags": list(tags),
        "pretty_name": title,
        "size_categories": [size_category(pairs)],
        "annotations_creators": ["machine-generated"],
        "language_creators": ["machine-generated"],
        "source_datasets": ["original"],
        "configs": [
            {"config_name": "default", "data_files": [{"split": "train", "path": "train.parquet"}]},
        ],
    }
    common = {"facts": facts, "digest": DIGEST, "licence": LICENCE, "style_n": min(pairs, STYLE_SAMPLE)}
    return front(head) + "\n" + render(template, **common, **more)
