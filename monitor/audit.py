"""One audit: ask what is not answered yet, let the detector judge, write down what came of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from typing import Any, Literal

from fiduciary.monitor import clock
from fiduciary.monitor.asking import Answer, Endpoint, Outage, ask_round
from fiduciary.monitor.clock import Moment
from fiduciary.monitor.state import Folder, Progress, Setup
from fiduciary.monitor.webhook import MOST_WAITING, message

Verdict = Literal["holds", "changed", "outage"]
Now = Callable[[], Moment]

HOLDS, CHANGED, OUTAGE = 0, 1, 3
"""Exit codes; 2 stands for a request that cannot be carried out."""

_MOST_LIKELY = 3


@dataclass(frozen=True)
class Monitor:
    """A monitor at work in its folder.

    Attributes:
        folder: held alone.
        setup: how it was set up.
        endpoint: who is asked.
        tell: called with every line once it is written down.
        keeps_messages: whether there is a receiver of messages.
        now: reads the clocks.
    """

    folder: Folder
    setup: Setup
    endpoint: Endpoint
    tell: Callable[[Mapping[str, Any]], None]
    keeps_messages: bool = False
    now: Now = clock.now

    async def audit(self, progress: Progress) -> Progress:
        """Finish enrolment where it is not, then one audit; ends early where there is an outage."""
        while progress.rounds < self.setup.enrol:
            progress = await self._round(progress)
            if progress.outage is not None:
                return progress
        return await self._round(progress)

    async def _round(self, progress: Progress) -> Progress:
        number = progress.rounds
        answers = self.folder.kept(number)

        def keep(place: int, answer: Answer) -> None:
            self.folder.keep(number, place, answer)
            answers[place] = answer

        # What a call that was killed left in the journal is not asked again: a round is asked once.
        waiting = [(k, q) for k, q in enumerate(self.setup.questions) if k not in answers]
        outage = await ask_round(self.endpoint, waiting, number, keep)
        if outage is not None:
            return self._interrupted(progress, outage, len(answers))
        return self._judged(progress, [answers[place] for place in range(len(self.setup.questions))])

    def _interrupted(self, progress: Progress, outage: Outage, answered: int) -> Progress:
        """No answers: no evidence either way. What was answered waits for the next call."""
        time = self.now()
        begun = progress.outage is None
        known = progress.outage or {
            "since": time.stamp,
            "boot": time.boot,
            "uptime": time.uptime,
            "calls": 0,
        }
        current = {**known, "reason": str(outage), "calls": known["calls"] + 1}
        line = {
            "verdict": "outage",
            "reason": str(outage),
            "since": current["since"],
            "seconds": time.since(begin_of(current)),
            "answered": answered,
            "questions": len(self.setup.questions),
        }
        return self._commit(
            replace(progress, outage=current), line, time, "outage" if begun else None, answers=False
        )

    def _judged(self, progress: Progress, answers: list[Answer]) -> Progress:
        """A whole round of answers."""
        time = self.now()
        detector = self.setup.detector
        chosen = [answer.chosen for answer in answers]
        line: dict[str, Any] = {}
        if progress.outage is not None:
            lasted = time.since(begin_of(progress.outage))
            told = {name: progress.outage[name] for name in ("since", "reason", "calls")}
            line["outage_ended"] = {**told, "seconds": lasted}
            progress = replace(
                progress,
                outage=None,
                outages=progress.outages + 1,
                outage_seconds=progress.outage_seconds + lasted,
            )
        progress = replace(progress, rounds=progress.rounds + 1, missing=progress.with_missing(answers))
        before = progress.evidence
        enrolling = progress.rounds <= self.setup.enrol
        evidence = detector.learn(before, chosen) if enrolling else detector.audit(before, chosen)
        progress = replace(progress, evidence=evidence)
        finding = detector.finding(evidence)
        verdict = "enrolled" if enrolling else "changed" if evidence.alarmed else "holds"
        line = {
            "verdict": verdict,
            "audit": evidence.audits,
            "questions": len(answers),
            "asked": evidence.asked,
            "missing": sum(answer.reason is not None for answer in answers),
            "reasons": dict(Counter(answer.reason for answer in answers if answer.reason is not None)),
            "statistic": finding.statistic,
            "threshold": finding.threshold,
            "share": finding.share,
            "most_likely": [[name, share] for name, share in finding.alternatives[:_MOST_LIKELY]],
            "since_audit": _finite(finding.change_audit),
            "since_audit_sd": _finite(finding.change_audit_sd),
            "sentence": finding.sentence,
            "latency": {
                "median": median(answer.seconds for answer in answers),
                "longest": max(answer.seconds for answer in answers),
            },
            "chosen": chosen,
            **line,
        }
        # The detector stays alarmed until a reset; only the audit that raised the alarm is news, and what the
        # reset goes back to is the evidence before that one.
        event = "changed" if evidence.alarmed and progress.alarm is None else None
        if event is not None:
            progress = replace(progress, before=before)
        return self._commit(progress, line, time, event, answers=True)

    def _commit(
        self, progress: Progress, line: Mapping[str, Any], time: Moment, event: str | None, *, answers: bool
    ) -> Progress:
        """Number the line, keep messages for whoever is told, and write it all down.

        Args:
            progress: where the monitor stands after the line.
            line: what is to be said.
            time: of the line.
            event: that a receiver is told of.
            answers: whether the round is over, so that its answers need not be kept.
        """
        record = numbered(self.setup, progress, line, time)
        if event == "changed":
            progress = replace(progress, alarm=record)
        waiting = list(progress.waiting)
        if self.keeps_messages:
            if "outage_ended" in record:
                waiting.append(message("outage_ended", record))
            if event is not None:
                waiting.append(message(event, record))
        progress = replace(
            progress, lines=record["line"], last=record, waiting=tuple(waiting[-MOST_WAITING:])
        )
        # First on the disk, then told: nobody hears of a verdict that a kill could take back.
        self.folder.commit(progress, answers_too=answers)
        self.tell(record)
        return progress


def reset(folder: Folder, setup: Setup, progress: Progress, reason: str, time: Moment) -> Progress:
    """Take an alarm back: evidence starts anew.

    What the endpoint's answers taught about what is normal stays, but for those of the audit that raised the
    alarm and after: had they counted, a change would have become normal while it was looked into.
    """
    assert progress.before is not None
    # The counts go on, since those audits took place and `audits.jsonl` numbers them.
    learned = replace(progress.before, audits=progress.evidence.audits, asked=progress.evidence.asked)
    line = {"verdict": "reset", "reason": reason, "alarm": progress.alarm and progress.alarm["line"]}
    record = numbered(setup, progress, line, time)
    progress = replace(
        progress,
        evidence=setup.detector.restart(learned),
        alarm=None,
        before=None,
        lines=record["line"],
        last=record,
    )
    folder.commit(progress, answers_too=False)
    return progress


def numbered(setup: Setup, progress: Progress, line: Mapping[str, Any], time: Moment) -> dict[str, Any]:
    """A line with its number, time, monitor and model."""
    return {
        "line": progress.lines + 1,
        "time": time.stamp,
        "monitor": setup.name,
        "model": setup.model,
        **line,
    }


def verdict_of(progress: Progress) -> Verdict:
    """The verdict in force: an alarm stays until it is reset, an outage does not take it back."""
    if progress.alarm is not None:
        return "changed"
    return "outage" if progress.outage is not None else "holds"


def code_of(progress: Progress) -> int:
    """The verdict as an exit code."""
    return {"holds": HOLDS, "changed": CHANGED, "outage": OUTAGE}[verdict_of(progress)]


def begin_of(outage: Mapping[str, Any]) -> Moment:
    """When an outage began, as :attr:`Progress.outage` holds it."""
    since = datetime.fromisoformat(outage["since"])
    return Moment(since, outage.get("boot"), outage.get("uptime", 0.0))


def _finite(number: float) -> float | None:
    """A number, or None for one that JSON does not have."""
    return number if math.isfinite(number) else None
