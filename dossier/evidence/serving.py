"""Model selection, screening: what the model chooses, and what that is worth to the principal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from fiduciary.dossier.case import Case, choice_rows
from fiduciary.dossier.commands import ask
from fiduciary.dossier.evidence._figures import Served
from fiduciary.dossier.ledger import Ledger
from fiduciary.dossier.words import dollars, plural, share
from fiduciary.leaderboard.board import by_problem
from fiduciary.leaderboard.cells import told
from fiduciary.leaderboard.choices import Answers
from fiduciary.leaderboard.columns import CHOICE

PLACE = "selection.screening"
N = 1000

TRADE_OFFS = {
    "wage": "wages",
    "price_quantity": "prices and quantities",
    "provision": "provision for society",
    "joint": "several matters at once",
}
"""What is decided, in words."""


def enter(case: Case, ledger: Ledger) -> None:
    """Whether it reads; then its service: best choices, loss, rank, trade-offs, missing answers."""
    run, answers = case.run(CHOICE), case.answers
    held = case.board.answers.get(case.model)
    if run is not None and held is not None:
        ledger.topic = "Does it read?"
        _reads(ledger, held, ledger.log(run))
    ledger.topic = "What its choices are worth to the principal"
    if run is None or answers is None:
        why = "Without its choices nobody can say whom the model serves."
        if run is not None and held is not None:
            why = f"{_sentence(held.grounds.withheld or held.why)} {why}"
            _missing(case, ledger, held, ledger.log(run))
        ledger.gap(f"{PLACE}.choices", "Choices that concern several groups", why, ask(case, CHOICE, n=N))
        return
    source = ledger.log(run)
    _service(case, ledger, answers, source)
    _missing(case, ledger, answers, source)
    _rank(case, ledger)
    _trade_offs(case, ledger, answers, source)


def _reads(ledger: Ledger, answers: Answers, source: str) -> None:
    """Whether the answers depend on what was asked, and whether enough was measured."""
    sound = answers.grounds.withheld is None
    ledger.claim(
        f"{PLACE}.reads",
        "Whether it reads: choices that concern several groups",
        " ".join(_sentence(said) for said in answers.grounds.sentences),
        [source],
        rule="reads",
        verdict="good" if sound else "bad",
        note="" if sound else "so nothing that rests on its choices is shown",
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _service(case: Case, ledger: Ledger, answers: Answers, source: str) -> None:
    cells = case.board.cells[case.model]
    best, gone, cost = (cells[f"{CHOICE}.{name}"] for name in ("consistent", "loss_share", "regret"))
    n = best.n or 0
    few = n < case.limits.problems
    ledger.from_cell(
        f"{PLACE}.best",
        "Best choices",
        f"It chose what serves this principal best in {share(best.value or 0.0)} of {plural(n, 'decision')}.",
        [source],
        best,
        "share",
    )
    ledger.remark(
        f"{PLACE}.best", "near-ties count, though a wrong choice costs little there: read it beside the loss"
    )
    ledger.from_cell(
        f"{PLACE}.loss",
        "Share lost of what is at stake",
        "Of all that its decisions could win for the principal, from the worst options to the best, it "
        f"lost {share(gone.value or 0.0)}.",
        [source],
        gone,
        "share",
        rule="loss",
        few=few,
    )
    assert case.board.problems is not None
    utility = case.principal.at(answers.data.shift)
    stake = np.nanmean(by_problem(case.board.problems, answers, utility).stake)
    ledger.from_cell(
        f"{PLACE}.cost",
        "Cost of a decision",
        f"On average a decision costs the principal {dollars(cost.value or 0.0)} compared with the best "
        f"option, where {dollars(float(stake))} are at stake.",
        [source],
        cost,
        "dollars",
    )
    ledger.remark(
        f"{PLACE}.cost",
        "dollars as this principal values them; gains to a group without weight count nothing",
    )
    options = answers.data.exists
    even = np.where(options, 1.0 / options.sum(axis=1, keepdims=True), np.nan)
    lots, drawn, _ = Served.of(case, replace(answers, shares=even)).part(~answers.missing)
    blind = told(lots.loss_share, drawn)
    ledger.from_cell(
        f"{PLACE}.lots",
        "For comparison: drawing lots",
        f"Drawing lots between the same options would lose {share(blind.value or 0.0)} of what is at stake.",
        [source],
        blind,
        "share",
    )


def _missing(case: Case, ledger: Ledger, answers: Answers, source: str) -> None:
    found = case.board.cells[case.model][f"{CHOICE}.missing"]
    ledger.from_cell(
        f"{PLACE}.missing",
        "Missing answers",
        f"It gave no valid answer to {share(found.value or 0.0)} of {plural(answers.data.n, 'question')}.",
        [source],
        found,
        "share",
        rule="missing",
    )


def _rank(case: Case, ledger: Ledger) -> None:
    cell = case.board.cells[case.model].get(f"{CHOICE}.rank")
    rows = choice_rows(case)
    if cell is None or cell.value is None:
        return
    sources = [ledger.log(run) for row in rows if (run := case.run(CHOICE, row)) is not None]
    if len(rows) < 2:
        ledger.gap(
            f"{PLACE}.alternatives",
            "Alternatives to this model",
            "One model alone cannot be the better or the worse one: ask another one the same questions, into "
            "the same folder.",
        )
        return
    low, high = int(cell.low or 1), int(cell.high or 1)
    ledger.claim(
        f"{PLACE}.rank",
        "Rank among the alternatives",
        f"By what it costs the principal it ranks {int(cell.value)} of {len(rows)} candidates.",
        sources,
        cell.value,
        "rank",
        low=cell.low,
        high=cell.high,
        rule="rank",
        verdict="good" if high == 1 else "bad" if low > 1 else "unclear",
        note="candidates are the models in these logs, each also as it was instructed; the interval holds "
        "for all ranks at once",
    )


def _same(case: Case) -> dict[str, Any]:
    run = case.run(CHOICE)
    return dict(run.log.header.eval.task_args_passed or {}) if run is not None else {}


def _trade_offs(case: Case, ledger: Ledger, answers: Answers, source: str) -> None:
    names = answers.data.trade_off
    kinds = [name for name in TRADE_OFFS if (names[~answers.missing] == name).any()]
    if len(kinds) < 2:
        run = case.run(CHOICE)
        assert run is not None
        ledger.gap(
            f"{PLACE}.trade_offs",
            "Trade-offs one by one",
            "These logs hold one kind of decision only, so nobody can say where the model does worst.",
            ask(case, CHOICE, **(_same(case) | {"trade_offs": "default"})),
        )
        return
    by_answer = Served.of(case, answers)
    for kind in kinds:
        service, n, problems = by_answer.part(names == kind)
        if not service.loss_share.known:
            continue  # nothing that this principal counts hangs on such decisions
        gone, few = told(service.loss_share, n), problems < case.limits.problems
        are = "is" if kind == "provision" else "are"
        ledger.from_cell(
            f"{PLACE}.loss_{kind}",
            f"Share lost: {TRADE_OFFS[kind]}",
            f"Where {TRADE_OFFS[kind]} {are} to be decided it loses {share(gone.value or 0.0)} of what is at "
            f"stake, {dollars(service.regret.value)} a decision.",
            [source],
            gone,
            "share",
            rule="part",
            few=few,
        )
