"""A real vLLM server beside transformers in process: the same base and adapters, the same preferences.

`make test-vllm` makes both environments and runs this.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import scipy

pytest.importorskip("torch")
pytest.importorskip("peft")

from inspect_ai import eval as run_eval

from fiduciary.economics.estimation import likelihood_ratio_test
from fiduciary.scorers.choice_table import Table, tables
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import fit
from fiduciary.solvers.asking import CLOSING, instruction
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


def test_drawn_labels_follow_the_probabilities_at_every_temperature(server: Served) -> None:
    """softmax(V/τ) is the sampler's own identity for each token: ``choose`` says nothing of γ."""
    task = stakeholder_choice(n=1, wording="compact", elicitation="choose", trade_offs="joint")
    [sample, *_] = list(task.dataset)
    letters = "ABCDE"[: int((sample.metadata or {})["n_options"])]
    body = {
        "model": dict(server.names)["base"],
        "messages": [
            {"role": "user", "content": f"{sample.input}\n\n{instruction('choose', letters)}"},
            {"role": "assistant", "content": CLOSING},
        ],
        "add_generation_prompt": False,
        "continue_final_message": True,
        "max_tokens": 1,
    }

    def ask(**settings: Any) -> list[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {server.key}"}
        reply = httpx.post(
            f"{server.url}/chat/completions",
            json=body | settings,
            headers=headers,
            timeout=300,
            trust_env=False,
        )
        return list(reply.raise_for_status().json()["choices"])

    [first] = ask(temperature=1, logprobs=True, top_logprobs=20)
    logs = {top["token"]: top["logprob"] for top in first["logprobs"]["content"][0]["top_logprobs"]}
    known = np.array([logs[f" {letter}"] for letter in letters])
    for tau in (0.2, 0.5, 1.0, 1.5):
        drawn = [one["message"]["content"].strip() for one in ask(temperature=tau, n=1000, seed=7)]
        counts = np.array([drawn.count(letter) for letter in letters], float)
        expected = np.exp(known / tau - np.logaddexp.reduce(known / tau)) * counts.sum()
        kept = expected >= 5
        statistic = float(((counts - expected)[kept] ** 2 / expected[kept]).sum())
        assert scipy.stats.chi2.sf(statistic, max(1, int(kept.sum()) - 1)) > 0.01
