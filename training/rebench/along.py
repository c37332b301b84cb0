"""A re-benchmark along each training: where the target is reached, and where other scores begin to move."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fiduciary.comparison.choices import Comparison
from fiduciary.comparison.paired import ALPHA, NAN
from fiduciary.scorers.reports import Cell, Figures, Section

if TYPE_CHECKING:
    from fiduciary.training.rebench.run import Outcome

TITLE = "along the training"

HEADS = ("Σ|θ − θ*|", "loss share", "best choices", "missing", "reads the question")

NOTE = (
    "Seen: problems, or pairs, that were learnt from by then, repeats counted. Scores that moved: those of "
    "the other tasks that differ from the base's at 5 % after Holm's correction over the scores and models "
    "of their task, of those that could be tested. Few samples show few changes."
)


@dataclass(frozen=True)
class Point:
    """A checkpoint, or what its training ended with.

    Attributes:
        name: of the contender.
        steps: of the optimiser by then.
        seen: problems or pairs that were learnt from by then, repeats counted; None where nobody noted it.
        moved: other task → how many of its scores differ from the base's, and how many were tested.
    """

    name: str
    steps: int
    seen: int | None
    moved: Mapping[str, tuple[int, int]]

    @property
    def total(self) -> tuple[int, int]:
        """Scores that moved and that were tested, of all other tasks."""
        return sum(m for m, _ in self.moved.values()), sum(n for _, n in self.moved.values())


@dataclass(frozen=True)
class Panel:
    """One figure over the steps of a training.

    Attributes:
        title: what is drawn.
        steps: (P,), of each point.
        lines: name → its value at each point (P,) and the base's; NaN where there is none.
    """

    title: str
    steps: tuple[int, ...]
    lines: Mapping[str, tuple[tuple[float, ...], float]]


def trainings(outcome: Outcome) -> dict[str, tuple[Point, ...]]:
    """Training → its checkpoints in the order of their steps, and last what it ended with."""
    asked = [one.task for one in outcome.comparisons]
    others = [label for label in outcome.shifts if label not in asked]
    found: dict[str, list[Point]] = {}
    for one in outcome.plan.contenders:
        if "steps" in one.noted:
            moved = {label: _moved(outcome, label, one.name) for label in others}
            point = Point(one.name, one.noted["steps"], one.noted.get("seen"), moved)
            found.setdefault(one.training, []).append(point)
    return {
        name: tuple(sorted(points, key=lambda point: point.steps))
        for name, points in found.items()
        if len(points) > 1
    }


def along(outcome: Outcome) -> tuple[Section, ...]:
    """One table for each training and way of asking, and one of other tasks; nothing without checkpoints."""
    tables = [
        table for name, points in trainings(outcome).items() for table in _tables(outcome, name, points)
    ]
    return (Section(TITLE, body=(*tables, NOTE)),) if tables else ()


def along_json(outcome: Outcome) -> dict[str, list[dict[str, Any]]]:
    """Training → its points; what its choices are like stands under their names in the comparisons."""
    return {
        name: [
            vars(point)
            | {"moved": {label: {"moved": m, "tested": n} for label, (m, n) in point.moved.items()}}
            for point in points
        ]
        for name, points in trainings(outcome).items()
    }


def panels(outcome: Outcome) -> dict[str, tuple[Panel, ...]]:
    """Training → what to draw of it; only of those that kept two checkpoints or more."""
    return {
        name: tuple(_panels(outcome, points))
        for name, points in trainings(outcome).items()
        if len(points) > 2
    }


def _tables(outcome: Outcome, name: str, points: Sequence[Point]) -> Iterator[Figures]:
    others = list(points[0].moved)
    last = ("scores that moved",) if others else ()
    for found in outcome.comparisons:
        rows = [("base", None, *_of_base(found, points[-1].name), *([None] if others else []))]
        for point in points:
            moved = [_of(point.total)] if others else []
            rows.append((str(point.steps), point.seen, *_reached(found, point.name), *moved))
        title = f"{name}: {found.task}, by {found.elicitation}"
        yield Figures(title, ("step", "seen", *HEADS, *last), tuple(rows))
    if len(others) > 1 or (others and not outcome.comparisons):
        cells = [(str(p.steps), p.seen, *(_of(p.moved[label]) for label in others)) for p in points]
        yield Figures(f"{name}: scores that moved", ("step", "seen", *others), tuple(cells))


def _panels(outcome: Outcome, points: Sequence[Point]) -> Iterator[Panel]:
    steps, ended = tuple(point.steps for point in points), points[-1].name
    for column, title in enumerate(HEADS[:2]):
        lines = {}
        for found in outcome.comparisons:
            values = tuple(_number(_reached(found, point.name)[column]) for point in points)
            lines[f"{found.task}, by {found.elicitation}"] = (values, _number(_of_base(found, ended)[column]))
        if any(math.isfinite(value) for values, _ in lines.values() for value in values):
            yield Panel(title, steps, lines)
    if points[0].moved:
        moved = {label: (tuple(float(p.moved[label][0]) for p in points), NAN) for label in points[0].moved}
        yield Panel("scores that moved", steps, moved)


def _reached(found: Comparison, name: str) -> list[Cell]:
    """What ``HEADS`` names, of a contender."""
    own = found.choices[name]
    changes = [own.change(key) for key in ("loss_share", "consistent", "missing")]
    return [_known(own.distance[1]), *(None if c is None else c.after for c in changes), _reads(found, name)]


def _of_base(found: Comparison, beside: str) -> list[Cell]:
    """What ``HEADS`` names, of the base, on the problems that both answered."""
    own = found.choices[beside]
    changes = [own.change(key) for key in ("loss_share", "consistent", "missing")]
    before = [None if c is None else _known(c.before) for c in changes]
    return [_known(own.distance[0]), *before, _reads(found, next(iter(found.answers)))]


def _reads(found: Comparison, name: str) -> str:
    return found.answers[name].grounds.brief or "yes"


def _moved(outcome: Outcome, label: str, name: str) -> tuple[int, int]:
    tested = [one for one in outcome.shifts[label].get(name, ()) if math.isfinite(one.adjusted)]
    return sum(one.adjusted < ALPHA for one in tested), len(tested)


def _of(counts: tuple[int, int]) -> str:
    return f"{counts[0]} of {counts[1]}"


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _number(cell: Cell) -> float:
    return cell if isinstance(cell, float) else NAN
