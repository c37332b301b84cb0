"""What is sent with every request, so that answers are drawn from the model's whole distribution.

A model's own generation settings may truncate that distribution (nucleus, top-k, repetition
penalty). The estimator takes noise to be the temperature's and nothing else, so each provider is
sent the neutral value of everything that it would otherwise take from the model's files. Providers
reject settings that they do not know, hence one branch for each that needs more than ``top_p``.
"""

from __future__ import annotations

import hashlib
from typing import Any

from inspect_ai.model import GenerateConfigArgs, get_model

from fiduciary._inspect import active_generate_config

MAX_SEED = 2**31 - 1  # the largest that every provider takes: some read a signed 32-bit integer

_SERVERS = ("vllm", "sglang")
_SERVER_BODY = {"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0}

_HF_NEUTRAL = {
    "min_p": None,
    "typical_p": 1.0,
    "epsilon_cutoff": 0.0,
    "eta_cutoff": 0.0,
    "top_h": None,
    "repetition_penalty": 1.0,
    "no_repeat_ngram_size": 0,
}


def request_seed(seed: int, sample_id: int | str, epoch: int) -> int:
    """A seed for one request, the same on every machine and in every process.

    Epochs differ (one seed for a whole run would repeat the same draw each epoch), and so do
    samples.
    """
    name = f"{seed}/{sample_id}/{epoch}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "big") & MAX_SEED


def neutral_sampling(provider: str) -> GenerateConfigArgs:
    """Settings that turn truncation and penalties off.

    Args:
        provider: Inspect's name of the model provider, such as ``vllm``.
    """
    settings = GenerateConfigArgs(top_p=1.0)
    if provider in _SERVERS:
        given: dict[str, Any] = active_generate_config().extra_body or {}
        settings["extra_body"] = {**given, **_SERVER_BODY}
        settings["frequency_penalty"] = settings["presence_penalty"] = 0.0
    elif provider == "hf":
        settings["top_k"] = 0
        _neutralise_generation_config()
    return settings


def _neutralise_generation_config() -> None:
    """Inspect's ``hf`` provider forwards four settings; the others can only be set on the model."""
    config = getattr(getattr(get_model().api, "model", None), "generation_config", None)
    for name, value in _HF_NEUTRAL.items():
        if hasattr(config, name):
            setattr(config, name, value)
