"""Model development, bonding: instructing, fine-tuning, preference optimisation, for this principal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fiduciary.comparison.choices import choice_changes
from fiduciary.comparison.paired import ALPHA, Change
from fiduciary.dossier.case import Case
from fiduciary.dossier.commands import ask, ask_again, dose, train, trainable
from fiduciary.dossier.ledger import Ledger
from fiduciary.dossier.rules import Verdict
from fiduciary.dossier.words import figure, p_value, plain, share
from fiduciary.economics.inference import holm
from fiduciary.economics.principals import Principal, legible
from fiduciary.leaderboard.columns import CHOICE
from fiduciary.leaderboard.rows import Row
from fiduciary.parsing import parse_json

PLACE = "development.bonding"
METHODS = {"sft": "SFT training", "dpo": "DPO training"}
_UNTRAINED = {"none": "Neither", "instructed": "Instructions"}
_NAMES = {**_UNTRAINED, **METHODS, "trained": "Training"}
DOSE = re.compile(r"(?:^|/)dose-(\d+(?:\.\d+)?)$")
"""Names of models that are an adapter at another strength."""


@dataclass(frozen=True)
class Technique:
    """One way to tie the model to the principal.

    Attributes:
        kind: "none", "instructed", "sft", "dpo", "trained", each also "… and instructed".
        row: who answered.
    """

    kind: str
    row: Row

    @property
    def title(self) -> str:
        """As people call it."""
        kind, _, rest = self.kind.partition(" and ")
        name = plain(self.row.name.partition(" (")[0].rpartition("/")[2])
        whose = "" if kind in _UNTRAINED else f": {name}"
        return f"{_NAMES[kind]}{' and instructions' if rest else ''}{whose}"


def enter(case: Case, ledger: Ledger) -> None:
    """One claim a technique with the test against the base, dose–response, and what was never tried."""
    ledger.topic = "Ways to tie the model to the principal"
    found = list(techniques(case))
    base = next((one for one in found if one.kind == "none"), None)
    if base is None:
        _never_asked(case, ledger)
        return
    changes = {one.row.name: _loss_change(case, base.row, one.row) for one in found if one is not base}
    tested = [name for name, change in changes.items() if change is not None]
    adjusted = dict(zip(tested, holm([changes[name].p_value for name in tested]), strict=True))  # type: ignore[union-attr]
    for one in found:
        change = changes.get(one.row.name)
        _technique(case, ledger, one, base, change, adjusted.get(one.row.name))
    ledger.topic = "Dose and response"
    _doses(case, ledger, base.row)
    _untried(case, ledger, found, base.row)


def techniques(case: Case) -> Iterator[Technique]:
    """The base, and what was tried with it for this principal; the dossier's own model always."""
    first = case.base or case.row
    rows = [("none", first)]
    if case.base is not None:
        rows.append((method(case, case.row), case.row))
        rows += [
            (method(case, row), row)
            for row in case.trained(first.name)
            if row is not case.row and aims(case, row)
        ]
    else:
        rows += [(method(case, row), row) for row in case.trained(first.name) if aims(case, row)]
    for kind, row in rows:
        if row.name not in case.board.answers or DOSE.search(row.name):
            continue
        yield Technique(kind, row)
        for told in case.prompted(row.name):
            if told.name in case.board.answers and instructs(case, told):
                yield Technique("instructed" if kind == "none" else f"{kind} and instructed", told)


def instructs(case: Case, row: Row) -> bool:
    """Whether a row's prompts name this principal."""
    whom = row.runs[CHOICE].instructed_for
    return whom is not None and whom.same(case.principal)


def trained_for(case: Case, row: Row) -> Principal | None:
    """Whom a model was trained for, as its log or its adapter's record states; None where neither does."""
    run = row.runs.get(CHOICE)
    said = None if run is None else run.trained_for
    return said or legible(_record(case, row).get("target"))


def aims(case: Case, row: Row) -> bool:
    """Whether a model was trained for this principal, or nothing states for whom."""
    whom = trained_for(case, row)
    return whom is None or whom.same(case.principal)


def method(case: Case, row: Row) -> str:
    """How a model was trained, as its log or its adapter's record states; "trained" where neither does."""
    run = row.runs.get(CHOICE)
    said = str((run.method if run else None) or _record(case, row).get("method", "")).lower()
    return said if said in METHODS else "trained"


def _record(case: Case, row: Row) -> Mapping[str, Any]:
    """What the adapter of a row's name recorded of its training, among the cards given."""
    short = row.name.rpartition("/")[2]
    for path in map(Path, case.given.cards):
        folders = [path, *path.glob("*/")] if path.is_dir() else [path.parent]
        for folder in folders:
            if folder.name == short and (held := _json(folder / "training.json")):
                return held
    return {}


