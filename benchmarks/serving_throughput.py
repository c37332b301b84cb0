"""How fast a Llama of a given shape answers choice problems behind vLLM, and beside transformers.

    python -m benchmarks.serving_throughput --shape 8b                  # one GPU of 80 GB, with vLLM
    python -m benchmarks.serving_throughput --shape tiny --n 100 --transformers-n 32 \\
        --server-python .venv-vllm/bin/python                           # the same code on a CPU

Weights are dummies, since speed does not depend on them; so is what they say, which is why every answer
goes on to ``--max-tokens``. The server starts here, on a free port, and is stopped before transformers loads
the same shape. Prints one JSON object, for ``text`` (explain, then choose) and ``choose``:

- ``problems_per_s`` and ``tokens_per_s`` (generated) of `inspect eval`, start and scoring included;
- ``cached``: share of prompt tokens that came from the server's prefix cache;
- ``transformers_problems_per_s``: the same prompts by ``generate`` in batches (``choose``: one forward
  pass), without Inspect;
- ``ratio``: the first over the last.

Needs the training environment (`make train-env`), and vLLM in it or in that of ``--server-python``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.dpo_gpu import SHAPES, Shape
from fiduciary.serving.ready import probe

NAME = "dummy"
START_SECONDS = 1800.0


@dataclass(frozen=True)
class Spent:
    """What one run took: seconds, generated tokens, prompt tokens and those of them found in the cache."""

    seconds: float
    tokens: int
    queried: float
    cached: float


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.serving_throughput",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--shape", choices=list(SHAPES), default="8b")
    parser.add_argument("--n", type=int, default=1000, help="problems (1000)")
    parser.add_argument("--max-tokens", type=int, default=200, help="of each explained answer (200)")
    parser.add_argument("--connections", type=int, default=256, help="requests at a time (256)")
    parser.add_argument("--transformers-n", type=int, default=128, help="the same for transformers (128)")
    parser.add_argument("--batch", type=int, default=64, help="of transformers (64)")
    parser.add_argument("--server-python", default=sys.executable, help="one that has vLLM (this one)")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        checkpoint = Path(temporary) / "checkpoint"
        write_checkpoint(checkpoint, SHAPES[options.shape])
        with served(options.server_python, checkpoint, Path(temporary) / "server.log") as url:
            runs = {kind: ask(kind, options, url) for kind in ("text", "choose")}
        slow = {}
        if options.transformers_n:
            slow = {kind: by_transformers(kind, options, checkpoint) for kind in runs}
    out: dict[str, Any] = {"shape": options.shape, "device": _device(), "problems": options.n}
    for kind, spent in runs.items():
        out[kind] = {
            "problems_per_s": options.n / spent.seconds,
            "tokens_per_s": spent.tokens / spent.seconds,
            "cached": spent.cached / spent.queried if spent.queried else None,
            "transformers_problems_per_s": slow.get(kind),
            "ratio": options.n / spent.seconds / slow[kind] if kind in slow else None,
        }
    print(json.dumps(out, indent=2))
    return 0


def write_checkpoint(folder: Path, shape: Shape) -> None:
    """Configuration and tokenizer; weights are made up when it is loaded."""
    from fiduciary.subjects.tiny_manager import BASE

    folder.mkdir()
    for file in Path(BASE).iterdir():
        if file.name.startswith(("tokenizer", "chat_template", "generation_config")):
            shutil.copy(file, folder / file.name)
    config = json.loads((Path(BASE) / "config.json").read_text())
    config |= {
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.hidden,
        "intermediate_size": shape.inner,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "head_dim": shape.hidden // shape.heads,
        "dtype": "bfloat16",
    }
    (folder / "config.json").write_text(json.dumps(config))


@contextlib.contextmanager
def served(python: str, checkpoint: Path, log: Path) -> Iterator[str]:
    """A vLLM server with dummy weights; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    gpu = bool(shutil.which("nvidia-smi"))
    # On a CPU as in runs/serve_cpu.sh.
    more = [] if gpu else ["--enforce-eager", "--no-enable-chunked-prefill"]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "VLLM_CPU_KVCACHE_SPACE": "2"}
    if not gpu:
        environment["TORCH_COMPILE_DISABLE"] = "1"
    command = [python, "-m", "vllm.entrypoints.openai.api_server", "--model", str(checkpoint)]
    command += ["--load-format", "dummy", "--served-model-name", NAME, "--generation-config", "vllm"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--max-model-len", "4096", *more]
    with log.open("w") as output:
        server = subprocess.Popen(
            command, stdout=output, stderr=output, env=environment, start_new_session=True
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url, server, log)
        yield url
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


def _await(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until a token was generated."""
    deadline = time.monotonic() + START_SECONDS
    while not probe(f"{url}/v1", "none", NAME, timeout=300).ready:
        if server.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"the server did not start:\n{log.read_text()[-3000:]}")
        time.sleep(1)


def ask(kind: str, options: argparse.Namespace, url: str) -> Spent:
    """`inspect eval` on the server."""
    from inspect_ai import eval as run_eval
    from inspect_ai.model import get_model

    from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice

    before = _cache(url)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as logs:
        [log] = run_eval(
            stakeholder_choice(n=options.n, elicitation=kind),
            model=get_model(f"vllm/{NAME}", base_url=f"{url}/v1", memoize=False),
            max_connections=options.connections,
            max_tokens=options.max_tokens if kind == "text" else 1,
            log_dir=logs,
            log_realtime=False,
            score_display=False,
            display="none",
        )
    spent = time.perf_counter() - began
    if log.status != "success":
        raise SystemExit(f"the run ended with {log.status}: {log.error.message if log.error else ''}")
    tokens = sum(usage.output_tokens for usage in log.stats.model_usage.values())
    queried, cached = (after - then for after, then in zip(_cache(url), before, strict=True))
    return Spent(spent, tokens, queried, cached)


def _cache(url: str) -> tuple[float, float]:
    """Prompt tokens looked up in the prefix cache so far, and those found."""
    sums = dict.fromkeys(("vllm:prefix_cache_queries", "vllm:prefix_cache_hits"), 0.0)
    for line in httpx.get(f"{url}/metrics", timeout=60, trust_env=False).raise_for_status().text.splitlines():
        name = line.partition("{")[0].removesuffix("_total")
        if name in sums and not line.startswith("#"):
            sums[name] += float(line.split()[-1])
    queries, hits = sums.values()
    return queries, hits


def by_transformers(kind: str, options: argparse.Namespace, checkpoint: Path) -> float:
    """Problems a second by transformers on the same prompts, in batches padded on the left."""
    import torch
    from inspect_ai.dataset import Sample
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    from fiduciary.solvers.asking import CLOSING, instruction
    from fiduciary.solvers.choosing import LABELS
    from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice

    def labels_of(sample: Sample) -> str:
        return LABELS[: (sample.metadata or {})["n_options"]]

    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = AutoTokenizer.from_pretrained(checkpoint, padding_side="left")
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(
            AutoConfig.from_pretrained(checkpoint), dtype=torch.bfloat16
        ).eval()
    texts = [
        tokenizer.apply_chat_template(
            [{"role": "user", "content": f"{sample.input}\n\n{instruction(kind, labels_of(sample))}"}],
            tokenize=False,
            add_generation_prompt=True,
        )
        + ("" if kind == "text" else CLOSING)
        for sample in stakeholder_choice(n=options.transformers_n, elicitation=kind).dataset
    ]

    @torch.inference_mode()
    def answer(batch: list[str]) -> None:
        inputs = tokenizer(batch, return_tensors="pt", padding=True, add_special_tokens=False).to(device)
        if kind == "text":
            model.generate(
                **inputs, do_sample=True, min_new_tokens=options.max_tokens, max_new_tokens=options.max_tokens
            )
        else:
            model(**inputs, logits_to_keep=1).logits.float().log_softmax(-1).cpu()

    answer(texts[:2])  # whatever is compiled or allocated the first time
    began = time.perf_counter()
    for start in range(0, len(texts), options.batch):
        answer(texts[start : start + options.batch])
    if device == "cuda":
        torch.cuda.synchronize()
    return len(texts) / (time.perf_counter() - began)


def _device() -> str:
    import torch

    return str(torch.cuda.get_device_name()) if torch.cuda.is_available() else "cpu"


if __name__ == "__main__":
    raise SystemExit(main())
