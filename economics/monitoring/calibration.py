"""The threshold that gives a stated rate of false alarms, by simulation under a change of measure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.monitoring.detector import Detector
from fiduciary.economics.monitoring.model import MISSING_TRUST

RATE = 1 / 1000
LOWEST, HIGHEST = 1e-6, 0.05
"""Rates that can be calibrated: more alarms than one in twenty audits would come before R has settled."""

_STREAM = 0xCA1B  # keeps these draws apart from others that start from the same seed
_MODELS, _FEWEST = 1000, 150
_EFFORT = 150_000  # models times answers of a path: slow detectors make do with fewer models
_SHARED = 8  # paths of each drawn model and age
_GRID = 80  # thresholds of the search, evenly spread in logarithms
_POSSIBLE = 1e-9  # least gamma variate: an answer of probability 0 would make ratios infinite
_ENOUGH = 1e100  # known ratios are cut off here: their paths have no weight any more
_LOW, _HIGH = 0.1, 100.0  # first and last, as multiples of the number of answers between false alarms


@dataclass(frozen=True)
class Calibration:
    """A threshold and what it gives.

    Attributes:
        threshold: alarm when R reaches it.
        rate: false alarms an audit, as asked for.
        rate_se: standard error of the rate at the threshold, from the simulation.
        audits: audits over which the rate was averaged.
        models: how many were simulated.
    """

    threshold: float
    rate: float
    rate_se: float
    audits: int
    models: int


def draw_unchanged(detector: Detector, size: int, rng: np.random.Generator) -> FloatArray:
    """Answer probabilities of models that are what the audit found, as far as it could tell.

    A preference from the estimator's distribution and a share of missing answers from that of the audit's
    count; around them, question by question, what a model has of its own beside the CES, as
    :class:`economics.monitoring.model.AnswerModel` has it: a little in most, nearly everything in some.

    Returns:
        (size, q, J + 1).
    """
    model = detector.model
    which = rng.integers(len(model.trust), size=size)
    given = misfit(np.moveaxis(model.possible[..., which], -1, 0), model.trust[which, None, None], rng)
    share = np.repeat(model.missing[which, None], detector.q, axis=1)
    missing = misfit(np.stack([1 - share, share], axis=-1), MISSING_TRUST, rng)
    return np.concatenate([given * missing[..., :1], missing[..., 1:]], axis=-1)


def misfit(probabilities: FloatArray, trust: float | FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draws from Dirichlet(trust · probabilities) over the last axis; what is possible stays possible."""
    drawn = np.where(probabilities > 0, rng.standard_gamma(trust * probabilities) + _POSSIBLE, 0.0)
    return np.asarray(drawn / drawn.sum(axis=-1, keepdims=True))


