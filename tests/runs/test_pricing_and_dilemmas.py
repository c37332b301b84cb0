"""The scripts for repeated pricing and for moral dilemmas run from any directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runs.test_studies import run


@pytest.mark.slow
def test_duopoly(tmp_path: Path) -> None:
    conditions = {"N": "1", "PERIODS": "30", "OBJECTIVES": "plain", "OPPONENTS": "nash"}
    done = run("duopoly.sh", tmp_path, "subject/tit_for_tat", **conditions)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("duopoly_pricing  subject/tit_for_tat") == 3
    folder = tmp_path / "logs/duopoly/subject-tit_for_tat"
    assert sorted(path.name for path in folder.iterdir()) == ["against-nash", "self-deviation", "self-plain"]
    assert len(list(folder.rglob("*.eval"))) == len(list(folder.rglob("*.png"))) == 3


@pytest.mark.slow
def test_pricing_pairs(tmp_path: Path) -> None:
    done = run(
        "pricing_pairs.sh", tmp_path, "subject/tit_for_tat", "subject/undercutter", N="1", PERIODS="20"
    )
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "logs/pricing_pairs").rglob("*.eval"))) == 4
    assert done.stdout.index("pairs of models") < done.stdout.index("tit_for_tat and undercutter")


def test_pairs_need_two_models(tmp_path: Path) -> None:
    done = run("pricing_pairs.sh", tmp_path, "subject/tit_for_tat")
    assert done.returncode == 2 and "pairs need at least two models" in done.stderr


@pytest.mark.slow
def test_dilemmas(tmp_path: Path) -> None:
    done = run("dilemmas.sh", tmp_path, "subject/torn", N="24", PROBE="6")
    assert done.returncode == 0, done.stderr
    assert "unverified" in done.stdout and "gap" in done.stdout
    assert (tmp_path / "logs/dilemmas/subject-torn/moral_dilemmas.png").exists()


@pytest.mark.parametrize("script", ["duopoly.sh", "pricing_pairs.sh", "dilemmas.sh"])
def test_a_model_is_needed(script: str, tmp_path: Path) -> None:
    done = run(script, tmp_path)
    assert done.returncode == 2
    assert "usage:" in done.stderr


@pytest.mark.slow
def test_bad_sizes_are_named(tmp_path: Path) -> None:
    done = run("duopoly.sh", tmp_path, "subject/tit_for_tat", PERIODS="0")
    assert done.returncode != 0
    assert "periods must be" in done.stdout + done.stderr
