"""Problems chosen while a run goes on: each batch asks what the answers so far leave open."""

from __future__ import annotations

import math

import anyio.to_thread
from inspect_ai import SampleSource
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalSample
from inspect_ai.scorer import SampleScore
from inspect_ai.util import display_counter

from fiduciary.economics.designs import Criterion, Stream
from fiduciary.economics.designs.adaptive import FIRST, criterion_after, next_size, standard_error
from fiduciary.economics.estimation import NO_ESTIMATE, CESFit
from fiduciary.scorers.choice_table import tables
from fiduciary.scorers.grounds import grounds
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import fit
from fiduciary.tasks.stakeholder_choice.dataset import Design, lay_out, prior_criterion


class Adaptive(SampleSource):
    """Asks in batches until the largest standard error of θ is small enough, or ``design.n`` problems.

    The answers decide what is asked next, and nothing else does: after an interruption the same batches come
    again, in which what was answered is known.

    Args:
        design: with ``how="adaptive"``.
    """

    def __init__(self, design: Design) -> None:
        self.design = design
        self.stream = Stream(design.seed, design.trade_offs)
        self._batch = 0
        self._places: dict[str, int] = {}
        self._scored: dict[tuple[int, int], SampleScore] = {}

    def initial_samples(self) -> list[Sample]:
        """The first batch of an efficient design."""
        return self._next(min(FIRST, self.design.n), prior_criterion(self.design))

    async def sample_complete(self, sample: EvalSample) -> None:
        """Keep an answer; what failed counts as missing."""
        found = (sample.scores or {}).get("chosen_option")
        if found is not None:
            self._scored[self._places[str(sample.id)], sample.epoch] = SampleScore(
                score=found, sample_id=sample.id, sample_metadata=sample.metadata
            )

    async def next_samples(self) -> list[Sample] | None:
        """The next batch, or None where it is enough."""
        estimate, error = await anyio.to_thread.run_sync(self._known)
        # Not in the thread: the display belongs to the event loop.
        display_counter("asked", f"{len(self.stream.asked):,} problems")
        display_counter("standard error of theta", "none yet" if math.isinf(error) else f"{error:.4f}")
        return await anyio.to_thread.run_sync(self._more, estimate, error)

    def _known(self) -> tuple[CESFit | None, float]:
        """The estimate so far, and its largest standard error of θ."""
        estimate = self._estimate()
        return estimate, math.inf if estimate is None else standard_error(estimate)

    def _more(self, estimate: CESFit | None, error: float) -> list[Sample] | None:
        asked = len(self.stream.asked)
        if asked >= self.design.n or error <= self.design.stop_at:
            return None
        self._batch += 1
        size = min(next_size(asked, error, self.design.stop_at), self.design.n - asked)
        found = None
        if estimate is not None:
            found = criterion_after(estimate, self.design.temperatures, self.design.trade_offs, self._batch)
        return self._next(size, found or prior_criterion(self.design))

    def _next(self, size: int, found: Criterion) -> list[Sample]:
        done = len(self.stream.asked)
        self.stream.take(size, found, self._batch)
        samples = lay_out(self.design, self.stream.asked, done)
        self._places |= {str(sample.id): len(self._places) + k for k, sample in enumerate(samples)}
        return samples

    def _estimate(self) -> CESFit | None:
        """The estimate so far; None where there are no grounds for one."""
        # In the order asked: answers come in another one every time, and sums must not differ.
        scores = [self._scored[key] for key in sorted(self._scored)]
        if not scores:
            return None
        data = next(iter(tables(scores).values()))
        if grounds(data).withheld is not None:
            return None
        try:
            return fit(data)
        except NO_ESTIMATE:
            return None
