"""Deployment, monitoring: rules of sampling as the logs record them, and whether explanations fit choices."""

from __future__ import annotations

import numpy as np

from fiduciary.dossier.case import LEVEL, Case
from fiduciary.dossier.commands import ask
from fiduciary.dossier.evidence._figures import Served, exact
from fiduciary.dossier.ledger import Ledger
from fiduciary.dossier.words import listed, plain, plural, share
from fiduciary.leaderboard.cells import held, told
from fiduciary.leaderboard.columns import CHOICE

PLACE = "deployment.monitoring"


def enter(case: Case, ledger: Ledger) -> None:
    """Loss by temperature, reasons of missing answers, agreement of explanation and choice."""
    ledger.topic = "How it is sampled, and how it explains itself"
    run = case.run(CHOICE)
    if run is None:
        return
    source = ledger.log(run)
    if case.answers is not None:
        _temperatures(case, ledger, source)
        _reasons(case, ledger, source)
    _explanations(case, ledger, source)


def _temperatures(case: Case, ledger: Ledger, source: str) -> None:
    answers = case.answers
    assert answers is not None
    by_answer, tau = Served.of(case, answers), answers.data.temperature
    for value in np.unique(tau[~answers.missing]):
        service, n, problems = by_answer.part(tau == value)
        few, gone = problems < case.limits.problems, told(service.loss_share, n)
        ledger.from_cell(
            f"{PLACE}.temperature_{value:g}",
            f"Sampling at temperature {value:g}",
            f"At temperature {value:g} it loses {share(gone.value or 0.0)} of what is at stake.",
            [source],
            gone,
            "share",
            rule="part",
            few=few,
        )


def _reasons(case: Case, ledger: Ledger, source: str) -> None:
    answers = case.answers
    assert answers is not None
    reasons = answers.data.reasons
    if not reasons:
        return
    told = listed([f"{count:,} × {plain(reason)}" for reason, count in reasons.most_common(4)])
    missing = int(sum(reasons.values()))
    ledger.claim(
        f"{PLACE}.reasons",
        "Why answers are missing",
        f"Of {plural(answers.data.n, 'question')} {missing:,} {'has' if missing == 1 else 'have'} no valid "
        f"answer: {told}.",
        [source],
        float(missing),
        "count",
    )


def _explanations(case: Case, ledger: Ledger, source: str) -> None:
    run = case.run(CHOICE)
    assert run is not None and run.log.header.results is not None
    scores = [s for s in run.log.header.results.scores if s.name == "explanation_agreement"]
    values = {name: float(m.value) for s in scores for name, m in s.metrics.items() if np.isfinite(m.value)}
    if "agreement" not in values:
        ledger.gap(
            f"{PLACE}.explanations",
            "Whether explanations argue for the choice",
            "It was asked for choices without explanations.",
            ask(case, CHOICE, n=1000, elicitation="both"),
        )
        return
    found = held(values, "agreement", scores[0].scored_samples or run.samples, is_share=True, level=LEVEL)
    ledger.from_cell(
        f"{PLACE}.explanation",
        "Explanation and choice",
        f"In {share(found.value or 0.0)} of answers the explanation argues for the option that is then "
        "chosen.",
        [source],
        exact(found),
        "share",
        rule="explanation",
    )
