"""The picture of circles and pumps."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval
from inspect_ai.model import get_model

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.tasks.money_pump.task import money_pump
from fiduciary.tasks.transitivity.task import transitivity


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(Path(__file__).parents[2] / "runs" / "rationality_picture.py"))


@pytest.mark.parametrize("elicitation", ["choose", "text"])
def test_a_picture_of_two_logs(script: dict[str, Any], tmp_path: Path, elicitation: str) -> None:
    asked = {"n": 2, "repeats": 1, "elicitation": elicitation}
    for task in (transitivity(**asked), money_pump(**asked)):
        eval(
            task,
            model=get_model("subject/cyclic"),
            log_dir=str(tmp_path / "logs"),
            display="none",
            score_display=False,
        )
    picture = tmp_path / "picture.png"
    assert script["main"]([str(tmp_path / "logs"), "--picture", str(picture)]) == 0
    assert picture.stat().st_size > 5_000
    rows = script["read"]([str(path) for path in sorted((tmp_path / "logs").glob("*.eval"))])
    assert list(rows) == ["subject/cyclic"]
    assert rows["subject/cyclic"].pairs.n_sets == rows["subject/cyclic"].pumps.asked == 2


def test_nothing_to_draw(script: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    other = Path(__file__).parents[1] / "scorers" / "reference" / "explainer.eval"
    assert script["main"]([str(other)]) == 1
    assert "no finished log of pairs or pumps" in capsys.readouterr().err
