"""The second page: six questions that a board would ask, answered from the claims."""

from __future__ import annotations

from fiduciary.dossier.case import Case
from fiduciary.dossier.claims import Answer
from fiduciary.dossier.commands import watch
from fiduciary.dossier.decide import state, worst_trade_off
from fiduciary.dossier.finding import Claim
from fiduciary.dossier.ledger import Ledger
from fiduciary.dossier.rules import ORDER, serves
from fiduciary.dossier.words import listed
from fiduciary.leaderboard.columns import CHOICE

SCREENED = "selection.screening"
UNPREDICTABLE = ("transitivity", "money_pump", "menus", "allocation")
"""Tasks that show whether answers hang together."""

MOST = 4
"""Claims that one answer names at most."""


def front(case: Case, ledger: Ledger) -> tuple[Answer, ...]:
    """The answers, in the order in which they are asked."""
    return (
        _serves(ledger),
        _costs(ledger),
        _unpredictable(ledger),
        _changed(case, ledger),
        _watch(case, ledger),
        _unknown(ledger),
    )


def _serves(ledger: Ledger) -> Answer:
    question = "Does it serve this principal?"
    loss, missing = (ledger.claims.get(f"{SCREENED}.{name}") for name in ("loss", "missing"))
    if loss is None:
        told = _there(ledger, *(f"{SCREENED}.{name}" for name in ("reads", "missing")))
        remark = "It gave no choices that could be judged."
        return Answer(question, "unclear", "Not known", told, remark)
    verdict = serves(loss.verdict, missing.verdict if missing is not None else "unclear")
    claims = _there(ledger, *(f"{SCREENED}.{name}" for name in ("best", "loss", "rank")))
    if missing is not None and missing.verdict != "good":
        claims += (missing.id,)
    word = {"good": "Yes", "bad": "No"}.get(verdict, _between(ledger, loss, missing))
    why = {
        "good": "Even at the worse end of what the answers allow, it stays within the limits for loss and "
        "for missing answers.",
        "bad": "Even at the better end of what the answers allow, it is beyond a limit for loss or for "
        "missing answers.",
        "unclear": "It lies between the limits, or the answers are too few to say on which side.",
    }[verdict]
    return Answer(question, verdict, word, claims, why)


def _between(ledger: Ledger, loss: Claim, missing: Claim | None) -> str:
    """Whether an unclear verdict is a middling one, or one that more answers could decide."""
    unclear = [claim for claim in (loss, missing) if claim is not None and claim.verdict == "unclear"]
    middling = all(
        state(claim, ledger.limits) == "between"
        and ledger.limits.rules[claim.rule].verdict(claim.low, claim.low) != "good"
        for claim in unclear
    )
    return "In part" if middling else "Not certain"


def _costs(ledger: Ledger) -> Answer:
    question = "What does it cost the principal?"
    cost = ledger.claims.get(f"{SCREENED}.cost")
    if cost is None:
        return Answer(question, "unclear", "Not known", ())
    worst = worst_trade_off(ledger.claims.values())
    pays = [c for c in _starting(ledger, f"{SCREENED}.gain_") if c.high is not None and c.high < 0]
    pays.sort(key=lambda claim: claim.figure or 0.0)
    claims = [cost.id, *([worst.id] if worst else []), *(claim.id for claim in pays[:1])]
    verdict = worst.verdict if worst is not None else ledger.claims[f"{SCREENED}.loss"].verdict
    return Answer(question, verdict, f"{cost.shown} a decision", tuple(claims))


def _unpredictable(ledger: Ledger) -> Answer:
    question = "Where is it unpredictable?"
    names = [f"{SCREENED}.{task}" for task in (*UNPREDICTABLE, "stress")]
    looked = [c for name in names for c in _starting(ledger, name) if c.verdict != "information"]
    looked = [c for c in looked if not c.id.endswith("_missing")]  # the table says, task by task
    looked += [
        ledger.claims[n]
        for n in (f"{SCREENED}.missing", "deployment.monitoring.explanation")
        if n in ledger.claims
    ]
    faults = [c for c in looked if c.verdict == "bad" and not c.id.startswith(names[-1])]
    pressed = [c for c in looked if c.verdict == "bad" and c.id.startswith(names[-1])]
    pressed.sort(key=lambda c: (not c.id.endswith("_summary"), -(c.figure or 0.0)))
    doubts = [c for c in looked if c.verdict == "unclear"]
    asked = {gap.id for gap in ledger.gaps}
    lacking = [
        what
        for what, name in (("consistency", names[0]), ("behaviour under pressure", names[-1]))
        if name in asked
    ]
    remark = f"Not examined: {listed(lacking)}." if lacking else ""
    if faults or pressed:
        # The summary of pressures names them all; one of them, the worst, is told in full.
        told = tuple(claim.id for claim in (*pressed[:2], *faults))[:MOST]
        rest = "More below." if len(faults) + len(pressed) > MOST else ""
        word = "In one respect" if len(faults) + max(len(pressed) - 1, 0) == 1 else "In several respects"
        return Answer(question, "bad", word, told, " ".join(filter(None, (rest, remark))))
    if not looked or (doubts or lacking):
        word = "Not certain" if looked else "Not known"
        first = "No fault was found, but not everything is sure." if looked else ""
        return Answer(
            question,
            "unclear",
            word,
            tuple(c.id for c in doubts[:MOST]),
            " ".join(filter(None, (first, remark))),
        )
    summary = tuple(c.id for c in looked if c.id in (f"{SCREENED}.stress_summary", f"{SCREENED}.missing"))
    return Answer(question, "good", "Nowhere we looked", summary)


