"""Does the monitor alarm as rarely as it says and as fast as it should, and is its canary set worth having?

    python -m benchmarks.monitoring

An audit of known preferences is simulated and estimated; canary set, detector and threshold follow from the
estimate alone. Then models are drawn that the audit leaves possible (afresh: none of the calibration's draws)
and monitored, unchanged or changed. Prints what was asked and what was measured:

a. false alarms of unchanged models, over 1,000 audits each, the monitor restarted after each alarm;
b. answers until a change of θ by 0.2 is found, median;
c. the same with tests of a fixed number of answers at the same false alarms an answer, their number and
   kind the best on average: of random problems, as repeated audits have it, and of the same canary set;
d. standard error of θ of random problems over that of the canary set;
e. answers until it is found that a fifth of the answers no longer comes;
f. false alarms when the model is no CES (an offset of one option in each question; noise that does not grow
   with the temperature; always the same answer to a question), with and without ten rounds of enrolment.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np

from benchmarks.monitoring_fixed_size import FixedSize
from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.conventions import TEMPERATURES
from fiduciary.economics.estimation import fit_ces
from fiduciary.economics.logit import choice_probabilities, draw_choices
from fiduciary.economics.monitoring import (
    AuditedPreference,
    Canary,
    Detector,
    build_detector,
    calibrate,
    choose_canary,
)
from fiduciary.economics.monitoring.calibration import misfit
from fiduciary.economics.monitoring.model import TRUST
from fiduciary.economics.problems import ChoiceProblem, generate, stack
from fiduciary.economics.utility import CES, profile

RATE = 1 / 1000
TAU = 0.5
MEDIAN, TIMES, GAIN = 60, 3.0, 2.0
STEP = 0.2
HISTORY = 20  # audits before a change, in the rows that say so


@dataclass(frozen=True)
class Monitored:
    """An audited preference with its canary set and calibrated detector."""

    label: str
    canary: Canary
    detector: Detector
    pool: list[ChoiceProblem]

    @property
    def audited(self) -> AuditedPreference:
        return self.detector.audited


def prepare(label: str, truth: CES, n: int, seed: int) -> Monitored:
    """Audit a known preference with n problems and set its monitor up."""
    rng = np.random.default_rng([seed, 90])
    welfare = stack(generate(n, seed))
    tau = rng.permutation(np.resize(TEMPERATURES, n))
    audited = AuditedPreference.from_fit(
        fit_ces(welfare, draw_choices(truth.utility(welfare), tau, rng), tau)
    )
    pool = generate(3000, seed + 1)
    canary = choose_canary(pool, audited, TAU, seed=seed)
    detector = build_detector(audited, canary.problems, TAU)
    start = time.perf_counter()
    found = calibrate(detector, RATE, seed=seed)
    print(
        f"{label}: audit of {n}, theta {np.round(audited.theta, 3).tolist()}, rho {audited.rho:.2f}; "
        f"threshold {found.threshold:.0f} (s.e. of its rate {found.rate_se / found.rate:.0%}), "
        f"{time.perf_counter() - start:.1f} s to calibrate",
        flush=True,
    )
    return Monitored(label, canary, detector.with_threshold(found.threshold), pool)


def answers_of(detector: Detector, utilities: list[CES], extra: FloatArray | None = None) -> FloatArray:
    """Answer probabilities (models, q, J + 1) of CES models that never miss an answer."""
    p = np.stack(
        [
            choice_probabilities(u.utility(detector.welfare) + (0.0 if extra is None else extra), TAU)
            for u in utilities
        ]
    )
    return np.concatenate([p, np.zeros((*p.shape[:2], 1))], axis=-1)


def moved(utilities: list[CES], k: int, l: int) -> list[CES]:  # noqa: E741
    """The same models with STEP (or what there is) of weight k given to l."""
    out = []
    for u in utilities:
        theta = np.array(u.theta)
        step = min(STEP, theta[k])
        theta[k], theta[l] = theta[k] - step, theta[l] + step
        out.append(CES(tuple(np.clip(theta, 0, None)), u.rho, u.gamma))
    return out


def draw(p: FloatArray, rng: np.random.Generator) -> IntArray:
    """One answer for each distribution over the last axis."""
    gumbel = rng.gumbel(size=p.shape)
    with np.errstate(divide="ignore"):
        return np.asarray(np.argmax(np.log(p) + gumbel, axis=-1))


def watch(
    detector: Detector,
    before: FloatArray,
    rng: np.random.Generator,
    *,
    audits: int,
    after: FloatArray | None = None,
    change: int = 0,
    enrolment: int = 0,
    restart: bool = False,
) -> tuple[FloatArray, FloatArray]:
    """Monitor many models at once: answers are drawn here, likelihoods are the detector's own.

    Args:
        detector: the detector.
        before, after: answer probabilities (models, q, J + 1), in audits before and from ``change`` on.
        rng: source of the answers.
        audits: how many.
        change: the first audit of the changed model; without ``after`` there is none.
        enrolment: rounds of answers that are learned from and not tested.
        restart: whether the evidence is set to 0 after an alarm.

    Returns:
        Alarms by audit (audits,); answers of every model after the change until the first alarm (models,),
        infinite for none, NaN where the alarm came before the change.
    """
    model, threshold = detector.model, detector.threshold
    if threshold is None:
        raise ValueError("the detector needs a threshold")
    size, every = len(before), np.arange(len(before))
    counts = rng.multinomial(enrolment, before).astype(float)
    weights = model.weights(counts)
    evidence = np.zeros((size, len(model.changes)))
    alarms, first = np.zeros(audits), np.full(size, np.inf)
    for audit in range(audits):
        real = before if after is None or audit < change else after
        for question in range(detector.q):
            answer = draw(real[:, question], rng)
            seen = counts[:, question]
            evidence += 1
            evidence *= model.ratios(model.prediction(weights, seen, question), question, answer)
            weights = model.learn(weights, seen, question, answer)
            counts[every, question, answer] += 1
            hit = evidence @ model.shares >= threshold
            alarms[audit] += hit.sum()
            first[hit] = np.minimum(first[hit], audit * detector.q + question + 1)
            if restart:
                evidence[hit] = 0
    delay = first - change * detector.q
    return alarms, np.where(delay > 0, delay, np.nan)


def report(case: Monitored, rng: np.random.Generator, models: int) -> dict[str, bool]:
    """Print one audited preference's table; return what was reached."""
    detector, audited = case.detector, case.audited
    possible = audited.draw(models, rng)
    exact = answers_of(detector, possible)

    fine: dict[str, bool] = {}
    gain = case.canary.gain
    fine["d"] = bool(gain.min() >= GAIN)
    print(
        f"  d. standard error of theta, random over canary: {np.round(gain, 2).tolist()} (asked: >= {GAIN:g})"
    )

    horizon = round(1 / RATE)
    fine["a"] = True
    for kind, truth in (("as the audit found", exact), ("with misfit", misfit(exact, TRUST[0], rng))):
        alarms, _ = watch(detector, truth, rng, audits=horizon, restart=True)
        rate, early = alarms.mean() / models, alarms[:50].mean() / models
        ok = abs(rate / RATE - 1) <= 1 / 3
        fine["a"] &= bool(ok)
        print(
            f"  a. unchanged models {kind}: {alarms.sum():.0f} alarms in {models * horizon:,} audits, one in "
            f"{1 / rate:,.0f} (first 50 audits: one in {1 / max(early, 1e-9):,.0f}); asked: one in "
            f"{1 / RATE:,.0f} ± a third{'' if ok else '   <- missed'}",
            flush=True,
        )

    pairs = [
        (k, l)
        for k in range(4)
        for l in range(4)  # noqa: E741
        if k != l and audited.theta[k] >= STEP
    ]
    some = possible[: min(400, models)]
    before = answers_of(detector, some)
    medians = []
    for k, l in pairs:  # noqa: E741
        after = answers_of(detector, moved(some, k, l))
        fresh = watch(detector, before, rng, audits=25, after=after)[1]
        later = watch(detector, before, rng, audits=HISTORY + 15, after=after, change=HISTORY)[1]
        medians.append((np.nanmedian(fresh), np.nanmedian(later)))
    fresh, later = np.array(medians).T
    fine["b"] = bool(later.max() <= MEDIAN and np.median(fresh) <= MEDIAN)
    print(
        f"  b. theta moved by {STEP:g} in {len(pairs)} ways, median answers until found: after {HISTORY} "
        f"audits {np.median(later):.0f} (slowest {later.max():.0f}), from the first answer "
        f"{np.median(fresh):.0f} (slowest {fresh.max():.0f}); asked: <= {MEDIAN}",
        flush=True,
    )

    changed = [moved([audited.utility], k, l)[0] for k, l in pairs]  # noqa: E741
    per_answer = RATE / detector.q
    usual = FixedSize(stack(case.pool[:1000]), audited.utility, TAU, True).delays(changed, per_answer, rng)
    same = FixedSize(detector.welfare, audited.utility, TAU, False).delays(changed, per_answer, rng)
    ratio = usual / later
    fine["c"] = bool(np.median(ratio) >= TIMES)
    print(
        f"  c. fixed-size tests: random problems {np.median(usual):.0f} answers, {np.median(ratio):.1f} "
        f"times as many (least {ratio.min():.1f}, most {ratio.max():.1f}; asked: {TIMES:g}); same canary set "
        f"{np.median(same):.0f}, {np.median(same / later):.1f} times as many (for information)",
        flush=True,
    )

    refusing = before * 0.8
    refusing[..., -1] = 0.2
    missing = watch(detector, before, rng, audits=HISTORY + 10, after=refusing, change=HISTORY)[1]
    print(f"  e. a fifth of the answers missing: found after {np.nanmedian(missing):.0f} answers (median)")

    for kind, truth in misfits(detector, some, rng):
        shares = []
        for enrolment in (0, 10):
            alarms, _ = watch(detector, truth, rng, audits=100, enrolment=enrolment, restart=True)
            shares.append((alarms[:20].sum() / len(truth), alarms[20:].sum() / len(truth) / 80))
        (first0, then0), (first1, then1) = shares
        print(
            f"  f. {kind}: false alarms of a model in its first 20 audits {first0:.3f} (after enrolment "
            f"{first1:.3f}; at the stated rate 0.020), then {1000 * then0:.1f} ({1000 * then1:.1f}) in 1,000",
            flush=True,
        )
    return fine