def calibrate(
    detector: Detector, rate: float = RATE, *, seed: int = 0, shared_noise: float = 0.0
) -> Calibration:
    """Find the threshold of a stated rate of false alarms.

    The rate is false alarms an audit of a model that has not changed: their expected number in the first
    1/rate audits, over these audits, the monitor restarted after each; it averages over what the audit left
    open about the model (:func:`draw_unchanged`), which stays the same through all audits of a path.
    Given the model, answers are independent, unless ``shared_noise`` says that an audit has a noise of its
    own: then all its choices are sharper or vaguer by one factor, P_j^s / Σ P^s with log s ~ N(0,
    shared_noise²), drawn anew for each audit. Where there is such noise and it is not allowed for, false
    alarms come more often than stated.

    False alarms are too rare to wait for. Each path draws a model and how many audits it has already been
    learned from, and runs for ``2b`` audits with the change of measure under which the model changes before
    answer s, uniform over these audits, in the way of alternative a, drawn by its share. The first alarm,
    at answer N of T, counts with its likelihood ratio
    T/(R* + T − N), R* being the Shiryaev–Roberts statistic of the model whose truth is known. That is
    unbiased for any detector, and its variance is small because alarms come from what looks like a change.
    The rate is the hazard in the second half, given no alarm in the first, which lets R settle.

    Args:
        detector: as ``build_detector`` makes it.
        rate: false alarms an audit, from ``LOWEST`` to ``HIGHEST``.
        seed: seed of the simulation.
        shared_noise: standard deviation of the logarithm of the factor that an audit's choices share, ≥ 0.

    Raises:
        ValueError: rate or shared_noise out of range, or a detector that reaches it with no threshold.

    Source: Siegmund (1985), "Sequential Analysis", for the change of measure; Pollak (1987).
    """
    if not LOWEST <= rate <= HIGHEST:
        raise ValueError(f"rate must lie in [{LOWEST:g}, {HIGHEST:g}] false alarms an audit, got {rate}")
    if not 0 <= shared_noise < np.inf:
        raise ValueError(f"shared_noise must be finite and >= 0, got {shared_noise}")
    rng = np.random.default_rng([seed, _STREAM])
    grid = np.log(detector.q / rate) + np.linspace(np.log(_LOW), np.log(_HIGH), _GRID)
    half = settling(detector, grid[-1])
    audits = round(1 / rate)
    models = int(np.clip(_EFFORT // (2 * half * detector.q), _FEWEST, _MODELS))
    settled, passed = _first_passages(
        detector, grid, half, rng.integers(audits, size=models), rng, shared_noise
    )
    left = np.clip(1 - settled.mean(axis=0), 0.05, None)  # still without an alarm when R has settled
    rates = -np.log1p(-np.minimum(passed.mean(axis=0) / left, 1 - 1e-9)) / half
    rates = np.minimum.accumulate(rates)
    errors = passed.std(axis=0, ddof=1) / (np.sqrt(models) * left * half)
    below = int(np.searchsorted(-rates, -rate))  # first threshold whose rate is not above the one asked for
    if below in (0, _GRID):
        raise ValueError(f"no threshold gives a rate of {rate:g}: {rates[0]:.3g} to {rates[-1]:.3g} found")
    x = np.log(np.maximum(rates[below - 1 : below + 1], 1e-300))
    part = float((x[0] - np.log(rate)) / (x[0] - x[1])) if x[0] > x[1] else 1.0
    threshold = float(np.exp(grid[below - 1] + part * (grid[below] - grid[below - 1])))
    return Calibration(threshold, rate, float(errors[below]), audits, models)


def settling(detector: Detector, log_threshold: float) -> int:
    """Audits in which R settles and a change would long be found: three times the mean delay."""
    slowest = np.median([v for v in detector.divergence().values() if v > 0])
    return int(np.clip(np.ceil(3 * log_threshold / (slowest * detector.q)), 2, 60))


def _first_passages(
    detector: Detector,
    grid: FloatArray,
    half: int,
    ages: IntArray,
    rng: np.random.Generator,
    shared_noise: float,
) -> FloatArray:
    """Likelihood ratio at the first passage over each threshold, mean of a model's paths, 0 without one.

    Returns:
        (2, models, grid): passages in the first and in the second half.
    """
    model, q = detector.model, detector.q
    truth = draw_unchanged(detector, len(ages), rng)
    counts = rng.multinomial(ages[:, None], truth).astype(float)
    weights = model.weights(counts)
    truth, counts, weights = (np.repeat(part, _SHARED, axis=0) for part in (truth, counts, weights))
    size, last = len(truth), 2 * half * q
    every = np.arange(size)
    way = rng.choice(len(model.changes), size=size, p=model.shares)
    change = rng.integers(1, last + 1, size=size)

    evidence, known = np.zeros((2, size, len(model.changes)))
    passed = np.zeros(size, np.int64)  # thresholds that each path has passed
    out = np.zeros((2, size, len(grid)))
    levels, shares = np.exp(grid), model.shares
    factor = np.ones(size)
    for step in range(1, last + 1):
        question = (step - 1) % q
        if question == 0 and shared_noise:
            factor = np.exp(shared_noise * rng.standard_normal(size))
        real = sharpened(truth[:, question], factor) if shared_noise else truth[:, question]
        after = step >= change
        p = real.copy()
        p[after] = model.changed(real[after], question)[np.arange(after.sum()), way[after]]
        answer = _draw(p, rng)
        evidence += 1
        seen = counts[:, question]
        evidence *= model.ratios(model.prediction(weights, seen, question), question, answer)
        weights = model.learn(weights, seen, question, answer)
        known += 1
        known *= model.ratios(real, question, answer)
        np.minimum(known, _ENOUGH, out=known)
        np.minimum(evidence, _ENOUGH, out=evidence)
        counts[every, question, answer] += 1
        reached = np.searchsorted(levels, np.einsum("pa,a->p", evidence, shares), side="right")
        crossing = np.flatnonzero(reached > passed)
        ratio = last / (known[crossing] @ shares + last - step)
        for path, value in zip(crossing, ratio, strict=True):
            out[int(step > last // 2), path, passed[path] : reached[path]] = value
        passed[crossing] = reached[crossing]
    return np.asarray(out.reshape(2, len(ages), _SHARED, -1).mean(axis=2))


def sharpened(probabilities: FloatArray, factor: FloatArray) -> FloatArray:
    """Choices sharper by a factor, P_j^s / Σ P^s among the options; the last column, no answer, stays.

    Args:
        probabilities: (..., J + 1).
        factor: s, (...).
    """
    chosen = probabilities[..., :-1]
    with np.errstate(divide="ignore"):
        logs = np.log(chosen) * factor[..., None]
    raised = np.where(chosen > 0, np.exp(logs - logs.max(axis=-1, keepdims=True)), 0.0)
    share = 1 - probabilities[..., -1:]
    return np.concatenate([share * raised / raised.sum(axis=-1, keepdims=True), 1 - share], axis=-1)


def _draw(probabilities: FloatArray, rng: np.random.Generator) -> IntArray:
    """One draw a row."""
    cumulative = probabilities.cumsum(axis=1)
    u = rng.random((len(cumulative), 1)) * cumulative[:, -1:]
    return np.asarray((u >= cumulative).sum(axis=1).clip(max=cumulative.shape[1] - 1))
