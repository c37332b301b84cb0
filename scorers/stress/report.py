"""The report on stress tests: a table and sentences in the terminal, Markdown, JSON and a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from inspect_ai.log import EvalLog

from fiduciary.economics.conventions import ABBREVIATIONS
from fiduciary.economics.inference import LEVEL
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.economics.robustness.results import Estimate
from fiduciary.scorers.logs import arguments_of, logs_of
from fiduciary.scorers.stress.findings import FAMILY, Finding, findings
from fiduciary.scorers.stress.grounds import stress_grounds
from fiduciary.scorers.stress.table import StressTable, stress_table

TASK = "stress"

COLUMNS = ("pressure", "changed", "[interval]", "turned", "refused", "missing", "Δθ", "Δρ", "p", "weakness")


@dataclass(frozen=True)
class Report:
    """What one log says.

    Attributes:
        model: that was tested.
        model_arguments: what the model was given, in one line; empty where nothing.
        arguments: of the run, in one line.
        location: of the log.
        date: when the run was made.
        version: of the task.
        table: the answers.
        grounds: whether any finding may be shown.
        findings: one a pressure.
        level: of intervals.
    """

    model: str
    model_arguments: str
    arguments: str
    location: str
    date: str
    version: str
    table: StressTable
    grounds: Grounds
    findings: tuple[Finding, ...]
    level: float

    @property
    def named(self) -> tuple[Finding, ...]:
        """Those under which a weakness was found."""
        return tuple(f for f in self.findings if f.found)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers for JSON."""
        return {
            "model": self.model,
            "model_arguments": self.model_arguments,
            "arguments": self.arguments,
            "log": self.location,
            "date": self.date,
            "task_version": self.version,
            "samples": self.table.n,
            "questions": self.table.questions,
            "missing": dict(self.table.reasons),
            "mass_outside": self.table.mass_outside if self.table.by_probability else None,
            "reads": self.grounds.withheld is None,
            "grounds": list(self.grounds.sentences),
            "level": self.level,
            "family_wise_level": FAMILY,
            "weaknesses": [f.pressure for f in self.named],
            "findings": [f.to_dict() for f in self.findings],
        }


def read(given: Iterable[str], level: float = LEVEL) -> list[Report]:
    """The reports of all logs of tasks/stress among files and folders.

    Raises:
        FileNotFoundError: no such file or folder, or a folder without logs.
        ValueError: a file that is not a log, or samples that cannot be scored.
    """
    return [report(log, level) for log in logs_of(TASK, given)]


def report(log: EvalLog, level: float = LEVEL) -> Report:
    """The report of one log.

    Raises:
        ValueError: samples that cannot be scored.
    """
    table = stress_table(log)
    grounds = stress_grounds(table)
    return Report(
        log.eval.model,
        ", ".join(f"{name}={value}" for name, value in log.eval.model_args.items()),
        arguments_of(log),
        str(log.location),
        str(log.eval.created),
        str(log.eval.task_version),
        table,
        grounds,
        () if grounds.withheld is not None else findings(table, level),
        level,
    )


def text(found: Report) -> Iterator[str]:
    """The lines of a report."""
    title = "  ".join(
        part for part in ("stress", found.model, found.model_arguments, found.arguments) if part
    )
    yield f"\n{title}"
    yield "=" * min(len(title), 110)
    yield f"log {found.location}  task version {found.version}"
    yield from found.grounds.sentences
    yield _missing(found.table)
    yield ""
    if found.grounds.withheld is not None:
        yield "so no finding is shown"
        return
    yield _line(COLUMNS)
    for f in found.findings:
        yield _line(_cells(f))
    yield ""
    yield from _legend(found)
    yield ""
    yield from _conclusion(found)


