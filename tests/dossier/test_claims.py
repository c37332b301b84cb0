"""No claim without a source, a place and finite figures."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fiduciary.dossier.atlas import PLACES, REFERENCE, read_atlas
from fiduciary.dossier.evidence._figures import exact
from fiduciary.dossier.finding import Claim
from fiduciary.dossier.ledger import Ledger
from fiduciary.dossier.limits import read_limits
from fiduciary.dossier.paths import digest
from fiduciary.economics.inference import share
from fiduciary.leaderboard.cells import Cell, told

GOOD: dict[str, Any] = {
    "id": "selection.screening.x",
    "phase": "p",
    "problem": "q",
    "mechanism": "r",
    "title": "t",
    "statement": "s",
    "figure": 0.1,
    "low": 0.0,
    "high": 0.2,
    "level": 0.95,
    "unit": "share",
    "verdict": "good",
    "sources": ("S1",),
}


@pytest.mark.parametrize(
    "change",
    [
        {"sources": ()},
        {"rule": "invented"},
        {"figure": float("nan")},
        {"high": float("inf")},
        {"unit": None},
    ],
    ids=str,
)
def test_a_claim_that_cannot_be_held_is_refused(change: dict[str, Any]) -> None:
    Claim(**GOOD)
    with pytest.raises(ValueError, match=r"selection\.screening\.x"):
        Claim(**(GOOD | change))


def test_table_of_the_source() -> None:
    assert len(read_atlas().phases) == 5 and "Kaltenpoth" in REFERENCE
    assert [place.mechanism for place in PLACES.values()] == [
        "",
        "signalling",
        "screening",
        "signalling",
        "screening",
        "bonding and incentives",
        "screening after training",
        "monitoring",
    ]
    assert {p.problem for k, p in PLACES.items() if k.startswith(("data", "selection"))} == {
        "hidden characteristics"
    }
    assert {p.problem for k, p in PLACES.items() if k.startswith(("dev", "dep"))} == {"hidden actions"}


def test_ledger_numbers_sources_and_fingerprints_them(tmp_path: Path) -> None:
    file, folder = tmp_path / "card.md", tmp_path / "state"
    file.write_text("x")
    folder.mkdir()
    (folder / "a").write_text("1")
    ledger = Ledger(read_limits(), read_atlas())
    assert ledger.file("card", str(file)) == ledger.file("card", str(file)) == "S1"
    assert ledger.file("monitor", str(folder)) == "S2"
    assert ledger.sources[0].sha256 == hashlib.sha256(b"x").hexdigest()
    before = digest(str(folder))
    (folder / "a").rename(folder / "b")
    assert digest(str(folder)) != before
    ledger.claim("data.signalling.x", "t", "s", ["S1"])
    with pytest.raises(ValueError, match="already"):
        ledger.claim("data.signalling.x", "t", "s", ["S1"])
    with pytest.raises(ValueError, match="no place in the table"):
        ledger.claim("nowhere.at_all.x", "t", "s", ["S1"])


@pytest.mark.parametrize(
    ("figure", "n", "unit", "shown"),
    [
        (0.25, 140, "share", "35 of 140"),
        (0.123, 140, "share", "of 140"),
        (0.25, None, "share", ""),
        (0.25, 140, "weight", ""),
    ],
)
def test_counts_stand_beside_shares(figure: float, n: int | None, unit: str, shown: str) -> None:
    assert Claim(**(GOOD | {"figure": figure, "n": n, "unit": unit})).counted == shown


def test_shares_that_never_vary_get_exact_intervals() -> None:
    none = told(share(np.zeros(100), 1.0, np.arange(100)), 100)
    assert none.value == 0 and none.low == 0 and none.high == pytest.approx(1 - 0.025 ** (1 / 100))
    assert exact(Cell(1.0, n=40)).low == pytest.approx(0.025 ** (1 / 40))
    assert exact(Cell(0.5, n=40)) == Cell(0.5, n=40)  # the same everywhere, and no share of yes and no
    some = told(share([0, 1, 1, 0], 1.0, list("abcd")), 4)
    assert some.low is not None and some.value == 0.5 and 0 <= some.low < 0.5 < (some.high or 0) <= 1
