"""Figures of parts of the answers, with intervals, also where every unit gave the same."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fiduciary.dossier.case import LEVEL, Case
from fiduciary.economics.arrays import BoolArray, IntArray
from fiduciary.economics.inference import alike
from fiduciary.economics.losses import Losses, Service, losses, served
from fiduciary.leaderboard.cells import Cell, told
from fiduciary.leaderboard.choices import Answers
from fiduciary.leaderboard.runs import Run


@dataclass(frozen=True)
class Served:
    """What a model's answers lose for the principal, answer by answer.

    Attributes:
        lost: of every answer; NaN where it is missing.
        clusters: (n,), as the table clusters the problems.
        groups: (n,), the problems.
    """

    lost: Losses
    clusters: IntArray
    groups: npt.NDArray[np.str_]

    @classmethod
    def of(cls, case: Case, answers: Answers) -> Served:
        """Of the answers of the case's model, which are in its table."""
        assert case.board.problems is not None
        lost = losses(answers.data.welfare, answers.shares, case.principal.at(answers.data.shift))
        places = case.board.problems.places(answers)
        return cls(lost, case.board.problems.groups[places], answers.data.groups)

    def part(self, which: BoolArray) -> tuple[Service, int, int]:
        """Some answers' service, how many of them count, and to how many problems."""
        rows = which & np.isfinite(self.lost.regret)
        found = served(Losses(*(part[rows] for part in self.lost)), self.clusters[rows], LEVEL)
        return found, int(rows.sum()), len(np.unique(self.groups[rows]))


def exact(cell: Cell) -> Cell:
    """A share that was 0 or 1 in every unit, with the exact interval.

    A cell that has an interval, or holds any other figure, stays as it is.
    """
    if cell.low is not None or cell.value not in (0.0, 1.0) or not cell.n:
        return cell
    return told(alike(cell.value, cell.n, LEVEL), cell.n)


def finite(value: float) -> float | None:
    """A finite number, or None for NaN and the infinities."""
    return float(value) if math.isfinite(value) else None


def differing(case: Case, run: Run) -> str:
    """A task that was asked in another way than the model will be; "" where it was not, or cannot be."""
    way, asked = case.limits.way, run.elicitation
    return "" if way is None or asked in (None, way) else f"{run.task.replace('_', ' ')} ({asked})"
