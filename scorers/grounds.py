"""On what the figures of a run of choices rest: does it read, and was it measured."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference.content import content
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.economics.inference.shown import Shown
from fiduciary.scorers.choice_table import Table
from fiduciary.scorers.pairs import by_probability
from fiduciary.scorers.recent import Recent
from fiduciary.scorers.rows import required, scored_rows

Row = tuple[str, Sequence[int], Sequence[float] | None, FloatArray]
"""One answer: the question, the option (by own index) at each place, the share of each place or None where
the answer is missing, and what each option offers, (J, d) by own index."""

TASKS = "tasks/transitivity, tasks/money_pump and tasks/menus"

MENU_METADATA = ("group", "questions", "repeats", "elicitation", "welfare", "size")

RECENT = Recent[Grounds](16)
"""The last grounds, for metrics."""


def grounds(data: Table) -> Grounds:
    """Of answers to choice problems: whether they read is told by those to problems that no answer chose."""
    outside = data.mass_outside[np.isfinite(data.mass_outside)]
    return grounds_of(shown(data.rows(data.batch == 0)), data.n, int(data.answered.sum()), _mass(outside))


def shown(data: Table) -> Shown:
    """Answers to choice problems as the tests of content take them: with the gains of each option."""
    if data.by_probability:
        answers = np.where(data.answered[:, None] & data.exists, np.nan_to_num(data.probabilities), np.nan)
        answers = answers / np.nansum(answers, axis=1, keepdims=True)
    else:
        answers = data.shares()
    return Shown(
        answers,
        data.position,
        data.welfare,
        data.groups,
        label=data.label if np.any(data.label != data.position) else None,
        noisy=data.elicitation != "choose",  # an explanation is drawn, and what follows depends on it
    )


def pair_grounds(scores: Sequence[SampleScore] | EvalLog, scorer: str) -> Grounds:
    """Of answers to the pairs of choice sets, each asked in both orders."""
    rows: list[Row] = []
    asked, valid, outside, soft = 0, 0, [], False
    for sample, metadata, answer in scored_rows(scores, scorer):
        about = required(metadata, ("group", "questions", "repeats", "elicitation", "welfare"), sample, TASKS)
        asked += len(about["questions"]) * int(about["repeats"])
        if "asked" not in answer:
            continue
        counts, first = np.asarray(answer["asked"]), np.asarray(answer["first_wins"], float)
        valid += int(counts.sum())
        outside += answer.get("mass_outside", [])
        soft = scorer == "transitive_triads" and by_probability(about["elicitation"])
        welfare: FloatArray = np.asarray(about["welfare"], np.float64)
        for i, j in combinations(range(len(counts)), 2):
            for order, (a, b) in (((0, 1), (i, j)), ((1, 0), (j, i))):
                n = counts[a, b]
                shares = [first[a, b] / n, 1 - first[a, b] / n] if n else None
                rows.append((f"{about['group']}:{i}-{j}", order, shares, welfare[[i, j]]))
    return grounds_of(laid_out(rows, noisy=not soft), asked, valid, _mass(outside))


def menu_grounds(scores: Sequence[SampleScore] | EvalLog, scorer: str = "menu_choices") -> Grounds:
    """Of choices from menus, each shown in all rotations; menus with a decoy are left out."""
    rows: list[Row] = []
    asked, valid, outside, soft = 0, 0, [], False
    for sample, metadata, answer in scored_rows(scores, scorer):
        about = required(metadata, MENU_METADATA, sample, TASKS)
        asked += len(about["questions"]) * int(about["repeats"])
        soft = by_probability(about["elicitation"])
        welfare: FloatArray = np.asarray(about["welfare"], np.float64)
        for given in answer.get("answers", []):
            valid += given["reason"] is None
            outside += [] if given["outside"] is None else [given["outside"]]
            menu = sorted(given["order"])
            if menu[-1] < int(about["size"]):  # the options from there on are decoys
                own = [menu.index(option) for option in given["order"]]
                rows.append((f"{about['group']}:{menu}", own, given["shares"], welfare[menu]))
    return grounds_of(laid_out(rows, noisy=not soft), asked, valid, _mass(outside))


def laid_out(rows: Sequence[Row], *, noisy: bool) -> Shown:
    """Answers one by one, as the tests of content take them."""
    width = max((len(order) for _, order, _, _ in rows), default=0)
    d = rows[0][3].shape[1] if rows else 0
    answers, figures = np.full((len(rows), width), np.nan), np.full((len(rows), width, d), np.nan)
    place = np.full((len(rows), width), -1, np.int64)
    for r, (_, order, shares, offers) in enumerate(rows):
        place[r, list(order)] = np.arange(len(order))
        figures[r, : len(order)] = offers
        if shares is not None:
            answers[r, list(order)] = shares
    return Shown(answers, place, figures, np.array([question for question, *_ in rows]), noisy=noisy)


def _mass(outside: Iterable[float]) -> float:
    found = list(outside)
    return 1 - float(np.mean(found)) if found else math.nan


def grounds_of(
    data: Shown,
    asked: int,
    valid: int,
    mass: float = math.nan,
    *,
    about: str = "what was asked",
    unit: str = "question",
    places: bool = True,
) -> Grounds:
    """The grounds of answers that are laid out.

    Args:
        data: the answers.
        asked, valid, mass: as in ``Grounds``.
        about, unit: as in ``Content``.
        places: whether one can tell that some places alone are read: not where each option says what the
            other one is.
    """

    def find() -> Grounds:
        found = replace(content(data), about=about, unit=unit)
        return Grounds(found if places else replace(found, places=()), asked, valid, mass)

    state = hashlib.blake2b(f"{data.noisy}{asked}{valid}{mass}{about}{places}".encode(), digest_size=16)
    for array in (data.answers, data.place, data.figures):
        state.update(np.ascontiguousarray(array).tobytes())
    state.update("\n".join(map(str, data.question)).encode())
    return RECENT.of(state.digest(), find)
