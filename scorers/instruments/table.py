"""From the scores of a log to pairs: a problem's explanation under an encouragement, and the one without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.scorers.grounds import Row, grounds_of, laid_out
from fiduciary.scorers.rows import required, scored_rows

REQUIRED = ("encouragements", "forms", "welfare", "order", "n_options", "group")
TASKS = "tasks/instruments"

UNASKED = "none"
FORMS = 4
"""Wordings of an encouragement (``tasks/instruments/prompts.py``)."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs (P,) of one problem and one group that an explanation was asked to weigh.

    Attributes:
        groups: problem of each pair.
        named: place of the group among the stakeholders, (P,).
        form: wording of the encouragement, (P,).
        stake: dollars between the options that are best and worst for the group, (P,).
        argues: whether the explanation argues for the group, unasked and asked, (P, 2).
        gain: dollars expected by the group, unasked and asked, (P, 2); NaN where a letter is missing.
        direct: the same where the letter was asked for at once, (P, 2).
        own_context: dollars that the encouragement adds where it stands in the context of an explanation
            that it did not cause, (P,): of the problem's other two explanations, their mean.
        elsewhere: dollars that the asked explanation adds to the unasked one, both in the context of the
            problem's other encouragement, (P,).
    """

    groups: tuple[str, ...]
    named: IntArray
    form: IntArray
    stake: FloatArray
    argues: FloatArray
    gain: FloatArray
    direct: FloatArray
    own_context: FloatArray
    elsewhere: FloatArray

    @property
    def known(self) -> Any:
        """Pairs with both letters behind explanations, (P,)."""
        return np.isfinite(self.gain).all(axis=1)


@dataclass(frozen=True, eq=False)
class Table:
    """All that the figures of a log rest on.

    Attributes:
        pairs: the pairs.
        unasked: for every problem explained without encouragement: cluster, group argued for (four columns
            of 0 and 1) and dollars expected by every group above their mean over the options.
        explained, at_once: on what letters behind unasked explanations rest, and those asked for at once.
        reasons: why letters are missing.
        asked: letters asked for.
        outside: probability of no label, of each letter that tells it.
    """

    pairs: Pairs
    unasked: tuple[tuple[str, ...], FloatArray, FloatArray]
    explained: Grounds
    at_once: Grounds
    reasons: Counter[str]
    asked: int
    outside: tuple[float, ...]


def check(metadata: Mapping[str, Any] | None, sample: str | int | None) -> Mapping[str, Any]:
    """A sample's metadata, if they hold what scoring needs.

    Raises:
        ValueError: naming the keys that are missing.
    """
    return required(metadata, REQUIRED, sample, TASKS)


def table(scores: Sequence[SampleScore] | EvalLog) -> Table:
    """Lay out the scores of ``argued_choices``; a sample that failed counts with all its letters missing."""
    pairs: list[tuple[Any, ...]] = []
    unasked: list[tuple[str, FloatArray, FloatArray]] = []
    rows: dict[str, list[Row]] = {"explained": [], "at once": []}
    reasons: Counter[str] = Counter()
    outside: list[float] = []
    asked = 0
    for sample, metadata, answer in scored_rows(scores, "argued_choices"):
        about = check(metadata, sample)
        welfare = np.asarray(about["welfare"], float)
        arms = list(about["encouragements"])
        letters: Mapping[str, Any] = answer.get("letters", {})
        asked += len(letters) or 2 * len(arms) + (len(arms) - 1) ** 2
        reasons.update(str(reason) for reason in answer.get("reasons", {}).values() if reason is not None)
        if not letters:
            reasons["error"] += 2 * len(arms) + (len(arms) - 1) ** 2
        outside += [mass for mass in answer.get("outside", {}).values() if mass is not None]
        question, order = str(about["group"]), [int(own) for own in about["order"]]
        for key, name in (("explained", f"letter/{UNASKED}/{UNASKED}"), ("at once", f"direct/{UNASKED}")):
            given = letters.get(name)
            shares = None if given is None else [given[own] for own in order]
            rows[key].append((question, order, shares, welfare))
        argued = answer.get("argued", {})
        gains = _gains(letters.get(f"letter/{UNASKED}/{UNASKED}"), welfare)
        if np.isfinite(gains).all():
            above = gains - welfare.mean(axis=0) * DOLLARS_PER_UNIT
            unasked.append((question, np.eye(5)[argued.get(UNASKED, -1)][:4], above))
        pairs += [_pair(about, answer, arm, welfare) for arm in arms if arm != UNASKED]
    columns = list(zip(*pairs, strict=True)) if pairs else [()] * 9
    arrays = [np.array(column) for column in columns[1:]]
    return Table(
        Pairs(tuple(columns[0]), *arrays),
        (
            tuple(one[0] for one in unasked),
            np.array([one[1] for one in unasked]).reshape(-1, 4),
            np.array([one[2] for one in unasked]).reshape(-1, 4),
        ),
        _grounds(rows["explained"], outside, noisy=True),
        _grounds(rows["at once"], outside, noisy=False),
        reasons,
        asked,
        tuple(outside),
    )


def _pair(
    about: Mapping[str, Any], answer: Mapping[str, Any], arm: str, welfare: FloatArray
) -> tuple[Any, ...]:
    """One row of ``Pairs``."""
    letters, argued = answer.get("letters", {}), answer.get("argued", {})
    group = STAKEHOLDERS.index(arm)

    def gain(name: str) -> float:
        return float(_gains(letters.get(name), welfare)[group])

    others = [other for other in about["encouragements"] if other != arm]
    contexts = [gain(f"letter/{arm}/{other}") - gain(f"letter/{UNASKED}/{other}") for other in others]
    elsewhere = [
        gain(f"letter/{other}/{arm}") - gain(f"letter/{other}/{UNASKED}")
        for other in others
        if other != UNASKED
    ]
    return (
        str(about["group"]),
        group,
        int(about["forms"][arm]),
        float(np.ptp(welfare[:, group])) * DOLLARS_PER_UNIT,
        [float(argued.get(at, -1) == group) for at in (UNASKED, arm)],
        [gain(f"letter/{UNASKED}/{at}") for at in (UNASKED, arm)],
        [gain(f"direct/{at}") for at in (UNASKED, arm)],
        float(np.mean(contexts)),
        float(np.mean(elsewhere)),
    )


def _gains(shares: Sequence[float] | None, welfare: FloatArray) -> FloatArray:
    """Dollars that every group may expect, (4,); NaN without an answer."""
    if shares is None:
        return np.full(len(STAKEHOLDERS), np.nan)
    return np.asarray(np.asarray(shares, float) @ welfare * DOLLARS_PER_UNIT)


def _grounds(rows: Sequence[Row], outside: Sequence[float], *, noisy: bool) -> Grounds:
    valid = sum(shares is not None for _, _, shares, _ in rows)
    mass = 1 - float(np.mean(outside)) if outside else float("nan")
    return grounds_of(laid_out(rows, noisy=noisy), len(rows), valid, mass)
