"""The model before training: a Llama whose embeddings of figures know how large the figures are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from transformers import LlamaConfig, LlamaForCausalLM

from fiduciary.parsing import read_object
from fiduciary.training.tiny_manager.tokens import (
    END,
    GROUPS,
    PAD,
    START,
    figures,
    token_texts,
    vocabulary,
    write_tokenizer,
)

WIDTH, LAYERS, HEADS, HEAD_DIM, INNER = 128, 4, 4, 32, 256
PERIODS = (1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0)
"""Periods, in hundreds of dollars, of the waves in a figure's embedding."""


def config() -> LlamaConfig:
    """A plain Llama; nothing in it needs code of its own."""
    number = vocabulary()
    return LlamaConfig(
        vocab_size=-(-len(number) // 64) * 64,
        hidden_size=WIDTH,
        intermediate_size=INNER,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS,
        head_dim=HEAD_DIM,
        max_position_embeddings=4096,
        rms_norm_eps=1e-5,
        tie_word_embeddings=False,
        bos_token_id=number[START],
        eos_token_id=number[END],
        pad_token_id=number[PAD],
    )


def new_model(seed: int) -> LlamaForCausalLM:
    """Random weights, except that figures start from features of their value.

    A figure v is embedded as u₀ · (v/20 − 1) + waves of v with the ``PERIODS`` + noise, a group's
    gain as the same plus a vector of the group. Only the start is special: the weights are ordinary
    embeddings. The output matrix starts as a copy, so that copying one figure teaches to copy others.
    """
    torch.manual_seed(seed)
    model = LlamaForCausalLM(config())
    number = vocabulary()
    value = np.array([float(f) for f in figures()])
    waves = [wave(2 * np.pi * value / period) for period in PERIODS for wave in (np.sin, np.cos)]
    features = np.stack([2 * (value / 20 - 1), *(0.5 * w for w in waves)], axis=1)
    embedding = torch.randn(model.config.vocab_size, WIDTH) * 0.5
    basis = torch.linalg.qr(torch.randn(WIDTH, features.shape[1] + len(GROUPS)))[0].T * WIDTH**0.5 * 0.25
    known = torch.tensor(features, dtype=torch.float32) @ basis[: features.shape[1]]
    for g, group in enumerate(("", *(f" {name} " for name in GROUPS))):
        rows = torch.tensor([number[group + figure] for figure in figures()])
        noise = 0.1 * torch.randn(len(rows), WIDTH)
        embedding[rows] = known + noise + (1.5 * basis[features.shape[1] + g - 1] if g else 0)
    with torch.no_grad():
        model.model.embed_tokens.weight.copy_(embedding)
        model.lm_head.weight.copy_(embedding * WIDTH**-0.5)
    return model


def adopt(model: LlamaForCausalLM, folder: Path) -> list[str]:
    """Take over the weights of an earlier model, the rows of tokens by the tokens' texts.

    Args:
        model: changed in place; tokens that the earlier model lacks keep their own rows.
        folder: the earlier model, as :func:`save_model` wrote it.

    Returns:
        Texts of the tokens that are new.
    """
    earlier = load_file(folder / "model.safetensors")
    known = token_texts(read_object(folder / "tokenizer.json")["model"]["vocab"])
    texts = vocabulary()
    shared = [text for text in texts if text in known]
    ours, theirs = [texts[text] for text in shared], [known[text] for text in shared]
    with torch.no_grad():
        for name, weights in model.state_dict().items():
            if name in ("model.embed_tokens.weight", "lm_head.weight"):
                weights[ours] = earlier[name][theirs].float()
            else:
                weights.copy_(earlier[name])
    return [text for text in texts if text not in known]


def save_model(model: LlamaForCausalLM, folder: Path) -> None:
    """Write model and tokenizer as any Llama checkpoint, in 16-bit floats.

    `generation_config.json` asks for plain sampling, so that no server truncates it by default.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: p.detach().to(torch.float16).contiguous() for name, p in model.state_dict().items()}
    settings = model.config.to_dict()
    settings = {name: value for name, value in settings.items() if value is not None}
    settings |= {"architectures": ["LlamaForCausalLM"], "dtype": "float32"}
    settings.pop("_name_or_path", None)
    (folder / "config.json").write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n", "utf-8")
    plain = {
        "bos_token_id": model.config.bos_token_id,
        "eos_token_id": model.config.eos_token_id,
        "pad_token_id": model.config.pad_token_id,
        "do_sample": True,
        "temperature": 1.0,
    }
    (folder / "generation_config.json").write_text(json.dumps(plain, indent=2) + "\n", "utf-8")
    write_tokenizer(folder)
    part = folder / "model.safetensors.part"
    save_file(weights, part, metadata={"format": "pt"})
    part.chmod(0o644)  # safetensors makes files that only their owner may read
    part.replace(folder / "model.safetensors")
