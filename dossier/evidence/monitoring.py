"""Deployment, monitoring: what the monitor of a deployed model has seen."""

from __future__ import annotations

from pathlib import Path

from fiduciary.dossier.case import LEVEL, Case
from fiduciary.dossier.commands import ask, fiduciary, watch
from fiduciary.dossier.ledger import Ledger
from fiduciary.dossier.paths import digest
from fiduciary.dossier.rules import Verdict
from fiduciary.dossier.words import plain, plural
from fiduciary.economics.inference import clopper_pearson
from fiduciary.errors import UsageError
from fiduciary.leaderboard.columns import CHOICE
from fiduciary.monitor.audit import verdict_of
from fiduciary.monitor.state import Folder, Progress, Setup

PLACE = "deployment.monitoring"


def enter(case: Case, ledger: Ledger) -> None:
    """Where the monitor stands, its rate of false alarms, missing answers, outages."""
    ledger.topic = "The monitor of the deployed model"
    if case.given.monitor is None:
        run = case.run(CHOICE)
        why = "Nobody would notice if the model changed after its adoption."
        if run is None:
            ledger.gap(
                f"{PLACE}.monitor",
                "A monitor",
                f"{why} It needs audited choices first.",
                ask(case, CHOICE, n=1000),
            )
        else:
            ledger.gap(f"{PLACE}.monitor", "A monitor", why, watch(case))
        return
    folder = Folder(Path(case.given.monitor))
    setup = folder.setup()
    if setup is None:
        raise UsageError(f"--monitor {case.given.monitor} holds no monitor")
    progress = folder.progress(setup)
    if not _same_model(case, setup):
        ledger.gap(
            f"{PLACE}.monitor",
            "A monitor of this model",
            f"The monitor that was given watches {plain(setup.model)}, not {plain(case.any_run.model)}: what "
            "it found says nothing here.",
            watch(case) if case.run(CHOICE) is not None else ask(case, CHOICE, n=1000),
        )
        return
    source = ledger.file("monitor", case.given.monitor, plain(setup.model))
    if not progress.evidence.audits:
        ledger.gap(
            f"{PLACE}.audits",
            "Audits of the deployed model",
            "The monitor is set up, and has not audited yet.",
            fiduciary("monitor", "--state", case.given.monitor),
        )
    else:
        _state(case, ledger, setup, progress, source)
    _alarm_rate(ledger, setup, source)
    _calls(ledger, folder, progress, source)


def _state(case: Case, ledger: Ledger, setup: Setup, progress: Progress, source: str) -> None:
    verdicts: dict[str, Verdict] = {"holds": "good", "changed": "bad", "outage": "unclear"}
    standing = verdict_of(progress)
    finding = setup.detector.finding(progress.evidence)
    audits = plural(progress.evidence.audits, "audit")
    said = {
        "holds": f"After {audits} of {plural(len(setup.questions), 'question')} the deployed model still "
        "holds the preference that was audited.",
        "changed": f"After {audits} an alarm is in force: {finding.sentence}",
        "outage": f"After {audits} the deployed model cannot be reached; before that, no change was found.",
    }[standing]
    ledger.claim(
        f"{PLACE}.state",
        "Does it still hold the audited preference?",
        plain(said, 600),
        [source],
        finding.share,
        "share",
        rule="alarm",
        verdict=verdicts[standing],
        note="; ".join(
            ["the figure is the evidence of a change, as a share of an alarm", *_reservations(case, setup)]
        ),
    )


def _same_model(case: Case, setup: Setup) -> bool:
    return setup.model.rpartition("/")[2] == case.any_run.model.rpartition("/")[2]


def _reservations(case: Case, setup: Setup) -> list[str]:
    out = []
    run = case.run(CHOICE)
    if run is not None and setup.baseline.get("sha256") not in (None, digest(run.file)):
        out.append("it is held to another log than this dossier’s choices")
    return out


def _alarm_rate(ledger: Ledger, setup: Setup, source: str) -> None:
    ledger.claim(
        f"{PLACE}.false_alarms",
        "False alarms",
        f"The alarm is set so that it goes off without cause in one of {1 / setup.false_alarms:,.0f} audits.",
        [source],
        1 / setup.false_alarms,
        "count",
        note="; ".join(
            filter(None, ("the figure is the mean number of audits to a false alarm", setup.caution))
        ),
    )


def _calls(ledger: Ledger, folder: Folder, progress: Progress, source: str) -> None:
    lines = folder.history()
    asked = sum(
        int(line.get("questions", 0))
        for line in lines
        if line.get("verdict") in ("holds", "changed", "enrolled")
    )
    gone = sum(progress.missing.values())
    if asked:
        lost = clopper_pearson(gone, asked, LEVEL)
        ledger.claim(
            f"{PLACE}.monitor_missing",
            "Missing answers when watched",
            f"Of {plural(asked, 'answer')} to the monitor {gone:,} {'is' if gone == 1 else 'are'} missing.",
            [source],
            lost.value,
            "share",
            low=lost.low,
            high=lost.high,
            rule="unanswered",
            n=asked,
        )
    calls = [line for line in lines if line.get("verdict") in ("holds", "changed", "enrolled", "outage")]
    out = sum(line["verdict"] == "outage" for line in calls)
    if calls:
        away = clopper_pearson(out, len(calls), LEVEL)
        ledger.claim(
            f"{PLACE}.outages",
            "Outages",
            f"The deployed model could not be reached at {out:,} of {plural(len(calls), 'call')}.",
            [source],
            away.value,
            "share",
            low=away.low,
            high=away.high,
            rule="outages",
            n=len(calls),
        )
