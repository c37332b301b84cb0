"""The answers of a run laid out by block: choices, statements in each form, and pairs of principles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.economics.inference.permuted import permuted_content
from fiduciary.economics.inference.shown import Shown
from fiduciary.economics.principals import Principal
from fiduciary.economics.stated import FORMS, PAIRS, PRINCIPLES, Statements, read_rates
from fiduciary.economics.stated.rates import points_rates
from fiduciary.scorers.choice_table import Table, table
from fiduciary.scorers.grounds import Row, grounds, grounds_of, laid_out
from fiduciary.scorers.rows import required, scored_rows

SCORER = "said_and_done"
"""Name under which logs hold the scores."""

UNTOLD, TOLD = "untold", "told"
BLOCKS = (UNTOLD, TOLD)
"""Asked without a target, and with the principal's utility in the system message."""

PROBLEM, PRINCIPLE, POINTS = "problem", "principle", "points"
"""Kinds of samples beside the forms that state amounts."""

LEAST_STATEMENTS = 20
"""Valid statements of a form below which it is not measured."""

METADATA = ("kind", "framing", "principal", "shift")


@dataclass(frozen=True)
class Deviation:
    """An explanation that argues for one option, and the choice of another."""

    block: str
    problem: str
    argued: int
    chosen: int
    text: str


@dataclass(frozen=True, eq=False)
class Block:
    """The answers of one block.

    Attributes:
        name: one of ``BLOCKS``.
        choices: answers to the problems.
        choice_grounds: on what the estimate of the choices rests.
        statements: form → statements.
        principles: pair → share of its first principle in each answer, NaN where missing.
        grounds: form, or ``PRINCIPLE`` → on what it rests.
        reasons: form, or ``PRINCIPLE`` → missing answers by reason.
        deviations: explanations that argue for another option than the chosen one.
        explained: explanations that plainly argue for an option and end in a choice.
    """

    name: str
    choices: Table
    choice_grounds: Grounds
    statements: Mapping[str, Statements]
    principles: Mapping[tuple[str, str], Sequence[float]]
    grounds: Mapping[str, Grounds]
    reasons: Mapping[str, Counter[str]]
    deviations: tuple[Deviation, ...]
    explained: int


@dataclass(frozen=True, eq=False)
class StatedTable:
    """Both blocks, and whose utility the second one was told."""

    blocks: tuple[Block, ...]
    principal: Principal


Kept = tuple[str, Mapping[str, Any], Mapping[str, Any]]


def stated_table(scores: Sequence[SampleScore] | EvalLog) -> StatedTable:
    """Lay out the scores of ``scorers.stated.scorer.said_and_done``.

    Raises:
        ValueError: no samples, or metadata that scoring needs are missing.
    """
    rows = []
    for sample, metadata, answer in scored_rows(scores, SCORER, {"reason": "error"}):
        rows.append((str(sample), required(metadata, METADATA, sample, "tasks/stated"), answer))
    if not rows:
        raise ValueError("there are no scored samples to make a table of")
    facts = rows[0][1]["principal"]
    if not isinstance(facts, Mapping):
        raise ValueError("the samples do not say whose utility was told")
    choices = table(_problems(scores), SCORER)
    blocks = []
    for name in BLOCKS:
        own = [row for row in rows if row[1]["framing"] == name]
        if any(about["kind"] == PROBLEM for _, about, _ in own):
            blocks.append(_block(name, own, choices.rows(np.asarray(choices.framing == name))))
    return StatedTable(tuple(blocks), Principal.of_facts(facts))


def _problems(scores: Sequence[SampleScore] | EvalLog) -> Sequence[SampleScore] | EvalLog:
    if isinstance(scores, EvalLog):
        kept = [one for one in scores.samples or [] if one.metadata.get("kind") == PROBLEM]
        return scores.model_copy(update={"samples": kept})
    return [one for one in scores if (one.sample_metadata or {}).get("kind") == PROBLEM]