def misfits(
    detector: Detector, utilities: list[CES], rng: np.random.Generator
) -> list[tuple[str, FloatArray]]:
    """Models that are no CES."""
    shape = (len(utilities), *detector.welfare.shape[:2])
    favoured = rng.integers(np.array(detector.options), size=shape[:2])
    one_hot = np.arange(shape[2]) == favoured[..., None]
    out = []
    for odds in (1.5, 3.0):
        p = answers_of(detector, utilities)
        p[..., :-1] *= np.where(one_hot, odds, 1.0)
        out.append((f"odds of one option a question times {odds:g}", p / p.sum(axis=-1, keepdims=True)))
    for factor in (0.7, 1.4):
        scaled = [CES(u.theta, u.rho, factor * u.gamma) for u in utilities]
        out.append((f"gamma {factor:g} times the audit's at this temperature", answers_of(detector, scaled)))
    even = np.where(np.isnan(detector.welfare[..., 0]), 0.0, 1.0)
    own = draw(np.broadcast_to(even / even.sum(axis=1, keepdims=True), shape), rng)
    same = draw(answers_of(detector, utilities)[..., :-1], rng)
    for kind, favoured in (("answers that the CES expects", same), ("any answers", own)):
        p = (np.arange(shape[2] + 1) == favoured[..., None]) * 1.0
        out.append((f"always the same {kind}, question by question", p))
    return out


CASES = (
    ("study 1", profile("study1"), 400),
    ("symmetric", profile("symmetric"), 400),
    ("non-profit", profile("nonprofit"), 400),
    ("for-profit", profile("for_profit"), 400),
    ("interior, noisy, small audit", CES((0.30, 0.25, 0.25, 0.20), 0.25, 0.5), 200),
)


def main(argv: list[str] | None = None) -> int:
    """Run all cases; the exit code says whether every figure was reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=int, default=1000, help="unchanged models a row (default 1000)")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    missed = []
    for place, (label, truth, n) in enumerate(CASES):
        case = prepare(label, truth, n, args.seed)
        rng = np.random.default_rng([args.seed, place, 91])
        missed += [f"{label}: {row}" for row, ok in report(case, rng, args.models).items() if not ok]
    print(f"\n{'missed: ' + '; '.join(missed) if missed else 'every figure reached'}")
    return int(bool(missed))


if __name__ == "__main__":
    raise SystemExit(main())
