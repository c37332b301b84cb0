"""How much a model agrees with every item of one block, or why an item has no answer."""

from __future__ import annotations

from typing import Any

from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from fiduciary.economics.psychometrics.response_style import expected
from fiduciary.economics.psychometrics.scoring import Key, scale_score
from fiduciary.scorers._answers import Kept, answers_of
from fiduciary.scorers.inventory.distribution import LEAST_MASS, Distribution, read_distribution
from fiduciary.scorers.inventory.metrics import inventory_scores
from fiduciary.scorers.reading.agreement import Agreement, read_agreement, read_agreements

TOGETHER = "all"
"""Name of the one answer to all items, where they were asked in one prompt."""

TEXT = "/text"
"""Follows an item's number in the name of its text answer, where log-probabilities were asked for too."""


@scorer(metrics=[inventory_scores()])
def inventory_answers() -> Scorer:
    """Read the answers of a block; the value holds its score in every domain, NaN where there is none.

    Agreement is on the ascending scale, 1 … 5, whatever direction was shown, and before keying: with
    log-probabilities the mean Σ k p_k of the distribution over the labels, otherwise the answer in text.
    A distribution is no answer where the labels together hold less than half of the probability.

    The score's metadata hold lists in the order of the sample's items: ``agreement`` and ``text``
    (None where missing), ``reason`` (None where there is an answer), and with log-probabilities
    ``probabilities`` of agreement 1 … 5 and ``mass_outside``.
    """

    async def score(state: TaskState, target: Target) -> Score:
        about = state.metadata
        key = Key.of(about["items"])
        by_probability = about["elicitation"] != "answer"
        labels: dict[str, int] = about["answer_of_label"]
        said, distributions = _read(about, key, answers_of(state), labels)
        agreement: list[float | None] = []
        reasons: list[str | None] = []
        for i, text in enumerate(said):
            if by_probability:
                value, reason = _from_distribution(distributions[i])
            else:
                value, reason = (None if text.agreement is None else float(text.agreement)), text.reason
            agreement.append(value)
            reasons.append(reason)
        metadata: dict[str, Any] = {
            "agreement": agreement,
            "text": [text.agreement for text in said],
            "reason": reasons,
        }
        if by_probability:
            read = [None if isinstance(d, str) else d for d in distributions]
            metadata["probabilities"] = [d and list(d.probabilities) for d in read]
            metadata["mass_outside"] = [d and d.outside for d in read]
        given = [float("nan") if a is None else a for a in agreement]
        keyed = key.keyed(given)
        missing = sum(a is None for a in agreement)
        return Score(
            value={name: float(scale_score(keyed, own)) for name, own in key.domains.items()},
            answer=f"{key.n - missing} of {key.n} items",
            explanation=_explain(reasons),
            metadata=metadata,
        )

    return score


_Read = Distribution | str


def _read(
    about: dict[str, Any], key: Key, answers: dict[str, Kept], labels: dict[str, int]
) -> tuple[list[Agreement], list[_Read]]:
    """What every item's text says, and its distribution or the reason why there is none."""
    if about["context"] == "together":
        kept = answers.get(TOGETHER)
        if kept is None or kept.error or kept.stop_reason is None:
            lines = dict.fromkeys(key.numbers, Agreement(reason="error" if kept else "not asked"))
        else:
            lines = read_agreements(kept.text, key.numbers, labels, kept.stop_reason)
        return [lines[number] for number in key.numbers], ["not asked"] * key.n
    said: list[Agreement] = []
    distributions: list[_Read] = []
    for number in key.numbers:
        own = answers.get(str(number))
        distributions.append(_distribution(own, labels))
        if about["elicitation"] == "both":
            own = answers.get(f"{number}{TEXT}")
        # Under log-probabilities the text is one token drawn at temperature 1, no answer of its own.
        said.append(Agreement() if about["elicitation"] == "logprobs" else _text(own, labels))
    return said, distributions


def _text(kept: Kept | None, labels: dict[str, int]) -> Agreement:
    if kept is None:
        return Agreement(reason="not asked")
    if kept.error or kept.stop_reason is None:
        return Agreement(reason="error")
    return read_agreement(kept.text, labels, kept.stop_reason)


def _distribution(kept: Kept | None, labels: dict[str, int]) -> _Read:
    if kept is None:
        return "not asked"
    if kept.error:
        return "error"
    if kept.stop_reason == "content_filter":
        return "refused"
    if kept.logprobs is None or not kept.logprobs.content:
        return "no log-probabilities"
    return read_distribution(kept.logprobs, labels) or "outside the labels"


def _from_distribution(read: _Read) -> tuple[float | None, str | None]:
    if isinstance(read, str):
        return None, read
    if 1 - read.outside < LEAST_MASS:
        return None, "outside the labels"
    return float(expected(read.probabilities)), None


def _explain(reasons: list[str | None]) -> str:
    missing = [reason for reason in reasons if reason is not None]
    if not missing:
        return "every item has an answer"
    counts = {reason: missing.count(reason) for reason in dict.fromkeys(missing)}
    return "missing: " + ", ".join(f"{reason} {count}" for reason, count in counts.items())
