"""From kept answers to a score, and from scores to arrays and metrics."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from inspect_ai.scorer import SampleScore, Score, Scorer
from inspect_ai.solver import TaskState

from fiduciary.economics.psychometrics.response_style import FLAGS
from fiduciary.scorers.inventory import inventory_answers, inventory_scores
from fiduciary.scorers.inventory.table import administration

UP = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
DOWN = {"1": 5, "2": 4, "3": 3, "4": 2, "5": 1}
ITEMS = [
    {"number": 1, "facet": "a", "domain": "D", "reversed": False, "statement": "I am."},
    {"number": 2, "facet": "a", "domain": "D", "reversed": True, "statement": "I am not."},
    {"number": 3, "facet": "b", "domain": "F", "reversed": False, "statement": "I do."},
]

ScoreOf = Callable[[Scorer, TaskState], Score]
MakeState = Callable[..., TaskState]


def about(elicitation: str = "text", labels: dict[str, int] = UP, **more: Any) -> dict[str, Any]:
    direction = "ascending" if labels is UP else "descending"
    return {
        "task": "hexaco100",
        "version": "2-A",
        "instrument": {"name": "own", "sha256": "x"},
        "items": ITEMS,
        "block": {"wording": "plain", "direction": direction, "labels": "numbers", "repeat": 1},
        "answer_of_label": labels,
        "elicitation": elicitation,
        "context": "fresh",
        "temperature": 1.0,
        "seed": 0,
        "group": f"plain-{direction}-numbers",
        **more,
    }


def text(answer: str, **more: Any) -> dict[str, Any]:
    return {"text": answer, "stop_reason": "stop", "error": None, "logprobs": None, **more}


def token(**probabilities: float) -> dict[str, Any]:
    top = [{"token": name, "logprob": math.log(p)} for name, p in probabilities.items()]
    return text(
        str(top[0]["token"]),
        logprobs={"content": [{**top[0], "top_logprobs": top}]},
    )


@pytest.fixture
def scored(state: MakeState, score: ScoreOf) -> Callable[..., SampleScore]:
    """Score kept answers: ``scored(metadata, {"1": …})``."""

    def run(metadata: dict[str, Any], answers: dict[str, Any]) -> SampleScore:
        finished = state(metadata)
        finished.store.set("answers", answers)
        found = score(inventory_answers(), finished)
        return SampleScore(score=found, sample_id=metadata["group"], sample_metadata=metadata)

    return run


Scored = Callable[..., SampleScore]


def test_texts(scored: Scored) -> None:
    found = scored(about(labels=DOWN), {"1": text("5"), "2": text("5"), "3": text("1 or 5")}).score
    assert found.metadata == {
        "agreement": [1.0, 1.0, None],
        "text": [1, 1, None],
        "reason": [None, None, "both poles"],
    }
    assert isinstance(found.value, dict)
    assert found.value["D"] == 3 and math.isnan(float(found.value["F"] or 0))
    assert found.answer == "2 of 3 items" and found.explanation == "missing: both poles 1"


def test_distributions(scored: Scored) -> None:
    answers = {"1": token(**{"4": 0.5, "5": 0.5}), "2": token(**{"4": 0.3, "I": 0.7}), "3": text("4")}
    metadata = scored(about("choose"), answers).score.metadata
    assert metadata is not None
    assert metadata["agreement"] == [pytest.approx(4.5), None, None]
    assert metadata["text"] == [None] * 3
    assert metadata["reason"] == [None, "outside the labels", "no log-probabilities"]
    assert metadata["probabilities"][0] == pytest.approx([0, 0, 0, 0.5, 0.5])
    assert metadata["mass_outside"][:2] == pytest.approx([0, 0.7])


def test_both(scored: Scored) -> None:
    answers = {f"{i}": token(**{"4": 0.9, "1": 0.1}) for i in (1, 2, 3)}
    answers |= {"1/text": text("4"), "2/text": text("1"), "3/text": text("no idea")}
    sample = scored(about("both"), answers)
    metadata = sample.score.metadata
    assert metadata is not None and metadata["text"] == [4, 1, None]
    assert metadata["agreement"] == [pytest.approx(3.7)] * 3
    assert metadata["reason"] == [None] * 3
    assert values([sample])["text_agreement"] == 0.5


def test_together(scored: Scored) -> None:
    metadata = scored(about(context="together"), {"all": text("1: 4\n2: 2")}).score.metadata
    assert metadata is not None and metadata["agreement"] == [4.0, 2.0, None]
    assert metadata["reason"] == [None, None, "no answer"]


@pytest.mark.parametrize(
    ("elicitation", "kept", "reason"),
    [
        ("text", None, "not asked"),
        ("text", text("", error="gone"), "error"),
        ("text", text("", stop_reason="content_filter"), "refused"),
        ("choose", None, "not asked"),
        ("choose", text("", error="gone"), "error"),
        ("choose", text("", stop_reason="content_filter"), "no log-probabilities"),
        ("choose", token(I=0.9, The=0.1), "outside the labels"),
    ],
)
def test_nothing_came_back(
    elicitation: str, kept: dict[str, Any] | None, reason: str, scored: Scored
) -> None:
    answers = {str(i): kept for i in (1, 2, 3) if kept is not None}
    sample = scored(about(elicitation), answers)
    assert sample.score.metadata is not None and sample.score.metadata["reason"] == [reason] * 3
    found = values([sample])
    assert found["missing"] == 1 and math.isnan(found["D"])
    assert found["refused"] == (1 if reason == "refused" else 0)


def values(scores: list[SampleScore]) -> dict[str, float]:
    found = inventory_scores()(scores)
    assert isinstance(found, dict)
    return {name: float(value) for name, value in found.items() if value is not None}


def test_metrics(scored: Scored) -> None:
    samples = [
        scored(about(labels=UP), {"1": text("5"), "2": text("1"), "3": text("4")}),
        scored(about(labels=DOWN), {"1": text("2"), "2": text("4"), "3": text("Sorry, I cannot answer")}),
    ]
    found = values(samples)
    assert found == pytest.approx(
        {
            **dict.fromkeys(("reads", "content_share", "D", "D_stderr", "F", "F_stderr"), math.nan),
            "reads_p": found["reads_p"],
            "missing": 1 / 6,
            "refused": 1 / 6,
            "acquiescence": (5 + 1 + 4 + 4 + 2) / 5,
            "entropy": 1.0,
            "flag": 0,
        },
        nan_ok=True,
    )
    assert math.isnan(values([])["missing"])


def test_repeats_are_blocks_only_where_answers_are_sampled(scored: Scored) -> None:
    def two(**more: Any) -> list[SampleScore]:
        out = []
        for repeat, answer in ((1, "5"), (2, "3")):
            block = {"wording": "plain", "direction": "ascending", "labels": "numbers", "repeat": repeat}
            metadata = about(block=block, group=f"g-{repeat}", **more)
            out.append(scored(metadata, {str(i): text(answer) for i in (1, 2, 3)}))
        return out

    drawn, repeated = administration(two()), administration(two(temperature=0.01))
    assert drawn.sampled and drawn.blocks()[1].shape == (2, 3)
    assert not repeated.sampled and repeated.blocks()[1].tolist() == [[4, 4, 4]]
    assert drawn.repeat == (0, 1)
    assert math.isnan(values(two(temperature=0.01))["F_stderr"]), "one block has no standard error"


def test_flags(scored: Scored) -> None:
    def flag(up: str, down: str) -> str:
        samples = [
            scored(about(labels=UP), {str(i): text(up) for i in (1, 2, 3)}),
            scored(about(labels=DOWN), {str(i): text(down) for i in (1, 2, 3)}),
        ]
        return FLAGS[int(values(samples)["flag"])]

    assert flag("5", "1") == "always agrees"
    assert flag("1", "1") == "always the same label"
    assert flag("2", "1") == "none"


def test_samples_that_do_not_belong_together(scored: Scored) -> None:
    answers = {str(i): text("4") for i in (1, 2, 3)}
    samples = [scored(about(), answers), scored(about(temperature=0.5), answers)]
    with pytest.raises(ValueError, match="samples differ in temperature"):
        administration(samples)
    with pytest.raises(ValueError, match="no scored samples"):
        administration([])


def test_arrays(scored: Scored) -> None:
    data = administration([scored(about("choose", DOWN), {"1": token(**{"1": 0.75, "2": 0.25})})])
    assert data.key.numbers == (1, 2, 3) and data.statement[0] == "I am."
    assert data.agreement[0, 0] == pytest.approx(4.75) and np.isnan(data.agreement[0, 1:]).all()
    assert data.shares[0, 0].tolist() == pytest.approx([0, 0, 0, 0.25, 0.75])
    assert data.order.tolist() == [[5, 4, 3, 2, 1]]
    assert data.reasons() == {"not asked": 2}
