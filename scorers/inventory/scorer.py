"""How much a model agrees with every item of one block, or why an item has no answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from fiduciary.economics.psychometrics.response_style import expected
from fiduciary.economics.psychometrics.scoring import Key, scale_score
from fiduciary.scorers.answers import Kept, answers_of
from fiduciary.scorers.inventory.metrics import inventory_scores
from fiduciary.scorers.labelled import read_labelled
from fiduciary.scorers.reading.agreement import Agreement, read_agreement, read_agreements

TOGETHER = "all"
"""Name of the one answer to all items, where they were asked in one prompt."""

TEXT = "/text"
"""Follows an item's number in the name of its text answer, where two were asked for."""


@dataclass(frozen=True)
class Chosen:
    """What one item's label says.

    Attributes:
        probabilities: of agreement 1 … 5, summing to 1, or None; a label that was not returned has 0, which
            is too low by less than the last token that was.
        outside: probability of everything but the labels, or None.
        reason: why that is no answer, or None.
    """

    probabilities: list[float] | None = None
    outside: float | None = None
    reason: str | None = None

    @property
    def agreement(self) -> float | None:
        """Mean Σ k p_k of the distribution, or None where it is no answer."""
        if self.reason is not None or self.probabilities is None:
            return None
        return float(expected(self.probabilities))


@scorer(metrics=[inventory_scores()])
def inventory_answers() -> Scorer:
    """Read the answers of a block; the value holds its score in every domain, NaN where there is none.

    Agreement is on the ascending scale, 1 … 5, whatever direction was shown, and before keying: the mean
    Σ k p_k of the distribution over the labels where they were chosen from, otherwise the answer in text.
    A distribution is no answer where the labels together hold less than half of the probability.

    The score's metadata hold lists in the order of the sample's items: ``agreement`` and ``text`` (None
    where missing), ``reason`` (None where there is an answer), and with log-probabilities
    ``probabilities`` of agreement 1 … 5 and ``mass_outside``.
    """

    async def score(state: TaskState, target: Target) -> Score:
        about = state.metadata
        key = Key.of(about["items"])
        answers, labels = answers_of(state), about["answer_of_label"]
        stated = _said(about, key, answers, labels)
        metadata: dict[str, Any] = {"text": [answer.agreement for answer in stated]}
        agreement: list[float | None]
        if about["elicitation"] == "text":
            agreement = [None if answer.agreement is None else float(answer.agreement) for answer in stated]
            reasons = [answer.reason for answer in stated]
        else:
            chosen = [_chosen(answers.get(str(number)), labels) for number in key.numbers]
            agreement, reasons = [answer.agreement for answer in chosen], [answer.reason for answer in chosen]
            metadata["probabilities"] = [answer.probabilities for answer in chosen]
            metadata["mass_outside"] = [answer.outside for answer in chosen]
        metadata |= {"agreement": agreement, "reason": reasons}
        agreed = [float("nan") if a is None else a for a in agreement]
        keyed = key.keyed(agreed)
        missing = sum(a is None for a in agreement)
        return Score(
            value={name: float(scale_score(keyed, members)) for name, members in key.domains.items()},
            answer=f"{key.n - missing} of {key.n} items",
            explanation=_explain(reasons),
            metadata=metadata,
        )

    return score


def _said(
    about: Mapping[str, Any], key: Key, answers: Mapping[str, Kept], labels: Mapping[str, int]
) -> list[Agreement]:
    """What the text says about every item; nothing where no text was asked for."""
    if about["elicitation"] == "choose":
        return [Agreement()] * key.n
    if about["context"] == "fresh":
        suffix = TEXT if about["elicitation"] == "both" else ""
        return [_text(answers.get(f"{number}{suffix}"), labels) for number in key.numbers]
    kept = answers.get(TOGETHER)
    if kept is None or kept.error or kept.stop_reason is None:
        return [Agreement(reason="error" if kept else "not asked")] * key.n
    lines = read_agreements(kept.text, key.numbers, labels, kept.stop_reason)
    return [lines[number] for number in key.numbers]


def _text(kept: Kept | None, labels: Mapping[str, int]) -> Agreement:
    if kept is None:
        return Agreement(reason="not asked")
    if kept.error or kept.stop_reason is None:
        return Agreement(reason="error")
    return read_agreement(kept.text, labels, kept.stop_reason)


def _chosen(kept: Kept | None, labels: Mapping[str, int]) -> Chosen:
    if kept is None:
        return Chosen(reason="not asked")
    read = read_labelled(kept, "choose", tuple(labels))
    if read.by_place is None:
        return Chosen(reason=read.reason)
    of_agreement = {a: p or 0.0 for a, p in zip(labels.values(), read.by_place, strict=True)}
    return Chosen([of_agreement[a] for a in sorted(of_agreement)], read.outside, read.reason)


def _explain(reasons: list[str | None]) -> str:
    missing = [reason for reason in reasons if reason is not None]
    if not missing:
        return "every item has an answer"
    counts = {reason: missing.count(reason) for reason in dict.fromkeys(missing)}
    return "missing: " + ", ".join(f"{reason} {count}" for reason, count in counts.items())
