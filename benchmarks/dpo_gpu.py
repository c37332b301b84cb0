"""LoRA DPO of a Llama of a given shape with random weights: how fast, how much memory, how much of the chip.

    python -m benchmarks.dpo_gpu --shape 8b          # one GPU of 80 GB
    python -m benchmarks.dpo_gpu --shape tiny        # the same code anywhere, also without a GPU

Weights are random, since speed does not depend on them; texts are the project's own pairs, padded as
TRL pads them. Needs the training environment. Prints one JSON object:

- ``samples_per_s``, ``tokens_per_s``: pairs, and tokens of chosen and rejected texts without padding.
- ``peak_gib``: most memory that tensors held.
- ``mfu``: model-FLOPs utilisation, FLOPs of the model a second over the chip's peak in bf16. With the base
  frozen, a token costs 2N forward and 2N backward (gradients of activations, none of weights), and
  recomputed activations are not counted: 4N + attention's 8·L·T·d a token, N being the parameters of the
  layers and of the output without the embedding.

Source of the count: Kaplan et al. (2020), appendix; PaLM (Chowdhery et al., 2022), appendix B.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PEAK_TFLOPS = {"H100": 989.0, "H200": 989.0, "A100": 312.0, "L40S": 362.0, "4090": 165.0}
"""Dense bf16 peaks that makers state, by a part of the chip's name."""


@dataclass(frozen=True)
class Shape:
    """A Llama's dimensions."""

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    inner: int
    vocabulary: int

    @property
    def counted(self) -> int:
        """Parameters that every token is multiplied with: all layers and the output."""
        head = self.hidden // self.heads
        attention = self.hidden * head * (2 * self.heads + 2 * self.kv_heads)
        return self.layers * (attention + 3 * self.hidden * self.inner) + self.hidden * self.vocabulary

    def flops(self, tokens: int, squares: int) -> float:
        """FLOPs of a step, forward and backward through frozen weights.

        Args:
            tokens: Σ T over the sequences.
            squares: Σ T² over the sequences, for attention (causal: half of them).
        """
        return 4.0 * self.counted * tokens + 8.0 * self.layers * self.hidden * squares / 2


SHAPES = {
    "8b": Shape(4096, 32, 32, 8, 14336, 128256),
    "1b": Shape(2048, 16, 32, 8, 8192, 128256),
    "100m": Shape(768, 12, 12, 4, 2048, 32000),
    "tiny": Shape(128, 4, 4, 4, 256, 5184),
}


def main(argv: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.dpo_gpu",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--shape", choices=list(SHAPES), default="8b")
    parser.add_argument("--steps", type=int, default=12, help="measured after two that are not (12)")
    parser.add_argument("--batch", type=int, default=4, help="pairs a device and micro-step (4)")
    parser.add_argument("--accumulate", type=int, default=4, help="micro-steps a step (4)")
    parser.add_argument("--peak-tflops", type=float, help="of the chip in bf16, where it is not known")
    options = parser.parse_args(argv)
    print(json.dumps(measure(options), indent=2))


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Train a few steps with TRL and take the time of those after the first two."""
    import torch
    from transformers import AutoTokenizer, TrainerCallback
    from trl import DPOConfig, DPOTrainer

    from fiduciary.economics.principals import Principal
    from fiduciary.subjects.tiny_manager import BASE
    from fiduciary.training import preference_data
    from fiduciary.training.preference_pairs import PairDesign

    shape = SHAPES[options.shape]
    cuda = torch.cuda.is_available()
    model = _model(shape, torch, cuda)
    tokenizer = AutoTokenizer.from_pretrained(BASE)
    pairs = (options.steps + 2) * options.batch * options.accumulate

    class Clock(TrainerCallback):
        times: list[float]

        def __init__(self) -> None:
            self.times = []

        def on_step_end(self, *_: Any, **__: Any) -> None:
            if cuda:
                torch.cuda.synchronize()
            self.times.append(time.perf_counter())

    clock = Clock()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        preference_data.write(PairDesign(Principal.named("nonprofit"), pairs), folder / "pairs")
        data = preference_data.read(folder / "pairs").table.select_columns(["prompt", "chosen", "rejected"])
        config = DPOConfig(
            output_dir=str(folder / "run"),
            bf16=cuda,
            per_device_train_batch_size=options.batch,
            gradient_accumulation_steps=options.accumulate,
            activation_checkpointing=cuda,
            precompute_ref_log_probs=False,
            max_length=1024,
            num_train_epochs=1,
            disable_tqdm=True,
            logging_strategy="no",
            save_strategy="no",
            report_to="none",
            beta=0.1,
            learning_rate=2e-5,
        )
        trainer = DPOTrainer(
            model=model,
            args=config,
            train_dataset=data,
            processing_class=tokenizer,
            peft_config=_lora(),
            callbacks=[clock],
        )
        trainer.train()
    spent = clock.times[-1] - clock.times[1]
    lengths = [
        len(tokenizer.apply_chat_template([*row["prompt"], *row[side]], return_dict=False))
        for row in data.to_list()
        for side in ("chosen", "rejected")
    ]
    share = options.steps / (options.steps + 2)
    tokens, squares = share * sum(lengths), share * sum(length**2 for length in lengths)
    # The reference's forward pass (2N a token) is part of each step here.
    flops = 1.5 * shape.flops(round(tokens), round(squares))
    peak = options.peak_tflops or _peak(torch, cuda)
    return {
        "shape": options.shape,
        "parameters": sum(p.numel() for p in model.parameters()),
        "device": torch.cuda.get_device_name() if cuda else "cpu",
        "torch": torch.__version__,
        "steps": options.steps,
        "pairs_a_step": options.batch * options.accumulate,
        "mean_tokens": sum(lengths) / len(lengths),
        "samples_per_s": options.steps * options.batch * options.accumulate / spent,
        "tokens_per_s": tokens / spent,
        "peak_gib": torch.cuda.max_memory_allocated() / 2**30 if cuda else None,
        "mfu": None if peak is None else flops / spent / (peak * 1e12),
    }


def _model(shape: Shape, torch: Any, cuda: bool) -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        intermediate_size=shape.inner,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        max_position_embeddings=8192,
    )
    with torch.device("cuda" if cuda else "cpu"):
        before = torch.get_default_dtype()
        torch.set_default_dtype(torch.bfloat16 if cuda else torch.float32)
        try:
            return LlamaForCausalLM(config)
        finally:
            torch.set_default_dtype(before)


def _lora() -> Any:
    from peft import LoraConfig

    return LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")


def _peak(torch: Any, cuda: bool) -> float | None:
    name = torch.cuda.get_device_name() if cuda else ""
    return next((peak for part, peak in PEAK_TFLOPS.items() if part in name), None)


if __name__ == "__main__":
    main()
