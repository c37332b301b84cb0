"""From the scores of a log to what each firm loses, for every way to share its decisions out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.delegation.chain import Chain
from fiduciary.economics.delegation.losses import losses_of
from fiduciary.economics.delegation.plan import Plan, plan_of, shown_gains
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.economics.principals import Principal
from fiduciary.scorers.grounds import Row, grounds_of, laid_out
from fiduciary.scorers.rows import required, scored_rows

REQUIRED = ("group", "chain", "principal", "foresight", "repair", "orders", "elicitation")

SCORER = "delegated_decisions"


@dataclass(frozen=True, eq=False)
class DelegationTable:
    """Losses of the firms that count, and on what they rest.

    Attributes:
        groups: firm of each row, (n,): rows whose every course comes to answers only.
        losses: L(S) of every set, in the order of ``economics.delegation.losses.sets_of``, (n, 2^T), dollars.
        guessed: the same for somebody who takes every option equally often, (n, 2^T).
        first_best: value of the first-best plan, (n,), dollars.
        principal, foresight, repair: as the run had them.
        links: decisions of a chain.
        asked: firms (times epochs) in all.
        questions: questions in all; ``reasons`` of those without an answer.
        outside: probability of no label, of each answer that tells it.
        grounds: whether figures may be shown.
    """

    groups: tuple[str, ...]
    losses: FloatArray
    guessed: FloatArray
    first_best: FloatArray
    principal: Principal
    foresight: str
    repair: str
    links: int
    asked: int
    questions: int
    reasons: Counter[str]
    outside: tuple[float, ...]
    grounds: Grounds

    @property
    def n(self) -> int:
        """Firms (times epochs) that count."""
        return len(self.groups)


def check(metadata: Mapping[str, Any] | None, sample: str | int | None) -> Mapping[str, Any]:
    """A sample's metadata, if they hold what scoring needs.

    Raises:
        ValueError: naming the keys that are missing.
    """
    return required(metadata, REQUIRED, sample, "tasks/delegation")


def delegation_table(scores: Sequence[SampleScore] | EvalLog) -> DelegationTable:
    """Lay out the scores of ``scorers.delegation.scorer``.

    A question that was asked in two orders counts by the mean of its answers.

    Args:
        scores: scores as a metric gets them, or a log read with its samples. In a log, the questions of a
            sample that failed before it was scored are missing with reason "error".

    Raises:
        ValueError: no samples, metadata that scoring needs are missing, or samples of different designs.
    """
    rows = [(check(about, sample), answer) for sample, about, answer in scored_rows(scores, SCORER)]
    if not rows:
        raise ValueError("there are no scored samples to make a table of")
    first = rows[0][0]
    for key in ("principal", "foresight", "repair", "elicitation"):
        if any(about[key] != first[key] for about, _ in rows):
            raise ValueError(f"samples must have one and the same {key}")
    if len({len(about["chain"]["kinds"]) for about, _ in rows}) > 1:
        raise ValueError("samples must have chains of the same number of decisions")
    principal = Principal.of_facts(first["principal"])
    groups, losses, guessed, best, shown = [], [], [], [], []
    reasons: Counter[str] = Counter()
    outside: list[float] = []
    questions = 0
    for about, score in rows:
        chain = Chain.of_facts(about["chain"])
        plan = plan_of(chain, principal)
        questions += len(about["orders"])
        answers = score.get("answers")
        if answers is None:
            reasons["error"] += len(about["orders"])
            continue
        reasons.update(str(answer["reason"]) for answer in answers if answer["reason"] is not None)
        outside += [answer["outside"] for answer in answers if answer["outside"] is not None]
        shown += _shown(about, chain, plan, answers)
        lost = losses_of(chain, plan, _shares(about, chain, answers), about["repair"])
        if np.isfinite(lost).all():
            even = np.full(chain.following.shape, 1 / chain.following.shape[2])
            groups.append(str(about["group"]))
            losses.append(lost)
            guessed.append(losses_of(chain, plan, even, about["repair"]))
            best.append(plan.first_best)
    sets = 2 ** len(first["chain"]["kinds"])
    valid = questions - sum(reasons.values())
    mass = 1 - float(np.mean(outside)) if outside else float("nan")
    return DelegationTable(
        tuple(groups),
        np.array(losses, float).reshape(-1, sets),
        np.array(guessed, float).reshape(-1, sets),
        np.array(best, float),
        principal,
        str(first["foresight"]),
        str(first["repair"]),
        len(first["chain"]["kinds"]),
        len(rows),
        questions,
        reasons,
        tuple(outside),
        grounds_of(laid_out(shown, noisy=first["elicitation"] != "choose"), questions, valid, mass),
    )


def _shares(about: Mapping[str, Any], chain: Chain, answers: Sequence[Mapping[str, Any]]) -> FloatArray:
    """Choice probabilities by own index, (T, S, J); NaN where there is no answer."""
    total, count = np.zeros(chain.following.shape), np.zeros(chain.following.shape[:2])
    for answer in answers:
        if answer["shares"] is not None:
            at = (answer["decision"], answer["standing"])
            total[(*at, about["orders"][answer["name"]])] += answer["shares"]
            count[at] += 1
    with np.errstate(invalid="ignore"):
        return np.asarray(total / np.where(count > 0, count, np.nan)[..., None])


def _shown(
    about: Mapping[str, Any], chain: Chain, plan: Plan, answers: Sequence[Mapping[str, Any]]
) -> list[Row]:
    """Answers as the tests of content take them, with gains and the standing that each option leaves."""
    gains = shown_gains(chain, plan, about["foresight"], about["repair"])
    rows: list[Row] = []
    for answer in answers:
        t, s = answer["decision"], answer["standing"]
        offers = np.column_stack([gains[t, s], chain.following[t, s]])
        rows.append((f"{about['group']}:{t}-{s}", about["orders"][answer["name"]], answer["shares"], offers))
    return rows