def markdown(found: Report) -> Iterator[str]:
    """The same as Markdown."""
    yield f"# Stress test of {_plain(found.model)}"
    yield ""
    yield f"Log `{_plain(found.location)}`, task version {found.version}, {_plain(found.arguments)}."
    for sentence in found.grounds.sentences:
        yield f"{sentence}."
    yield _missing(found.table) + "."
    yield ""
    if found.grounds.withheld is not None:
        yield "So no finding is shown."
        return
    yield f"| {' | '.join(COLUMNS)} |"
    yield f"|{'---|' * len(COLUMNS)}"
    for f in found.findings:
        yield f"| {' | '.join(_cells(f))} |"
    yield ""
    yield " ".join(_legend(found))
    yield ""
    for line in _conclusion(found):
        yield line if line.startswith("- ") else f"{line}\n"


def _missing(table: StressTable) -> str:
    missing = sum(table.reasons.values())
    listed = ", ".join(f"{name} {count}" for name, count in table.reasons.most_common()) or "none"
    share = missing / table.questions if table.questions else float("nan")
    seen = (
        f"; outside the labels: {table.mass_outside:.2%}" if table.mass_outside == table.mass_outside else ""
    )
    return (
        f"{table.n} problems, {table.questions} questions; missing answers: {missing} ({share:.1%}): "
        f"{listed}{seen}"
    )


def _cells(f: Finding) -> tuple[str, ...]:
    best = min((q for _, q in f.tests.values()), default=float("nan"))
    return (
        f.title,
        _share(f.changed),
        _interval(f.changed),
        _share(f.turned) if f.kind == "attack" else "",
        _share(f.refusals),
        _share(f.missing),
        _largest(f),
        f"{f.delta_rho.value:+.2f}" if f.delta_rho.known else "-",
        _p(best),
        ", ".join(f.weaknesses),
    )


def _interval(e: Estimate) -> str:
    return f"[{100 * e.low:.0f}, {100 * e.high:.0f}]" if e.known else "-"


def _share(e: Estimate) -> str:
    # + 0 makes a rounded −0 plain.
    return f"{round(100 * e.value, 1) + 0:.1f} %" if e.known else "-"


def _largest(f: Finding) -> str:
    """The weight that changed most."""
    known = [(abs(e.value), e.value, name) for e, name in zip(f.delta_theta, ABBREVIATIONS, strict=True)]
    if not all(e.known for e in f.delta_theta):
        return "-"
    _, value, name = max(known)
    return f"{name} {value:+.2f}"


def _p(value: float) -> str:
    if value != value:
        return "-"
    return "<.0001" if value < 0.0001 else f"{value:.4f}".replace("0.", ".", 1)


_WIDTHS = (26, 9, 11, 8, 8, 8, 10, 7, 8, 0)


def _line(cells: Iterable[str]) -> str:
    first, *others = zip(cells, _WIDTHS, strict=True)
    padded = [f"{cell:>{width}}" if width else f"  {cell}" for cell, width in others]
    return f"{first[0]:<{first[1]}}{''.join(padded)}".rstrip()


def _legend(found: Report) -> Iterator[str]:
    exact = found.table.by_probability
    what = (
        "total variation between probabilities"
        if exact
        else "decisions that are no longer the calm ones, beyond wavering"
    )
    yield f"changed: {what}, with its {found.level:.0%} interval in per cent;"
    yield "turned: decisions that an attack brings to its goal, of those that did not go there anyway;"
    yield "refused, missing: more than calmly; Δθ: the weight that moves most; p: the smallest of the"
    yield f"pressure's tests, by Holm over all tests; a weakness has p < {FAMILY:g} and a size that matters"
    if exact:
        yield "(probabilities are not sampled: what noise there is comes from the arithmetic and from the"
        yield "texts that each problem happened to be put in, not from draws of an answer)"


def _conclusion(found: Report) -> Iterator[str]:
    if not found.named:
        yield "No weakness was found. What may have been missed, pressure by pressure:"
    else:
        count = len(found.named)
        yield f"{count} weakness{'es' if count > 1 else ''} found:"
    for f in found.named or found.findings:
        yield f"- {f.title}: {f.named}"


def _plain(text_: str) -> str:
    """Text that Markdown leaves as it is."""
    return text_.replace("|", "/").replace("`", "'").replace("<", "(").replace(">", ")").replace("\n", " ")
