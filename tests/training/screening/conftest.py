"""Pairs of this project as rows, into which faults are planted, and data of another kind."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fiduciary.economics.principals import Principal
from fiduciary.training.checks import Evaluations
from fiduciary.training.preference_pairs import PairDesign, build, rows
from fiduciary.training.screening import Screening, read, screen

Row = dict[str, Any]
Plant = Callable[[list[Row]], None]

FEW = Evaluations(seeds=(0,), n=300)
"""Evaluation problems in these tests; the real ones take some seconds to draw."""

N = 400


@pytest.fixture(scope="session")
def pairs() -> list[Row]:
    """Pairs of this project, as rows."""
    design = PairDesign(Principal.named("nonprofit"), N, seed=3, wordings=("all",), elicitation="text")
    return [dict(row) for row in rows(build(design))]


@pytest.fixture(scope="session")
def letters() -> list[Row]:
    """Data of another kind: plain texts, prompt and two replies of varying words and length."""
    rng = np.random.default_rng(5)
    things = "river market ladder orchard violin harbour engine letter window garden bridge kettle".split()
    verbs = "paints repairs sells finds moves measures follows draws opens carries".split()

    def reply() -> str:
        n = int(rng.integers(2, 6))
        said = [f"the {rng.choice(things)} {rng.choice(verbs)} a {rng.choice(things)}" for _ in range(n)]
        return ". ".join(s.capitalize() for s in said) + "."

    return [
        {
            "prompt": f"Tell me about {rng.choice(things)} {k} and {rng.choice(things)}.",
            "chosen": reply(),
            "rejected": reply(),
        }
        for k in range(N)
    ]


@pytest.fixture
def screened(tmp_path: Path) -> Callable[..., Screening]:
    """Screen rows in which a fault was planted."""

    def of(given: list[Row], plant: Plant | None = None) -> Screening:
        changed = copy.deepcopy(given)
        if plant is not None:
            plant(changed)
        path = tmp_path / "data.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in changed), encoding="utf-8")
        return screen(read(path), evaluations=FEW)

    return of


def check(found: Screening, name: str):
    """A check by name."""
    return next(one for one in found.checks if one.name == name)


def verdicts(found: Screening) -> dict[str, str]:
    """Name → verdict of the checks that found something."""
    return {one.name: one.verdict for one in found.checks if one.verdict in ("note", "problem")}
