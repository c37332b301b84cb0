"""What the suite costs beyond the server: the same requests by `inspect eval` and by a bare client.

    runs/serve_cpu.sh subjects/tiny_manager/base          # or any vLLM server; writes .env
    python -m benchmarks.serving_overhead --model llama-3.1-8b --n 300 --wording compact
    python -m benchmarks.serving_overhead --shape 100m --n 60 --server-python .venv-vllm/bin/python

Both send the same messages with the same settings, as many at a time, to the same server. A first run of
the suite, which does not count, keeps what it sent. Then each goes twice, in turn, so that a warm cache
serves both alike; the faster time of each counts. ``--shape`` starts a server with dummy weights of that
shape. Prints seconds and their ratio; the exit code is 1 above 1.3.

The suite costs about 15 ms of one core a problem whatever the model, so the ratio says as much about the
server: it is high where a model answers a problem faster than that on cores that both share.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from inspect_ai import eval as run_eval
from inspect_ai.log import EvalLog
from inspect_ai.model import get_model

from benchmarks.dpo_gpu import SHAPES
from benchmarks.serving_throughput import NAME, served, write_checkpoint
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice

ASKED = 1.3


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and say whether the ratio is as asked."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.serving_overhead",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--model", default="llama-3.1-8b", help="name that the server knows (%(default)s)")
    parser.add_argument("--n", type=int, default=300, help="problems (300)")
    parser.add_argument("--wording", default="plain", help="of the problems (plain)")
    parser.add_argument("--connections", type=int, default=64, help="requests at a time (64)")
    parser.add_argument("--max-tokens", type=int, help="of an answer (the task's own)")
    parser.add_argument("--shape", choices=list(SHAPES), help="serve dummy weights of this shape")
    parser.add_argument("--server-python", default=sys.executable, help="one that has vLLM, for --shape")
    options = parser.parse_args(argv)
    if options.shape is None:
        if "VLLM_BASE_URL" not in os.environ:
            _read_env()
        return measure(options)
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = Path(folder) / "checkpoint"
        write_checkpoint(checkpoint, SHAPES[options.shape])
        with served(options.server_python, checkpoint, Path(folder) / "server.log") as url:
            os.environ["VLLM_BASE_URL"] = f"{url}/v1"
            options.model = NAME
            return measure(options)


def measure(options: argparse.Namespace) -> int:
    """Both ways in turn, on the server that VLLM_BASE_URL names."""
    requests, _ = ask(options, keep=True)
    suite, bare = [], []
    for _ in range(2):
        suite.append(ask(options)[1])
        began = time.perf_counter()
        tokens = asyncio.run(send(requests, options.connections))
        bare.append(time.perf_counter() - began)
    ratio = min(suite) / min(bare)
    out = {
        "problems": options.n,
        "shape": options.shape,
        "suite_s": [round(s, 2) for s in suite],
        "bare_s": [round(s, 2) for s in bare],
        "tokens": tokens,
        "ratio": round(ratio, 3),
        "asked": ASKED,
    }
    print(json.dumps(out, indent=2))
    return int(ratio > ASKED)


def ask(options: argparse.Namespace, keep: bool = False) -> tuple[list[dict[str, object]], float]:
    """The suite's way: what it sent where that is kept, and the seconds that it took."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        [log] = run_eval(
            stakeholder_choice(n=options.n, wording=options.wording),
            model=get_model(f"vllm/{options.model}", memoize=False),
            max_connections=options.connections,
            log_dir=folder,
            log_realtime=False,
            score_display=False,
            log_model_api=keep,
            **({"max_tokens": options.max_tokens} if options.max_tokens else {}),
            display="none",
        )
        spent = time.perf_counter() - began
        if log.status != "success":
            raise SystemExit(f"the run ended with {log.status}: {log.error.message if log.error else ''}")
        return requests_of(log) if keep else [], spent  # a log's events are read from its file


def requests_of(log: EvalLog) -> list[dict[str, object]]:
    """What Inspect sent for every sample."""
    found = []
    for sample in log.samples or []:
        for event in sample.events:
            if event.event == "model" and event.call is not None:
                found.append(dict(event.call.request))
    return found


async def send(requests: list[dict[str, object]], connections: int) -> int:
    """The same requests by the OpenAI client alone; returns the tokens generated."""
    from openai import AsyncOpenAI

    client = AsyncOpenAI(base_url=os.environ["VLLM_BASE_URL"], api_key=os.environ.get("VLLM_API_KEY", "none"))
    gate = asyncio.Semaphore(connections)

    async def one(request: dict[str, object]) -> int:
        own = {key: value for key, value in request.items() if key not in ("extra_headers", "extra_body")}
        async with gate:
            made = await client.chat.completions.create(**own, extra_body=request.get("extra_body"))  # type: ignore[call-overload]
        return int(made.usage.completion_tokens)

    return sum(await asyncio.gather(*(one(request) for request in requests)))


def _read_env() -> None:
    """As Inspect does: the server's script wrote there how it is reached."""
    with open(".env", encoding="utf-8") as file:
        for line in file:
            name, equals, value = line.strip().partition("=")
            if equals:
                os.environ.setdefault(name, value)


if __name__ == "__main__":
    raise SystemExit(main())
