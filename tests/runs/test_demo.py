"""The demonstration runs from end to end, and its verdict depends on what was recovered."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fiduciary.economics.estimation import fit_ces
from fiduciary.economics.logit import choice_probabilities, draw_choices
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import PROFILES


@pytest.fixture(scope="module")
def demo() -> dict[str, Any]:
    return runpy.run_path(str(Path(__file__).parents[2] / "runs" / "demo.py"))


@pytest.mark.parametrize(("subject", "off"), [("study1", False), ("symmetric", True)])
def test_verdict(demo: dict[str, Any], subject: str, off: bool) -> None:
    """Answers of study1 are recovered as study1's, and not as another's."""
    welfare = stack(generate(600, seed=11))
    utility = PROFILES["study1"].utility(welfare)
    temperature = np.resize([0.2, 0.5, 1.0, 1.5], len(welfare))
    text = fit_ces(welfare, draw_choices(utility, temperature, np.random.default_rng(2)), temperature)
    probabilities = np.where(np.isnan(utility), np.nan, choice_probabilities(utility))
    logprobs = fit_ces(welfare, None, 1.0, probabilities=probabilities)
    lines, wrong = demo["compare"](demo["Case"]("title", subject), text, logprobs)
    assert len(lines) == 7
    assert bool(wrong) is off
    assert sum(line.endswith("off") for line in lines) == len(wrong)


@pytest.mark.slow
def test_from_end_to_end(demo: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "picture.png"
    status = demo["main"](["-n", "120", "--log-dir", str(tmp_path / "logs"), "--picture", str(picture)])
    printed = capsys.readouterr().out
    assert printed.count("θ shareholders") >= len(demo["CASES"])
    assert ("NOT RECOVERED" in printed) == (status == 1)
    assert picture.stat().st_size > 5_000
    # Inspect's viewer lists what lies in the folder at any depth.
    assert len(list((tmp_path / "logs").rglob("*.eval"))) == len(demo["CASES"])
    shown = (tmp_path / "logs-site/index.html").read_text("utf-8")
    assert "subject/study1" in shown and "logs-site/index.html" in printed
    alike = sum(case.elicitation == "both" for case in demo["CASES"])  # a page mixes no ways of asking
    assert len(list((tmp_path / "logs-site/logs").glob("*.eval"))) == alike
