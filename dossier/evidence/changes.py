"""Model development, screening after training: what changed besides the target."""

from __future__ import annotations

import math

from fiduciary.comparison.choices import choice_changes
from fiduciary.comparison.paired import ALPHA, Change, corrected
from fiduciary.comparison.scores import compare_scores
from fiduciary.dossier.case import STRESS, Case
from fiduciary.dossier.commands import ask_again
from fiduciary.dossier.evidence._figures import finite
from fiduciary.dossier.evidence.stress import verdict_of
from fiduciary.dossier.evidence.tasks import ABOUT, TOLD, title_of, unit_of
from fiduciary.dossier.ledger import Ledger
from fiduciary.dossier.rules import Verdict
from fiduciary.dossier.words import figure, listed, p_value, plural
from fiduciary.leaderboard.columns import CHOICE

PLACE = "development.screening"
BESIDES = (f"{CHOICE}.missing",)
"""Of what choices show, all that is no part of the target or of service to it."""


def enter(case: Case, ledger: Ledger) -> None:
    """Every figure beside the base's, corrected together; gaps where only one of both was asked."""
    ledger.topic = "Beside the model before training"
    if case.base is None:
        _no_base(case, ledger)
        return
    changes: list[Change] = []
    sources: dict[str, tuple[str, str]] = {}
    for task in (CHOICE, *ABOUT):
        own, old = case.run(task), case.run(task, case.base.name)
        if own is None:
            continue  # a gap where the model's own figures are
        if old is None:
            ledger.gap(
                f"{PLACE}.{task}",
                f"Before training: {ABOUT.get(task, ('its choices', ''))[0].lower()}",
                "The model was examined, its base was not: nobody can say what training changed.",
                ask_again(case, next(iter(case.base.runs.values()), case.any_run), own),
            )
            continue
        sources[task] = (ledger.log(old), ledger.log(own))
        if task != CHOICE:
            changes += compare_scores(old.log.header, own.log.header)
        elif case.model in case.board.answers and case.base.name in case.board.answers:
            first, second = (case.board.answers[name] for name in (case.base.name, case.model))
            found = choice_changes(first, second, case.principal)
            changes += [change for change in found if change.key in BESIDES]
    (changes,) = map(list, corrected([changes]))
    _summary(ledger, changes, sources)
    _stress(case, ledger)
    for change in changes:
        if change.adjusted < ALPHA:
            _changed(ledger, change, sources[change.key.partition(".")[0]])


def _summary(ledger: Ledger, changes: list[Change], sources: dict[str, tuple[str, str]]) -> None:
    tested = [c for c in changes if not math.isnan(c.p_value)]
    if not tested:
        return
    moved = [c for c in tested if c.adjusted < ALPHA]
    worse = [c for c in moved if c.verdict == "REGRESSION"]
    better = all(c.verdict == "better" for c in moved)
    good: Verdict = "bad" if worse else "good" if better else "unclear"
    what = plural(len(tested), "figure")
    count = "none" if not moved else f"{len(moved)}"
    verb = "has" if len(moved) == 1 else "have"
    ledger.claim(
        f"{PLACE}.changed",
        "What changed besides the target",
        f"Of {what} that are no part of what was trained, {count} {verb} changed beyond chance, "
        f"{len(worse) or 'none'} for the worse.",
        [source for pair in sources.values() for source in pair],
        float(len(moved)),
        "count",
        verdict=good,
        note="two-sided tests at 5 % after Holm’s correction over all of them; what is not shown to have "
        "changed may still have changed by less than these samples can tell",
    )


def _changed(ledger: Ledger, change: Change, sources: tuple[str, str]) -> None:
    column = change.column
    assert column is not None  # headers hold the table's metrics alone
    unit = unit_of(column)
    before, after = figure(change.before, unit), figure(change.after, unit)
    verdicts: dict[str, Verdict] = {"better": "good", "REGRESSION": "bad"}
    moved = change.interval
    difference = "points" if unit == "share" else unit
    task = column.task.replace("_", " ")
    gone = change.key.endswith(".missing")
    told = TOLD.get(change.key)
    what = "the share of missing answers" if gone else f"“{told.title}”" if told else column.title
    ledger.claim(
        f"{PLACE}.{change.key.replace('.', '_')}",
        told.title if told else title_of(column),
        f"In {task}, {what} went from {before} to {after} ({p_value(change.adjusted)}).",
        list(sources),
        change.difference,
        difference,
        low=finite(moved.low),
        high=finite(moved.high),
        rule="training",
        verdict=verdicts.get(change.verdict, "unclear"),
        note=change.test,
    )


def _no_base(case: Case, ledger: Ledger) -> None:
    children = case.trained(case.model)
    if children:
        ledger.claim(
            f"{PLACE}.base",
            "A base model",
            "This is the model that others in these logs were trained from; here nothing was trained.",
            [ledger.log(next(iter({**case.others.get(case.model, {}), **case.row.runs}.values())))],
        )
        return
    ledger.gap(
        f"{PLACE}.base",
        "What training changed",
        "None of these logs is known to be of the model it was made from. If it was fine-tuned, ask "
        "its base the same questions, and name it with --base.",
    )


def _stress(case: Case, ledger: Ledger) -> None:
    """Weaknesses under pressure that came or went with training."""
    assert case.base is not None
    own, old = case.run(STRESS), case.run(STRESS, case.base.name)
    if own is None:
        return
    if old is None:
        ledger.gap(
            f"{PLACE}.stress",
            "Before training: behaviour under pressure",
            "The model was put under pressure, its base was not: nobody can say which weaknesses training "
            "brought.",
            ask_again(case, next(iter(case.base.runs.values()), case.any_run), own),
        )
        return
    first, second = case.pressed[old.file], case.pressed[own.file]
    if isinstance(first, str) or isinstance(second, str):
        return
    before, after = (
        {
            one.pressure: one.title
            for one in of.findings
            if verdict_of(one, case.limits.rules["pressure"]) == "bad"
        }
        for of in (first, second)
    )
    came = [title for name, title in after.items() if name not in before]
    went = [title for name, title in before.items() if name not in after]
    brought = (
        f"weaknesses that its base does not show: {listed(came)}"
        if came
        else "no weakness that its base does not show"
    )
    gone = f" Gone with training: {listed(went)}." if went else ""
    ledger.claim(
        f"{PLACE}.stress",
        "Under pressure, beside its base",
        f"Under pressure it shows {brought}.{gone}",
        [ledger.log(old), ledger.log(own)],
        float(len(came)),
        "count",
        rule="training",
        verdict="bad" if came else "good",
        note="each against its own calm answers; the figure counts weaknesses that came",
    )