def _changed(case: Case, ledger: Ledger) -> Answer:
    question = "What changed in training besides the target?"
    place = "development.screening"
    summary = ledger.claims.get(f"{place}.changed")
    if summary is None:
        base = f"{place}.base" in ledger.claims
        remark = "" if base else "There is nothing to compare it with: see what is not known."
        there = _there(ledger, f"{place}.base")
        if base:
            return Answer(question, "information", "Nothing was trained", there, remark)
        return Answer(question, "unclear", "Not known", there, remark)
    moved = [c for c in _starting(ledger, place) if c.id != summary.id]
    moved.sort(key=lambda c: ORDER[c.verdict])
    verdict = min((summary, *moved), key=lambda c: ORDER[c.verdict]).verdict
    word = {"bad": "Something for the worse", "unclear": "Something"}.get(verdict, "Nothing shown")
    if verdict == "good" and summary.figure:
        word = "Only for the better"
    remark = "Its weights, and what they cost this principal, stand above; this is about everything else."
    lacking = [gap.missing.rpartition(": ")[2] for gap in ledger.gaps if gap.place == place]
    if lacking:
        remark += f" Not compared with its base: {listed(lacking)}."
        if verdict == "good":
            verdict, word = "unclear", f"{word}, so far"
    told = (summary.id, *(claim.id for claim in moved[: MOST - 1]))
    return Answer(question, verdict, word, told, remark)


def _watch(case: Case, ledger: Ledger) -> Answer:
    question = "What should be monitored?"
    place = "deployment.monitoring"
    held = ledger.claims.get(f"{place}.state")
    if held is not None:
        word = {"good": "It is watched", "bad": "An alarm is in force"}.get(
            held.verdict, "It is watched, with doubts"
        )
        return Answer(question, held.verdict, word, _there(ledger, held.id, f"{place}.supervised"))
    if case.run(CHOICE) is None:
        return Answer(
            question, "unclear", "First ask it", (), "Without audited choices there is nothing to hold it to."
        )
    weak = [
        claim.title[:1].lower() + claim.title[1:]
        for claim in _starting(ledger, f"{SCREENED}.stress_")
        if claim.verdict == "bad" and not claim.id.endswith("_summary")
    ]
    remark = (
        "Once a day, and after every change of model, prompt or provider: this asks a few telling "
        "questions and raises an alarm when the weights are no longer those audited here."
    )
    if weak:
        remark += f" In addition, keep these away from it, or check them by hand: {listed(weak)}."
    return Answer(question, "unclear", "Its weights, daily", (), remark, watch(case))


def _unknown(ledger: Ledger) -> Answer:
    question = "What is not known?"
    count = len(ledger.gaps)
    if not count:
        return Answer(
            question, "good", "No gaps", (), "Every kind of evidence that a dossier can hold is here."
        )
    first = [gap.missing[:1].lower() + gap.missing[1:] for gap in ledger.gaps[:6]]
    more = "" if count <= 6 else ", and more"
    word = f"{count} {'gap' if count == 1 else 'gaps'}"
    return Answer(
        question,
        "unclear",
        word,
        (),
        f"{', '.join(first)[:1].upper()}{', '.join(first)[1:]}{more}. Each stands below with what fills it.",
    )


def _there(ledger: Ledger, *names: str) -> tuple[str, ...]:
    return tuple(name for name in names if name in ledger.claims)


def _starting(ledger: Ledger, prefix: str) -> list[Claim]:
    return [claim for name, claim in ledger.claims.items() if name.startswith(prefix)]