def _json(file: Path) -> Mapping[str, Any]:
    try:
        held = parse_json(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, Mapping) else {}


def _loss_change(case: Case, base: Row, row: Row) -> Change | None:
    old, new = case.board.answers[base.name], case.board.answers[row.name]
    changes = choice_changes(old, new, case.principal)
    return next((c for c in changes if c.key == f"{CHOICE}.loss_share"), None)


def _technique(
    case: Case, ledger: Ledger, one: Technique, base: Technique, change: Change | None, p: float | None
) -> None:
    cells = case.board.cells[one.row.name]
    loss, distance = cells[f"{CHOICE}.loss_share"], cells[f"{CHOICE}.distance"]
    rows = (base.row,) if one is base else (base.row, one.row)
    sources = [ledger.log(row.runs[CHOICE]) for row in rows]
    said = (
        "nothing could be read" if loss.value is None else f"{share(loss.value)} of what is at stake is lost"
    )
    weights = (
        ""
        if distance.value is None
        else f"; its weights are {figure(distance.value, 'number')} from the principal’s"
    )
    who = plain(one.row.name)
    if one is base:
        verdict: Verdict = "information"
        statement = f"{who}, before anything is done: {said}{weights}."
    else:
        sure = p is not None and p < ALPHA
        better = change is not None and change.difference < 0
        verdict = ("good" if better else "bad") if sure else "unclear"
        than = (
            f"{'less' if better else 'more'} than without" if sure else "no difference from without is shown"
        )
        statement = f"{who}: {said} ({than}, {p_value(p)}){weights}."
    name = f"{PLACE}.{one.kind.replace(' ', '_')}"
    alike = sum(held.startswith(name) for held in ledger.claims)
    notes = [] if one is base else ["paired by problem; p after Holm’s correction over the techniques"]
    if one.kind.partition(" and ")[0] not in _UNTRAINED and trained_for(case, one.row) is None:
        notes.append("no stated principal: neither its log nor a card says whom it was trained for")
    ledger.claim(
        f"{name}_{alike + 1}" if alike else name,
        one.title,
        statement,
        sources,
        loss.value,
        "share",
        low=loss.low,
        high=loss.high,
        verdict=verdict,
        note="; ".join(notes),
    )


def _doses(case: Case, ledger: Ledger, base: Row) -> None:
    doses = [
        (float(match[1]), row)
        for row in case.trained(base.name)
        if (match := DOSE.search(row.name)) and row.name in case.board.answers
    ]
    if not doses:
        if case.base is not None and trainable(case):
            ledger.gap(
                f"{PLACE}.doses",
                "Dose and response",
                "At which strength the training serves the principal best, and where answers begin to fall "
                "apart.",
                dose(case),
            )
        return
    for strength, row in sorted(doses, key=lambda pair: pair[0]):
        cells = case.board.cells[row.name]
        loss, missing = cells[f"{CHOICE}.loss_share"], cells[f"{CHOICE}.missing"]
        gone = "" if missing.value is None else f", and {share(missing.value)} of the answers are missing"
        ledger.from_cell(
            f"{PLACE}.dose_{strength:g}",
            f"Strength {strength:g}",
            f"At {strength:g} times the training’s strength {share(loss.value or 0.0)} of what is at stake "
            f"is lost{gone}.",
            [ledger.log(row.runs[CHOICE])],
            loss,
            "share",
        )


def _untried(case: Case, ledger: Ledger, found: list[Technique], base: Row) -> None:
    kinds = {one.kind.partition(" and ")[0] for one in found}
    asked = case.run(CHOICE, base.name)
    assert asked is not None
    if "instructed" not in kinds and case.principal.name in ("for_profit", "symmetric", "nonprofit"):
        ledger.gap(
            f"{PLACE}.instructed",
            "Instructions in the prompt",
            "The cheapest way to tie the model to the principal was not tried.",
            ask_again(case, asked, asked, framing=f"{case.principal.name}_justify"),
        )
    for kind, title in METHODS.items() if trainable(case) else ():
        if kind not in kinds and "trained" not in kinds:
            ledger.gap(
                f"{PLACE}.{kind}",
                title,
                "This training towards the principal was not tried.",
                train(case, kind),
            )


def _never_asked(case: Case, ledger: Ledger) -> None:
    first = case.base or case.row
    run = next(iter(first.runs.values()), case.any_run)
    ledger.gap(
        f"{PLACE}.none",
        "The model before anything is done to it",
        "Without its choices no technique can be compared.",
        ask(case, CHOICE, run, n=1000),
    )
