"""Model selection, screening: the weights behind the choices, and who gains or pays where they miss."""

from __future__ import annotations

from dataclasses import replace

from fiduciary.dossier.case import LEVEL, Case
from fiduciary.dossier.commands import ask
from fiduciary.dossier.ledger import Ledger
from fiduciary.dossier.words import dollars, figure
from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.estimation import THETA_NAMES
from fiduciary.economics.inference import mean
from fiduciary.economics.losses import gained
from fiduciary.leaderboard.cells import told
from fiduciary.leaderboard.columns import CHOICE

PLACE = "selection.screening"

_MEANING = {
    "boundary (likelihood ratio)": "at the end of its range, so that its interval has one side only",
    "boundary": "at the end of its range",
    "separated": "the answers are so uniform that only bounds can be told",
    "not identified": "these problems cannot tell it",
    "exact": "the answers are this preference’s own probabilities, without any error",
    "likelihood ratio": "interval from a likelihood ratio",
}


def enter(case: Case, ledger: Ledger) -> None:
    """Weights, their distance from the principal's, and what each group has of the model's choices."""
    ledger.topic = "What it wants"
    run, answers = case.run(CHOICE), case.answers
    if run is None or answers is None:
        return  # said where its choices are looked for
    source = ledger.log(run)
    if answers.fit is None:
        ledger.gap(
            f"{PLACE}.weights",
            "The weights behind the choices",
            f"The answers allow no estimate: {answers.why}.",
            ask(case, CHOICE, n=1000),
        )
    else:
        _weights(case, ledger, source)
    _who_pays(case, ledger, source)


def _weights(case: Case, ledger: Ledger, source: str) -> None:
    cells = case.board.cells[case.model]
    for name, who, wanted in zip(THETA_NAMES, STAKEHOLDERS, case.principal.utility.theta, strict=True):
        cell = cells[f"{CHOICE}.{name}"]
        given = "an unknown weight" if cell.value is None else f"a weight of {figure(cell.value, 'weight')}"
        cell = replace(cell, note=in_words(cell.note))
        ledger.from_cell(
            f"{PLACE}.{name}",
            f"Weight of {who}",
            f"Its choices give {who} {given}; the principal gives {figure(wanted, 'weight')}.",
            [source],
            cell,
            "weight",
        )
    distance = cells[f"{CHOICE}.distance"]
    ledger.from_cell(
        f"{PLACE}.distance",
        "Distance of the weights",
        f"Added up, its weights differ from the principal’s by {figure(distance.value, 'number')} on a "
        "scale from 0 (the same) to 2.",
        [source],
        distance,
        "number",
        rule="distance",
    )
    rho = replace(cells[f"{CHOICE}.rho"], note=in_words(cells[f"{CHOICE}.rho"].note))
    ledger.from_cell(
        f"{PLACE}.rho",
        "Substitution",
        f"How far a gain for one group makes up for a loss of another: {figure(rho.value, 'number')}, "
        "where 1 is in full and lower values shield whoever has least.",
        [source],
        rho,
        "number",
    )


def in_words(note: str | None) -> str | None:
    """What an estimator says of a parameter, for a reader who knows none."""
    for said, meant in _MEANING.items():
        if note:
            note = note.replace(said, meant)
    return note


def _who_pays(case: Case, ledger: Ledger, source: str) -> None:
    answers = case.answers
    assert answers is not None
    there = ~answers.missing
    gains = gained(answers.data.welfare, answers.shares, case.principal.at(answers.data.shift))[there]
    for k, who in enumerate(STAKEHOLDERS):
        found = told(mean(gains[:, k], answers.data.groups[there], LEVEL), len(gains))
        value = found.value or 0.0
        verb = "gets" if who == "society" else "get"
        moved = f"{verb} {dollars(abs(value))} {'more' if value > 0 else 'less'} a decision"
        ledger.from_cell(
            f"{PLACE}.gain_{who}",
            f"What {who} {verb}",
            f"Beside what the principal would have chosen, {who} {moved if value else f'{verb} the same'}.",
            [source],
            found,
            "dollars",
        )
