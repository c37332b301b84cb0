"""Requests are gathered into batches and each gets its own answer, whoever is cancelled meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
import time
from dataclasses import dataclass, field

import anyio
import pytest
from inspect_ai.model import get_model

import fiduciary._registry  # noqa: F401 - makes peft/ known to Inspect without an installation
from fiduciary.training.errors import TrainingError
from fiduciary.training.rebench import provider
from fiduciary.training.rebench.provider import BATCH, _Desk, _salted
from tests.training.rebench.simulated import write_adapter, write_base


@dataclass(frozen=True)
class Asked:
    """A request as far as the desk looks at it."""

    number: int
    adapter: str = "base"


@dataclass
class Echo:
    """A generator that answers a request with its number, and may take time or fail."""

    seconds: float = 0.0
    bad: int | None = None
    batches: list[list[Asked]] = field(default_factory=list)
    busy: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, requests):
        with self.lock:
            self.busy += 1
            assert self.busy == 1, "two batches at a time"
        time.sleep(self.seconds)
        self.batches.append(requests)
        with self.lock:
            self.busy -= 1
        if self.bad in [request.number for request in requests]:
            raise RuntimeError("out of memory")
        return [request.number for request in requests]


def together(desk, requests):
    """All requests at once; answers or errors in their order."""

    async def main():
        return await asyncio.wait_for(
            asyncio.gather(*(desk.ask(r) for r in requests), return_exceptions=True), timeout=60
        )

    return asyncio.run(main())


def test_requests_of_one_moment_are_one_batch():
    echo = Echo()
    assert together(_Desk(echo), [Asked(i) for i in range(50)]) == list(range(50))
    assert [len(batch) for batch in echo.batches] == [50]


def test_a_batch_has_one_adapter_and_a_largest_size():
    echo = Echo(0.002)
    requests = [Asked(i, "ab"[i % 2]) for i in range(2 * BATCH + 20)]
    assert together(_Desk(echo), requests) == list(range(2 * BATCH + 20))
    assert all(len({request.adapter for request in batch}) == 1 for batch in echo.batches)
    assert max(len(batch) for batch in echo.batches) <= BATCH
    assert sum(len(batch) for batch in echo.batches) == len(requests)


def test_an_error_is_that_of_its_batch_only():
    echo = Echo(bad=0)
    desk = _Desk(echo)
    found = together(desk, [Asked(0, "a"), Asked(1, "a"), Asked(2, "b"), Asked(3, "b")])
    assert [isinstance(one, RuntimeError) for one in found] == [True, True, False, False]
    assert together(desk, [Asked(5, "a")]) == [5]


def test_a_desk_outlives_event_loops():
    desk = _Desk(Echo())
    for i in range(3):
        assert together(desk, [Asked(i), Asked(10 + i)]) == [i, 10 + i]
    assert (desk.waiting, desk.led) == ([], False)


@pytest.mark.parametrize("how", ["anyio", "asyncio"])
def test_cancelled_requests_hold_nobody_up(how):
    """Leaders, those that wait and those that are being answered are cancelled at random moments."""
    echo = Echo(0.004)
    desk = _Desk(echo)
    rng = random.Random(0)
    got: dict[int, int] = {}

    async def one(number, patience):
        await asyncio.sleep(rng.random() * 0.15)
        if how == "anyio":
            with anyio.move_on_after(patience):
                got[number] = await desk.ask(Asked(number, "abc"[number % 3]))
        else:
            with contextlib.suppress(TimeoutError):
                got[number] = await asyncio.wait_for(desk.ask(Asked(number, "abc"[number % 3])), patience)

    async def main():
        patience = [rng.random() * 0.02 if i % 2 else 1e9 for i in range(300)]
        await asyncio.wait_for(asyncio.gather(*(one(i, p) for i, p in enumerate(patience))), timeout=60)

    asyncio.run(main())
    assert got == {number: number for number in got}
    assert set(range(0, 300, 2)) <= set(got)
    assert (desk.waiting, desk.led) == ([], False)


def test_a_salt_makes_other_seeds():
    assert _salted(1, 0) == _salted(1, 0)
    seeds = {_salted(seed, salt) for seed in (-1, 0, 1, 2**63) for salt in (0, 1, 2)}
    assert len(seeds) == 12 and all(0 <= seed < 2**64 for seed in seeds)


def test_a_model_is_checked_when_it_is_made(tmp_path):
    base = write_base(tmp_path / "base")
    other = write_adapter(tmp_path / "other", "the/original", hidden=16)

    def refused(name="peft/x", **arguments):
        with pytest.raises(TrainingError) as error:
            get_model(name, memoize=False, **arguments)
        return str(error.value)

    assert "name the base model with -M base=DIR" in refused()
    assert "takes base, adapter and salt, not lora, top" in refused(base=str(base), lora="x", top=1)
    assert "is not a folder" in refused(base=str(tmp_path / "nowhere"))
    assert "is an adapter for another base" in refused(base=str(base), adapter=str(other))
    assert "no adapter folder" in refused(base=str(base), adapter=str(tmp_path / "nowhere"))


def test_adapters_of_a_base_share_its_connections(tmp_path):
    base = write_base(tmp_path / "base")
    adapter = write_adapter(tmp_path / "adapter", str(base))
    models = [
        get_model("peft/base", memoize=False, base=str(base)),
        get_model("peft/adapter", memoize=False, base=str(base), adapter=str(adapter)),
    ]
    assert len({model.api.connection_key() for model in models}) == 1
    assert models[0].api.max_connections() == BATCH
    assert [str(model) for model in models] == ["peft/base", "peft/adapter"]
    assert provider.peft
