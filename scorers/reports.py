"""What a log has to tell, as data that every task fills and :mod:`scorers.rendering` writes in any format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from inspect_ai.log import EvalLog

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.estimation import CESFit
from fiduciary.economics.inference import Interval
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.economics.principals import Principal
from fiduciary.scorers.logs import arguments_of

if TYPE_CHECKING:
    from fiduciary.scorers.inventory.logs import Contender

Cell = str | int | float | Interval | None
"""What a table holds: text, a count, a number, an estimate with its interval, or nothing."""

WITHHELD = "so no figure is shown and nothing is tested"
"""What stands in the place of figures for which there are no grounds."""


@dataclass(frozen=True)
class Figures:
    """A table of figures.

    Attributes:
        title: what it shows.
        columns: heads; the first is over the rows' names.
        rows: the rows, each as long as ``columns``.
        notes: what must be known to read it.
        decimals: of numbers, where they are printed for people.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    decimals: int = 3

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {self.title!r} has {len(row)} cells, not {len(self.columns)}")


@dataclass(frozen=True)
class Section:
    """One way in which a model was asked, or one part of what was asked.

    Attributes:
        title: of the section; empty where a report has one section only.
        reads: whether its answers depend on what was asked, and whether enough was measured: the first lines.
        missing: missing answers with their reasons, in one sentence; empty where that stands elsewhere.
        body: tables and sentences, in reading order.
    """

    title: str = ""
    reads: tuple[str, ...] = ()
    missing: str = ""
    body: tuple[Figures | str, ...] = ()


@dataclass(frozen=True)
class Report:
    """What one log has to tell, or several beside one another.

    Attributes:
        task: name of the task.
        model: name of the model.
        asked: the run's arguments; this and what follows it are empty where a report is of several logs.
        log: where the log lies.
        version: of the task.
        status: of the run: ``success`` unless it is unfinished.
        sections: what there is to tell.
    """

    task: str
    model: str
    asked: str = ""
    log: str = ""
    version: str = ""
    status: str = ""
    sections: tuple[Section, ...] = ()

    @property
    def title(self) -> str:
        """Task, model and arguments."""
        return "  ".join(part for part in (self.task, self.model, self.asked) if part)


@dataclass(frozen=True)
class Options:
    """What the reader of a report may ask for; a task takes what concerns it.

    Attributes:
        level: of intervals, in (0, 1).
        seed: of bootstrap and simulations.
        replications: of these.
        principal: who estimates are tested against; nobody by default.
        against: the estimates to compare with, by how their answers were asked for.
        sets: whether there is a line for every choice set.
        types: how many types of players to look for among logs.
        retest: inventory → second runs of the same model with another seed.
    """

    level: float = 0.95
    seed: int = 0
    replications: int = 999
    principal: Principal | None = None
    against: Mapping[str, CESFit] = field(default_factory=dict)
    sets: bool = False
    types: int | None = None
    retest: Mapping[str, Sequence[Contender]] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """A log with its report.

    Attributes:
        log: with its samples.
        report: what it has to tell.
        found: what the task's pictures, and its reports on several logs together, rest on.
    """

    log: EvalLog
    report: Report
    found: Any = None


def report_of(log: EvalLog, *sections: Section) -> Report:
    """The report of a log, with what its header says."""
    return Report(
        log.eval.task.rpartition("/")[2],
        str(log.eval.model),
        arguments_of(log),
        log.location,
        str(log.eval.task_version),
        log.status,
        sections,
    )


def reading(grounds: Grounds | None, what: str = "") -> tuple[str, ...]:
    """The first lines of a section: does it read, and was it measured; ``what`` says of which answers."""
    if grounds is None or not grounds.asked:
        return ()
    return tuple(f"{what}: {sentence}" if what else sentence for sentence in grounds.sentences)


def missing(reasons: Counter[str], asked: int) -> str:
    """The sentence on missing answers, whose reasons are counted, among the questions asked."""
    count = sum(reasons.values())
    listed = ", ".join(f"{name} {times}" for name, times in reasons.most_common()) or "none"
    return f"missing answers: {count:,} of {asked:,} ({count / max(asked, 1):.1%}): {listed}"


def counted(masses: Sequence[float] | FloatArray, *rows: tuple[Cell, ...]) -> tuple[Figures, ...]:
    """What answers show whether or not they rest on what was asked: nothing where there is nothing to show.

    Args:
        masses: probability outside the labels, of each answer that tells it.
        rows: further ones, each a name and its share.
    """
    if len(masses):
        rows = (("mass_outside, mean probability outside the labels", float(np.mean(masses))), *rows)
    return (Figures("", ("answers", "share"), rows, decimals=4),) if rows else ()
