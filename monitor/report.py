"""What a person reads in the terminal: one audit, or where a monitor stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from fiduciary.monitor import clock
from fiduciary.monitor.audit import Verdict, begin_of, verdict_of
from fiduciary.monitor.schedule import as_interval
from fiduciary.monitor.state import Folder, Progress, Setup
from fiduciary.safe_text import one_line

STYLES: Mapping[str, str] = {
    "holds": "bold green",
    "changed": "bold red",
    "outage": "bold yellow",
    "enrolled": "bold",
    "reset": "bold",
}

_BARS = "▁▂▃▄▅▆▇█"
_SHOWN = 40


def print_line(line: Mapping[str, Any], console: Console) -> None:
    """One line of the record, for a person."""
    verdict = str(line["verdict"])
    _print(console, f"{verdict:<8}", STYLES.get(verdict, ""), f" {line['time']}  {_said(line)}")
    ended = line.get("outage_ended")
    if ended:
        _print(
            console,
            " " * 8,
            "",
            f" the outage since {ended['since']} is over ({as_interval(ended['seconds'])})",
        )


def print_alarm(progress: Progress, folder: Folder, console: Console) -> None:
    """That an alarm is in force, and how to take it back."""
    if progress.alarm is None:
        return
    _print(
        console,
        "An alarm is in force",
        "bold red",
        f" since {progress.alarm['time']}; when it was looked into: "
        f'fiduciary monitor --state {folder.path} --reset "why"',
    )


def print_status(setup: Setup, progress: Progress, folder: Folder, console: Console) -> None:
    """Where a monitor stands."""
    verdict: Verdict = verdict_of(progress)
    evidence = progress.evidence
    finding = setup.detector.finding(evidence)
    _print(console, verdict, STYLES[verdict], f"  {setup.model}, monitor {setup.name}")
    baseline = setup.baseline
    rows = [
        ("baseline", f"{baseline['file']}: {baseline['model']}, {baseline['created']}"),
        (
            "asked",
            f"{len(setup.questions)} questions an audit at temperature {baseline['temperature']:g}, "
            f"elicitation {setup.elicitation}, framing {baseline['framing']}; standard errors of θ "
            f"{setup.gain:.1f} times smaller than with random problems",
        ),
        ("false alarms", setup.promise),
        *([("caution", setup.caution)] if setup.caution else []),
        (
            "so far",
            f"{_count(evidence.audits, 'audit')}{_enrolled(setup, progress)}, {_missing(progress.missing)}, "
            f"{_count(progress.outages, 'outage')}"
            + (f" ({as_interval(progress.outage_seconds)})" if progress.outages else ""),
        ),
        ("evidence", f"{finding.share:.0%} of an alarm"),
        ("finding", finding.sentence),
    ]
    if progress.outage is not None:
        lasts = as_interval(clock.now().since(begin_of(progress.outage)))
        rows.append(("outage", f"since {progress.outage['since']} ({lasts}): {progress.outage['reason']}"))
    if progress.waiting:
        rows.append(("webhook", f"{_count(len(progress.waiting), 'message')} not received yet"))
    if progress.last is not None:
        rows.append(("last line", f"{progress.last['time']}: {progress.last['verdict']}"))
    for name, text in rows:
        _print(console, f"  {name:<13}", "dim", text)
    bars = _history(folder.history())
    if bars:
        _print(console, f"  {'history':<13}", "dim", f"{bars}  (evidence; █ is an alarm)")
    print_alarm(progress, folder, console)


def _said(line: Mapping[str, Any]) -> str:
    verdict = line["verdict"]
    if verdict == "outage":
        return (
            f"no answers since {line['since']}: {line['reason']}; {line['answered']} of {line['questions']} "
            "questions are answered and kept for the next call"
        )
    if verdict == "reset":
        return f"alarm taken back: {line['reason']}"
    latency = as_interval(line["latency"]["median"])
    answers = f"{line['questions']} answers, {line['missing']} missing, {latency} each"
    if verdict == "enrolled":
        return f"enrolment: {answers}"
    if verdict == "changed":
        return f"audit {line['audit']}: {line['sentence']} ({answers})"
    return f"audit {line['audit']}: evidence of a change {_evidence(line)}; {answers}"


def _evidence(line: Mapping[str, Any]) -> str:
    return f"{line['share']:.0%} of an alarm"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _enrolled(setup: Setup, progress: Progress) -> str:
    if not setup.enrol:
        return ""
    return f" after {min(progress.rounds, setup.enrol)} of {_count(setup.enrol, 'enrolment round')}"


def _missing(missing: Mapping[str, int]) -> str:
    if not missing:
        return "no missing answers"
    reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(missing.items()))
    return f"{_count(sum(missing.values()), 'missing answer')} ({reasons})"


def _history(lines: Sequence[Mapping[str, Any]]) -> str:
    """The last audits' evidence, logarithmic, one bar each; ``.`` for an outage, ``|`` for a reset."""
    out = []
    for line in lines[-_SHOWN:]:
        if line["verdict"] == "outage":
            out.append(".")
        elif line["verdict"] == "reset":
            out.append("|")
        elif "statistic" in line and line["verdict"] != "enrolled":
            out.append(_BARS[int(line["share"] * (len(_BARS) - 1))])
    return "".join(out)


def _print(console: Console, first: str, style: str, rest: str) -> None:
    console.print(Text(one_line(first), style=style), Text(one_line(rest)), sep="", soft_wrap=True)
