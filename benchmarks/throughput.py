"""Questions per second: `inspect eval` and a bare client, both asking a server that answers at once.

    python -m benchmarks throughput

Both send the same one-token questions, in turn, some rounds of each. Of a round counts the time from its
first request to its last, so that neither a start nor the figures at a run's end are in it; the whole
command's seconds, and its processor time, which a busy machine changes less, stand beside it. Of each way
the fastest round counts. Which part of the time is Inspect's own: ``docs/inspect_overhead.md``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.instant_server import NAME

ROOT = Path(__file__).parents[1]

ASKED = 150.0
"""Questions per second on two cores."""

CONNECTIONS = 100
"""Requests at a time of the bare client: the most that Inspect has by default."""

WAYS = {
    "inspect eval": (),
    "inspect eval, no live log": ("--no-log-realtime", "--no-score-display"),
}
"""Options of each way of running the suite."""


@dataclass(frozen=True)
class Round:
    """One way, once.

    Attributes:
        requests: what was sent.
        asking: seconds from the first request to the last.
        whole: seconds of everything.
        processor: seconds of processor time of everything.
    """

    requests: list[dict[str, Any]]
    asking: float
    whole: float
    processor: float

    @property
    def rate(self) -> float:
        """Questions per second."""
        return len(self.requests) / self.asking


def main(argv: list[str] | None = None) -> int:
    """Print the table; the exit code says whether the rate asked for was reached."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.throughput",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--n", type=int, default=1000, help="problems (1000)")
    parser.add_argument("--rounds", type=int, default=2, help="of each way (2)")
    options = parser.parse_args(argv)
    found: dict[str, list[Round]] = {name: [] for name in [*WAYS, "bare client"]}
    with served() as url:
        for _ in range(options.rounds):
            for name, given in WAYS.items():
                found[name].append(suite(url, options.n, given))
            found["bare client"].append(bare(url, found["inspect eval"][0].requests))
    best = {name: max(rounds, key=lambda one: one.rate) for name, rounds in found.items()}
    client = best["bare client"].rate
    print(f"{'':28}{'questions':>10}{'a second':>10}{'whole, s':>10}{'CPU, s':>8}{'of the client':>15}")
    for name, one in best.items():
        print(
            f"{name:28}{len(one.requests):>10}{one.rate:>10.0f}{one.whole:>10.1f}{one.processor:>8.1f}"
            f"{one.rate / client:>15.3f}"
        )
    print(f"asked: >= {ASKED:g} a second by inspect eval")
    return int(best["inspect eval"].rate < ASKED)


@contextmanager
def served() -> Iterator[str]:
    """The server in a process of its own; its address."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.instant_server"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
    finally:
        server.terminate()
        server.wait()


def suite(url: str, n: int, given: Sequence[str]) -> Round:
    """`inspect eval` as a user types it."""
    began, used = time.perf_counter(), _processor(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [
                *(sys.executable, "-m", "inspect_ai", "eval", "tasks/stakeholder_choice"),
                *("--model", f"vllm/{NAME}", "-T", "elicitation=choose", "-T", f"n={n}", "--log-dir", folder),
                *given,
            ],
            cwd=ROOT,
            env={**os.environ, "VLLM_BASE_URL": f"{url}/v1"},
            stdout=subprocess.DEVNULL,
            check=True,
        )
    whole, processor = time.perf_counter() - began, _processor(resource.RUSAGE_CHILDREN) - used
    told = _told(url)
    return Round(told["requests"], told["seconds"], whole, processor)


def bare(url: str, requests: list[dict[str, Any]]) -> Round:
    """The same requests by the OpenAI client alone."""
    began, used = time.perf_counter(), _processor(resource.RUSAGE_SELF)
    asyncio.run(_send(url, requests))
    whole, processor = time.perf_counter() - began, _processor(resource.RUSAGE_SELF) - used
    told = _told(url)
    return Round(told["requests"], told["seconds"], whole, processor)


async def _send(url: str, requests: list[dict[str, Any]]) -> None:
    from openai import AsyncOpenAI

    client = AsyncOpenAI(base_url=f"{url}/v1", api_key="none")
    gate = asyncio.Semaphore(CONNECTIONS)

    async def one(request: dict[str, Any]) -> None:
        async with gate:
            # As a whole, since the client knows nothing of what vLLM takes beyond OpenAI's settings.
            await client.chat.completions.create(
                model=request["model"], messages=request["messages"], extra_body=request
            )

    await asyncio.gather(*(one(request) for request in requests))


def _told(url: str) -> dict[str, Any]:
    return dict(httpx.get(f"{url}/told", trust_env=False, timeout=60).json())


def _processor(who: int) -> float:
    spent = resource.getrusage(who)
    return spent.ru_utime + spent.ru_stime


if __name__ == "__main__":
    raise SystemExit(main())
