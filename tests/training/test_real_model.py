"""A model that nobody here made, in process: what the closing words get out of it.

SmolLM2-135M-Instruct, from a package (``runs/real_model.py``). It reads badly and answers by place, which is
what makes it a test: the engine must get answers from it all the same.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("gguf")

from inspect_ai import Task
from inspect_ai import eval as run_eval
from inspect_ai.log import EvalLog
from inspect_ai.model import get_model

import fiduciary._registry  # noqa: F401 - makes the tasks and peft/ known to Inspect without an installation
from fiduciary.scorers.choice_table import tables
from fiduciary.tasks.moral_dilemmas.task import moral_dilemmas
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice
from fiduciary.tasks.transitivity.task import transitivity

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "models" / "SmolLM2-135M-Instruct"
SEED = 4711  # no wording was chosen on these problems


@pytest.fixture(scope="module")
def model() -> Path:
    if not MODEL.exists():
        made = subprocess.run(
            [sys.executable, str(ROOT / "runs/real_model.py")], capture_output=True, text=True
        )
        if made.returncode:
            pytest.skip(f"the model could not be fetched: {made.stderr.strip().splitlines()[-1:]}")
    return MODEL


def asked(task: Task, model: Path) -> EvalLog:
    [log] = run_eval(
        task, model=get_model("peft/smollm2", base=str(model)), display="none", log_format="json"
    )
    assert log.status == "success", log.error
    return log


@pytest.mark.parametrize("wording", ["plain", "compact"])
def test_the_labels_hold_nearly_all_of_the_probability(model: Path, wording: str) -> None:
    task = stakeholder_choice(n=12, seed=SEED, wording=wording, elicitation="choose")
    [data] = tables(asked(task, model)).values()
    assert data.answered.all(), "no answer is missing where the labels hold the probability"
    assert np.mean(1 - data.mass_outside) >= 0.95


def test_every_explanation_has_probabilities_and_a_state(model: Path) -> None:
    task = stakeholder_choice(n=6, seed=SEED, wording="plain", elicitation="explain", temperatures=0.5)
    log = asked(task, model)
    found: list[dict[str, Any]] = [
        sample.scores["chosen_option"].metadata or {} for sample in log.samples or [] if sample.scores
    ]
    assert len(found) == 6
    assert all("probabilities" in one for one in found)
    assert {one["state"] for one in found} <= {"complete", "cut off", "refused"}


@pytest.mark.parametrize("task", [transitivity, moral_dilemmas])
def test_other_questions_with_labels_are_answered_too(model: Path, task: Any) -> None:
    log = asked(task(n=2, seed=SEED, **({"repeats": 1} if task is transitivity else {})), model)
    kept = [record for sample in log.samples or [] for record in sample.store["answers"].values()]
    labelled = [record["logprobs"]["content"][0] for record in kept if record["logprobs"]]
    assert labelled
    masses = [
        sum(np.exp(top["logprob"]) for top in first["top_logprobs"] if top["token"].strip() in ("A", "B"))
        for first in labelled
    ]
    assert np.mean(masses) >= 0.9
