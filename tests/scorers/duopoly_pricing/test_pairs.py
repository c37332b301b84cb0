"""Models that play each other: one line a pair, from logs of both orders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval
from inspect_ai.log import read_eval_log

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.report import main
from fiduciary.tasks.duopoly_pricing.task import duopoly_pricing

MEETINGS = (
    ("undercutter", "tit_for_tat"),
    ("tit_for_tat", "undercutter"),
    ("tit_for_tat", "tit_for_tat"),
    ("undercutter", "nash_pricer"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Logs of pairs; nash_pricer is never the evaluated model."""
    place = tmp_path_factory.mktemp("pairs")
    for first, second in MEETINGS:
        [log] = eval(
            duopoly_pricing(n=2, periods=20, alpha="1,10"),
            model=f"subject/{first}",
            model_roles={"opponent": f"subject/{second}"},
            log_dir=str(place / f"{first}-{second}"),
            display="none",
        )
        assert log.status == "success", log.error
    return place


@pytest.fixture
def rows(folder: Path, tmp_path: Path) -> dict[str, dict[str, Any]]:
    """The cells of the pairs' table, by pair and column."""
    out = tmp_path / "report.json"
    assert main([str(folder), "--format", "json", "--out", str(out)]) == 0
    [table] = [
        part
        for report in json.loads(out.read_text("utf-8"))
        for section in report["sections"]
        for part in section["body"]
        if not isinstance(part, str) and part["title"] == "pairs of models"
    ]
    return {row[0]: dict(zip(table["columns"][1:], row[1:], strict=True)) for row in table["rows"]}


def kept(folder: Path, first: str, second: str, name: str) -> list[list[float]]:
    """A figure of both firms in every run of one order, as the scores hold it."""
    [path] = (folder / f"{first}-{second}").glob("*.eval")
    samples = read_eval_log(str(path)).samples or []
    return [(s.scores or {})["pricing"].metadata[name] for s in samples]  # type: ignore[index]


def test_both_orders_are_runs_of_one_pair_seen_from_its_first_model(
    folder: Path, rows: dict[str, dict[str, Any]]
) -> None:
    pair = rows["tit_for_tat and undercutter"]
    assert pair["runs"] == 4
    for name, gain in (("price", ""), ("profit", "gain")):
        own = [run[0] for run in kept(folder, "tit_for_tat", "undercutter", name)]
        own += [run[1] for run in kept(folder, "undercutter", "tit_for_tat", name)]
        other = [run[1] for run in kept(folder, "tit_for_tat", "undercutter", name)]
        other += [run[0] for run in kept(folder, "undercutter", "tit_for_tat", name)]
        assert pair[name]["value"] == pytest.approx(sum(own) / 4)
        assert pair[f"other's {name}"]["value"] == pytest.approx(sum(other) / 4)
        assert sum(own) != pytest.approx(sum(other), rel=1e-4)
        if gain:
            low, high = 0.22292, 0.33749
            assert pair[gain]["value"] == pytest.approx((sum(own) / 4 - low) / (high - low), abs=1e-3)
            both = (pair["gain"]["value"] + pair["other's gain"]["value"]) / 2
            assert pair["Δ"]["value"] == pytest.approx(both)


def test_a_model_against_itself_is_a_pair_too(rows: dict[str, dict[str, Any]]) -> None:
    """Two who do what the other did last stay at the joint-monopoly price that they begin with."""
    pair = rows["tit_for_tat and tit_for_tat"]
    assert pair["runs"] == 2 and pair["Δ"]["value"] == pytest.approx(1, abs=1e-3)


def test_no_gain_where_one_of_both_is_not_shown_to_read(
    folder: Path, rows: dict[str, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    pair = rows["nash_pricer and undercutter"]
    assert pair["gain"] is pair["other's gain"] is pair["Δ"] is None
    assert pair["price"]["value"] == pytest.approx(1.4729, abs=1e-4)
    capsys.readouterr()
    assert main([str(folder)]) == 0
    assert "no gain or Δ of nash_pricer: whether it reads was not tested" in capsys.readouterr().out


def test_without_two_different_models_there_is_no_table(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder / "tit_for_tat-tit_for_tat")]) == 0
    assert "pairs of models" not in capsys.readouterr().out
