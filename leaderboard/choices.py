"""Answers to choice problems, read from logs and estimated, several logs at once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np
from inspect_ai.log import EvalSample, EvalSampleSummary
from inspect_ai.scorer import SampleScore, Score

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.estimation import NO_ESTIMATE, CESFit, Interval
from fiduciary.economics.inference import LEVEL
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.eval_logs import one_line, read_log, read_summaries
from fiduciary.leaderboard.log_files import Say
from fiduciary.scorers.choice_table import Table, tables
from fiduciary.scorers.grounds import grounds
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import PARAMETERS, fit

ASKED = {
    "choose": "the probabilities of the options' labels behind the closing words, without an explanation",
    "explain": "the probabilities of the options' labels behind the model's own explanation",
    "text": "what the model's explanations state in their last sentence",
}
"""What counts as a choice, by elicitation."""

_SERIAL = 6
"""Logs up to which starting processes costs more than it saves."""


@dataclass(frozen=True)
class Answers:
    """One run's answers to choice problems.

    Attributes:
        data: the answers.
        shares: (n, J), of each answer on each option, summing to 1; NaN for padding and missing answers.
        grounds: whether any figure may be shown.
        fit: the estimate; None where the answers allow none, and ``why`` says so.
        intervals: of every parameter, and of the weights also at the level that holds for all four at once;
            empty where they were not asked for.
    """

    data: Table
    shares: FloatArray
    grounds: Grounds
    fit: CESFit | None
    why: str
    intervals: Mapping[str, Interval]
    joint: Mapping[str, Interval]

    @property
    def missing(self) -> BoolArray:
        """(n,), whether an answer is missing."""
        return np.asarray(~np.isfinite(self.shares).any(axis=1))

    @property
    def likeliest(self) -> Answers:
        """The same as if the likeliest option were always taken, ties in equal parts: the limit τ → 0."""
        top = self.shares == np.fmax.reduce(self.shares, axis=1, initial=-np.inf)[:, None]
        count = top.sum(axis=1, keepdims=True)
        shares = np.where(np.isfinite(self.shares), top / np.maximum(count, 1), np.nan)
        return replace(self, shares=shares)


def read_table(file: str, elicitation: str | None = None) -> Table:
    """The answers of one log, by one of its ways of asking; by default the headline.

    Raises:
        ValueError: samples without what scoring needs.
    """
    try:
        found: Sequence[EvalSampleSummary | EvalSample] = read_summaries(file)
        return _one_way([score_of(sample) for sample in found], elicitation)
    except ValueError:
        # Summaries leave out long metadata; the samples themselves have them.
        return _one_way([score_of(sample) for sample in samples_of(file)], elicitation)


def _one_way(scores: Sequence[SampleScore], elicitation: str | None) -> Table:
    found = tables(scores)
    if elicitation is None:
        return next(iter(found.values()))
    if elicitation not in found:
        raise ValueError(f"no answers that were asked for by {elicitation}")
    return found[elicitation]


def samples_of(file: str) -> list[EvalSample]:
    """Samples with stores and full metadata, without what was said.

    Raises:
        UnusableLog: a log that cannot be read.
    """
    return read_log(file, ("messages", "events", "attachments")).samples or []


def estimated(data: Table, level: float | None = LEVEL) -> Answers:
    """Estimate answers, with an interval for every parameter where there is a level.

    The one place where a command does so: intervals take seconds each at a boundary.
    """
    shares = data.shares()
    total = np.nansum(shares, axis=1, keepdims=True)
    shares = shares / np.where(total > 0, total, np.nan)
    found_on = grounds(data)
    if found_on.withheld is not None:
        return Answers(data, shares, found_on, None, found_on.withheld, {}, {})
    try:
        found = fit(data)
        if level is None:
            return Answers(data, shares, found_on, found, "", {}, {})
        intervals = {name: found.interval(name, level) for name in PARAMETERS}
        joint = {name: found.interval(name, 1 - (1 - level) / 4) for name in PARAMETERS[:4]}
    except NO_ESTIMATE as error:
        return Answers(data, shares, found_on, None, f"no estimate: {one_line(error)}", {}, {})
    return Answers(data, shares, found_on, found, "", intervals, joint)


def read_all(
    files: Sequence[str], level: float | None, say: Say, elicitation: str | None = None
) -> dict[str, Answers | str]:
    """Answers of every log, or why there are none; in processes where there are many logs."""
    workers = min(os.cpu_count() or 1, len(files))
    out: dict[str, Answers | str] = {}
    if len(files) <= _SERIAL or workers < 2:
        for k, file in enumerate(files, 1):
            out[file] = _read(file, level, elicitation)
            _tell(k, len(files), say)
        return out
    # Not forked: Inspect runs threads.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        jobs = {pool.submit(_read, file, level, elicitation): file for file in files}
        for k, job in enumerate(as_completed(jobs), 1):
            out[jobs[job]] = job.result()
            _tell(k, len(files), say)
    return out


def _tell(k: int, n: int, say: Say) -> None:
    """Progress, in about ten lines however many logs there are."""
    if k == n or k % max(1, n // 10) == 0:
        say(f"choices: {k} of {n} logs")


def _read(file: str, level: float | None, elicitation: str | None) -> Answers | str:
    try:
        return estimated(read_table(file, elicitation), level)
    except Exception as error:  # a damaged file may fail anywhere in zip, JSON or validation
        return one_line(error)


def score_of(sample: EvalSampleSummary | EvalSample) -> SampleScore:
    """The score of a choice as metrics get it.

    Raises:
        ValueError: a sample that was not scored, and did not fail before.
    """
    found = (sample.scores or {}).get("chosen_option")
    if found is None:
        if sample.error is None:
            raise ValueError(f"sample {sample.id!r} has no score of 'chosen_option'")
        found = Score(value=0.0, metadata={"reason": "error"})
    return SampleScore(score=found, sample_id=sample.id, sample_metadata=sample.metadata)
