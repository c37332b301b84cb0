"""What goes with every request: seeds of its own, and nothing that truncates the distribution."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.model import GenerateConfig
from inspect_ai.model._generate_config import set_active_generate_config

from fiduciary.solvers import sampling
from fiduciary.solvers.sampling import MAX_SEED, neutral_sampling, request_seed


@given(st.integers(0, 2**40), st.text(max_size=30), st.integers(1, 1000))
def test_seeds_fit_into_31_bits(seed: int, sample: str, epoch: int) -> None:
    assert 0 <= request_seed(seed, sample, epoch) <= MAX_SEED == 2**31 - 1


def test_samples_epochs_and_tasks_have_seeds_of_their_own() -> None:
    seeds = {request_seed(s, f"wage-{i}", e) for s in range(3) for i in range(100) for e in range(1, 4)}
    assert len(seeds) == 900


def test_seeds_are_the_same_in_every_process(root: Path) -> None:
    """Python's own hash of a text is not."""
    code = "from fiduciary.solvers.sampling import request_seed; print(request_seed(1, 'wage-ab', 2))"
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True, timeout=120
    )
    assert int(out.stdout) == request_seed(1, "wage-ab", 2)


def test_every_provider_is_sent_the_whole_nucleus_and_no_setting_it_may_not_know() -> None:
    for provider in ("openai", "anthropic", "google", "mockllm", "subject", "together"):
        assert neutral_sampling(provider) == {"top_p": 1.0}


@pytest.mark.parametrize("provider", ["vllm", "sglang"])
def test_servers_are_sent_the_neutral_value_of_what_a_models_files_may_set(provider: str) -> None:
    sent = neutral_sampling(provider)
    assert sent["extra_body"] == {"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0}
    assert sent["frequency_penalty"] == sent["presence_penalty"] == 0.0


def test_the_users_own_extra_body_is_kept() -> None:
    set_active_generate_config(GenerateConfig(extra_body={"chat_template_kwargs": {"x": 1}, "min_p": 0.2}))
    try:
        sent = neutral_sampling("vllm")["extra_body"]
    finally:
        set_active_generate_config(GenerateConfig())
    assert sent == {"chat_template_kwargs": {"x": 1}, "top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0}


def test_a_local_transformers_model_loses_its_own_truncation(monkeypatch: pytest.MonkeyPatch) -> None:
    own = SimpleNamespace(repetition_penalty=1.1, min_p=0.05, typical_p=0.9, eos_token_id=2)
    model = SimpleNamespace(api=SimpleNamespace(model=SimpleNamespace(generation_config=own)))
    monkeypatch.setattr(sampling, "get_model", lambda: model)
    assert neutral_sampling("hf") == {"top_p": 1.0, "top_k": 0}
    assert own == SimpleNamespace(repetition_penalty=1.0, min_p=None, typical_p=1.0, eos_token_id=2)