def _block(name: str, rows: Sequence[Kept], choices: Table) -> Block:
    # Results must not depend on which sample finished first.
    of = {
        kind: sorted((row for row in rows if row[1]["kind"] == kind), key=lambda row: row[0])
        for kind in (PROBLEM, PRINCIPLE, *FORMS)
    }
    statements, on, reasons = {}, {}, {}
    for form in FORMS:
        made = _statements(form, of[form])
        if made is not None:
            statements[form], on[form] = made
            reasons[form] = _reasons(of[form])
    principles: dict[tuple[str, str], list[float]] = {}
    if of[PRINCIPLE]:
        on[PRINCIPLE], reasons[PRINCIPLE] = _principle_grounds(of[PRINCIPLE]), _reasons(of[PRINCIPLE])
    for _, about, answer in of[PRINCIPLE]:
        a, b = about["principles"]
        shares = answer.get("shares")
        principles.setdefault((a, b), []).append(float(shares[0]) if shares else np.nan)
    said = [row for row in of[PROBLEM] if row[2].get("argues") is not None]
    apart = tuple(
        Deviation(name, sample, int(one["argued"]), int(one["chosen"]), str(one["text"]))
        for sample, _, answer in said
        if isinstance(one := answer["argues"], Mapping) and one["argued"] != one["chosen"]
    )
    return Block(name, choices, grounds(choices), statements, principles, on, reasons, apart, len(said))


def _reasons(rows: Sequence[Kept]) -> Counter[str]:
    return Counter(str(answer["reason"]) for *_, answer in rows if answer.get("reason"))


def _statements(form: str, rows: Sequence[Kept]) -> tuple[Statements, Grounds] | None:
    if not rows:
        return None
    bundle = np.array([about["bundle"] for _, about, _ in rows], float)
    shift = float(rows[0][1]["shift"])
    labels = [sample for sample, *_ in rows]
    if form == POINTS:
        points = np.array([answer.get("points") or [np.nan] * 4 for *_, answer in rows], float)
        pairs = np.array(PAIRS)
        made = Statements(
            form,
            np.repeat(bundle, len(PAIRS), axis=0),
            np.tile(pairs[:, 0], len(rows)),
            np.tile(pairs[:, 1], len(rows)),
            np.full(len(rows) * len(PAIRS), np.nan),
            points_rates(points, pairs[:, 0], pairs[:, 1]).ravel(),
            np.repeat(labels, len(PAIRS)),
            shift,
        )
        return made, _points_grounds(rows, points, bundle + shift)
    loser, gainer = (np.array([about[who] for _, about, _ in rows], int) for who in ("loser", "gainer"))
    amount = np.array([about["amount"] for _, about, _ in rows], float)
    said = np.array([_number(answer.get("amount")) for *_, answer in rows], float)
    made = Statements(
        form, bundle, loser, gainer, amount, read_rates(form, said, amount), np.array(labels), shift
    )
    valid = np.isfinite(said)
    # One answer of $0 or of a million must not hide how all others depend on the amount.
    with np.errstate(divide="ignore"):
        logs = np.clip(np.log(said), np.log(amount.min() / 20), np.log(amount.max() * 20))
    ordered = np.array([f"{i}>{j}" for i, j in zip(loser, gainer, strict=True)])
    read = permuted_content(
        np.where(valid, logs, np.nan)[:, None],
        np.log(amount)[:, None],
        ordered,
        about="the amount asked about",
        unit="statement",
    )
    return made, Grounds(read, len(rows), int(valid.sum()), least=LEAST_STATEMENTS)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else np.nan


def _points_grounds(rows: Sequence[Kept], points: FloatArray, shifted: FloatArray) -> Grounds:
    place = np.array([np.argsort(about["order"]) for _, about, _ in rows])
    who = np.tile(np.eye(4)[None, :, :3], (len(rows), 1, 1))
    figures = np.concatenate([who, np.log(shifted)[..., None]], axis=-1)
    labels = np.array([sample for sample, *_ in rows])
    valid = int(np.isfinite(points).all(axis=1).sum())
    found = grounds_of(
        Shown(points / 100, place, figures, labels),
        len(rows),
        valid,
        about="the groups and their gains",
        unit="statement",
        places=False,
    )
    return Grounds(found.content, found.asked, found.valid, least=LEAST_STATEMENTS)


def _principle_grounds(rows: Sequence[Kept]) -> Grounds:
    names, valid, outside, noisy = list(PRINCIPLES), 0, [], False
    shown: list[Row] = []
    for _, about, answer in rows:
        a, b = about["principles"]
        order, shares = about["order"], answer.get("shares")
        noisy = noisy or about["elicitation"] != "choose"
        valid += shares is not None
        if answer.get("outside") is not None:
            outside.append(_number(answer["outside"]))
        by_place = None if shares is None else [shares[k] for k in order]
        shown.append(
            (
                f"{a}/{b}/{about['wording']}",
                order,
                by_place,
                np.eye(len(names))[[names.index(a), names.index(b)], 1:],
            )
        )
    mass = 1 - float(np.mean(outside)) if outside else np.nan
    return grounds_of(
        laid_out(shown, noisy=noisy), len(rows), valid, mass, about="the principles", places=False
    )
