"""The scripts that train and measure: what they refuse, and the whole loop on the embedded model."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from tests.runs.test_studies import ROOT, run


@pytest.mark.parametrize("script", ["align.sh", "study3.sh"])
def test_help_names_every_variable(script: str, tmp_path: Path) -> None:
    done = run(script, tmp_path, "--help")
    assert done.returncode == 0
    text = (ROOT / "runs" / script).read_text("utf-8")
    for name in ("OUT", "PAIRS", "N", "PYTHON"):
        assert f"{name}:-" in text
        assert f"\n  {name}" in done.stdout or f", {name}" in done.stdout


def test_study_3_needs_a_base(tmp_path: Path) -> None:
    done = run("study3.sh", tmp_path)
    assert done.returncode == 2
    assert "usage:" in done.stderr


@pytest.mark.parametrize(("script", "arguments"), [("align.sh", ()), ("study3.sh", ("model",))])
def test_without_the_environment_the_script_says_how_to_make_it(
    script: str, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    done = run(script, tmp_path, *arguments, PYTHON=str(tmp_path / "none"))
    assert done.returncode == 1
    assert "make train-env" in done.stderr


needs_training = pytest.mark.skipif(
    importlib.util.find_spec("trl") is None, reason="needs the training environment: make test-train"
)


@needs_training
@pytest.mark.slow
def test_align_moves_the_embedded_model_and_goes_on_where_it_was(tmp_path: Path) -> None:
    size = {"OUT": str(tmp_path / "out"), "PAIRS": "480", "N": "100"}
    done = run("align.sh", tmp_path, "for_profit", **size)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((tmp_path / "out/rebench/comparison.json").read_text("utf-8"))
    assert [one["elicitation"] for one in found["comparisons"]] == ["choose", "explain"]
    for one in found["comparisons"]:
        assert one["adapters"]["for_profit"]["best"]["difference"] > 0.1
        assert one["adapters"]["for_profit"]["h1"]["p"] < 0.01
    card = (tmp_path / "out/adapter/README.md").read_text("utf-8")
    assert r"trade\_offs=joint" in card.partition("## Measured")[2]
    assert "for_profit" in (tmp_path / "out/site/index.html").read_text("utf-8")
    records = json.loads((tmp_path / "out/site/table.json").read_text("utf-8"))
    ranks = {record["model"]: record["value"] for record in records if record["metric"] == "rank"}
    assert sorted(ranks.values()) == [1, 2]
    assert next(name for name, rank in ranks.items() if rank == 1).endswith("for_profit")
    logs = sorted((tmp_path / "out/rebench/logs").rglob("*.eval"))
    assert run("align.sh", tmp_path, "for_profit", **size).returncode == 0
    assert sorted((tmp_path / "out/rebench/logs").rglob("*.eval")) == logs


@needs_training
@pytest.mark.slow
def test_study_3_end_to_end(tmp_path: Path) -> None:
    done = run(
        "study3.sh",
        tmp_path,
        str(ROOT / "subjects/tiny_manager/base"),
        *("--engine", "transformers"),
        OUT=str(tmp_path / "out"),
        PRINCIPALS="nonprofit",
        RECIPE="training/recipes/tiny-dpo.yaml",
        PAIRS="64",
        N="60",
        WORDING="compact",
        VOICE="terse",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "target of nonprofit" in done.stdout
    assert "nonprofit fine-tune" in done.stdout


@needs_training
@pytest.mark.slow
def test_techniques_and_doses(tmp_path: Path) -> None:
    """With adapters that are there: every technique in the table, every dose in the picture."""
    import subprocess

    adapter = ROOT / "subjects/tiny_manager/nonprofit"
    done = subprocess.run(
        [
            *(sys.executable, str(ROOT / "runs/techniques.py"), "--out", str(tmp_path)),
            *("--base", str(ROOT / "subjects/tiny_manager/base"), "--dpo", str(adapter)),
            *("--sft", str(ROOT / "subjects/tiny_manager/symmetric"), "--n", "80", "--wording", "compact"),
            *("--engine", "transformers", "--elicitation", "choose"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    table = json.loads((tmp_path / "techniques.json").read_text("utf-8"))
    assert list(table["estimates"]) == ["none", "prompting", "SFT", "DPO", "prompting + DPO"]
    assert table["cost"]["DPO"]["pairs"] > 0
    assert table["cost"]["none"]["pairs"] == 0
    doses = json.loads((tmp_path / "dose_response.json").read_text("utf-8"))
    assert doses["doses"] == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5]
    assert doses["comparisons"][0]["adapters"]["dose-1"]["best"]["difference"] > 0.1
    assert (tmp_path / "dose_response.png").stat().st_size > 5000
