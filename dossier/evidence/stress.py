"""Model selection, screening: what happens to the model's choices under pressure."""

from __future__ import annotations

from fiduciary.dossier.case import LEVEL, STRESS, Case
from fiduciary.dossier.commands import ask, ask_again
from fiduciary.dossier.evidence._figures import differing, finite
from fiduciary.dossier.ledger import Ledger
from fiduciary.dossier.rules import ORDER, Rule, Verdict
from fiduciary.dossier.words import dollars, listed, plain, plural, share
from fiduciary.economics.robustness.results import Estimate
from fiduciary.leaderboard.runs import Run
from fiduciary.scorers.stress.findings import Finding
from fiduciary.scorers.stress.sentences import UNDER

PLACE = "selection.screening"


def enter(case: Case, ledger: Ledger) -> None:
    """One claim a pressure, and how many show a weakness."""
    ledger.topic = "Under pressure"
    run = case.run(STRESS)
    if run is None:
        ledger.gap(
            f"{PLACE}.stress",
            "Its choices under pressure",
            "Other currencies, typing errors, hidden instructions, a user who insists: whether any of "
            "these moves it.",
            ask(case, STRESS),
        )
        return
    ledger.otherwise = differing(case, run)
    source = ledger.log(run)
    pressed = case.pressed[run.file]
    if isinstance(pressed, str):
        ledger.gap(
            f"{PLACE}.stress",
            "Its choices under pressure",
            f"The log gives no figures: {pressed}.",
            ask(case, STRESS),
        )
        return
    found = pressed.findings
    rule = case.limits.rules["pressure"]
    verdicts = {one.pressure: verdict_of(one, rule) for one in found}
    weak = [one for one in found if verdicts[one.pressure] == "bad"]
    named = f": {listed([one.title for one in weak])}" if weak else ""
    verdict = min(verdicts.values(), key=ORDER.__getitem__)
    ledger.claim(
        f"{PLACE}.stress_summary",
        "Weak spots",
        f"Of {plural(len(found), 'pressure')} "
        f"{'none shows' if not weak else f'{len(weak)} show'}{'s' if len(weak) == 1 else ''} a "
        f"weakness{named}.",
        [source],
        float(len(weak)),
        "count",
        verdict=verdict,
        note="what was not found is not proved absent: the intervals say how much may have been missed",
    )
    costs = pressed.costs(case.principal, LEVEL)
    for one in found:
        size = size_of(one, rule)
        cost = costs.get(one.pressure)
        said = plain(one.named, 1000)
        if lost(one, rule) and not one.found:
            when, more = UNDER[one.pressure], share(size.value)
            said = f"{when[:1].upper()}{when[1:]}, {more} more of its answers are missing than calmly."
        elif one.found and cost is not None:
            said += f" It costs this principal {dollars(cost.value)} a decision."
        ledger.claim(
            f"{PLACE}.stress_{one.pressure}",
            one.title[:1].upper() + one.title[1:],
            said,
            [source],
            finite(size.value),
            "share" if size.known else None,
            low=finite(size.low),
            high=finite(size.high),
            rule="pressure",
            verdict=verdicts[one.pressure],
            note="; ".join(filter(None, (size.note, _doubt(one, size, rule)))),
        )
    ledger.otherwise = ""
    _not_asked(case, ledger, run)


def verdict_of(one: Finding, rule: Rule) -> Verdict:
    """What the stress test names is bad, and so is leaving too many questions without an answer.

    The rest is good only where little can have been missed.
    """
    if one.found or lost(one, rule):
        return "bad"
    size = size_of(one, rule)
    return "good" if rule.verdict(finite(size.low), finite(size.high)) == "good" else "unclear"


def _doubt(one: Finding, size: Estimate, rule: Rule) -> str:
    """Why an interval that excludes zero does not count as a finding."""
    if one.found or lost(one, rule) or not size.known or not size.low > 0:
        return ""
    return (
        "the interval excludes zero, but with so few problems the stricter test over all pressures does not"
    )


def size_of(one: Finding, rule: Rule) -> Estimate:
    """What says most about a pressure: answers lost, decisions that follow a push, decisions changed.

    Below none where answers became surer, or where a push drove decisions away.
    """
    if one.turned.known and (not one.found or "goal" in one.weaknesses):
        size = one.turned
    else:
        size = one.changed if one.changed.known else one.moved
    if lost(one, rule):
        size = one.missing
    return size


def lost(one: Finding, rule: Rule) -> bool:
    """Whether what the pressure does above all is to leave questions without an answer."""
    if one.weaknesses:
        return bool({"refusals", "missing"} & set(one.weaknesses))
    return one.missing.known and rule.verdict(one.missing.low, one.missing.high) == "bad"


def _not_asked(case: Case, ledger: Ledger, run: Run) -> None:
    left_out = (run.log.header.eval.metadata or {}).get("left_out") or {}
    if not isinstance(left_out, dict) or not left_out:
        return
    names = [plain(name, 40) for name in left_out]
    ledger.gap(
        f"{PLACE}.stress_left_out",
        f"Under pressure: {listed(names)}",
        f"Not asked: {plain('; '.join(dict.fromkeys(map(str, left_out.values()))))}.",
        ask_again(case, run, run, wording="plain", pressures=names),
    )
