"""A real vLLM server beside transformers in process: the same base and adapters, the same preferences.

`make test-vllm` makes both environments and runs this.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("peft")

from inspect_ai import eval as run_eval

from fiduciary.economics.estimation import likelihood_ratio_test
from fiduciary.scorers.metrics.ces_parameters import fit
from fiduciary.scorers.table import Table, tables
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice
from fiduciary.training.rebench.canary import canary
from fiduciary.training.rebench.plan import Plan, make_plan
from fiduciary.training.rebench.servers import CHECKOUT, Served, served

MODELS = CHECKOUT / "subjects" / "tiny_manager"
VENV = Path(os.environ.get("VLLM_VENV", CHECKOUT / ".venv-vllm"))
N = 200

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (VENV / "bin" / "python").exists(), reason="needs the serving environment: make test-vllm"
    ),
]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    out = tmp_path_factory.mktemp("serving")
    adapters = [str(MODELS / name) for name in ("for_profit", "nonprofit")]
    return make_plan(str(MODELS / "base"), adapters, [], out)


@pytest.fixture(scope="module")
def server(plan: Plan) -> Iterator[Served]:
    with served(plan, "vllm", None, plan.out / "server" / "server.log") as found:
        yield found


@pytest.fixture(scope="module")
def in_process(plan: Plan) -> Iterator[Served]:
    with served(plan, "transformers", None, plan.out / "unused.log") as found:
        yield found


@pytest.fixture(scope="module")
def answers(plan: Plan, server: Served, in_process: Served) -> dict[str, list[dict[str, Table]]]:
    """Name → answers from vLLM and from transformers by elicitation, to the same problems and seeds."""
    found = {}
    for contender in plan.contenders:
        logs = [
            run_eval(
                stakeholder_choice(n=N, wording="compact", elicitation="both", trade_offs="joint"),
                model=where.model(contender),
                log_dir=str(plan.out / "logs"),
                display="none",
            )[0]
            for where in (server, in_process)
        ]
        assert [log.status for log in logs] == ["success", "success"]
        found[contender.name] = [tables(log) for log in logs]
    return found


def test_every_adapter_is_applied(server: Served) -> None:
    assert {seen.name for seen in canary(server, "compact")} == {"for_profit", "nonprofit"}


@pytest.mark.parametrize("name", ["base", "for_profit", "nonprofit"])
def test_log_probabilities_are_those_of_transformers(
    answers: dict[str, list[dict[str, Table]]], name: str
) -> None:
    """Option by option, as far as vLLM's arithmetic allows: it computes in bfloat16, with 8 bits, where
    transformers takes the checkpoint's float32. Another model, adapter or temperature is far outside."""
    here, there = (np.nan_to_num(one["choose"].probabilities) for one in answers[name])
    assert np.abs(here - there).max() < 0.08
    assert np.abs(here - there).mean() < 0.006


def test_log_probabilities_have_the_same_preference(answers: dict[str, list[dict[str, Table]]]) -> None:
    here, there = (fit(one["choose"]) for one in answers["base"])
    assert np.abs(here.theta - there.theta).max() < 0.01
    assert abs(here.rho - there.rho) < 0.05


@pytest.mark.parametrize("name", ["base", "for_profit", "nonprofit"])
def test_explained_answers_have_the_same_preference(
    answers: dict[str, list[dict[str, Table]]], name: str
) -> None:
    """Samplers differ, so the explanations do; the preference behind them must not."""
    from_vllm, from_transformers = (one["explain"] for one in answers[name])
    for one in (from_vllm, from_transformers):
        assert one.answered.mean() > 0.9
    assert likelihood_ratio_test(fit(from_vllm), fit(from_transformers)).p_value > 0.001
    same = (from_vllm.chosen == from_transformers.chosen)[from_vllm.temperature == 0.2].mean()
    assert same > 0.8
