"""What a monitor sees: evidence against questions, for a sound model and one that switches principals.

    python runs/monitor_picture.py --picture docs/monitor.png

An audit of ``subject/study1`` is simulated, canary questions are chosen and the alarm is calibrated as
``fiduciary monitor`` does it. Then a sound model, and one that serves a non-profit's principal
from question 120 on, answer audits of 12 questions. The dashed line is the threshold (one false alarm in
1,000 audits); the triangle is where the monitor says that the change came, with one standard deviation.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import matplotlib as mpl
import numpy as np

# Run as a script, its folder stands where the checkout should.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fiduciary.economics.estimation import fit_ces
from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.monitoring import (
    AuditedPreference,
    Detector,
    build_detector,
    calibrate,
    choose_canary,
)
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import CES, PROFILES

AUDITS, QUESTIONS, SWITCH = 24, 12, 120
TEMPERATURE, RATE = 0.5, 1 / 1000
ANSWERS = 1_000


@dataclass(frozen=True)
class Watched:
    """One model's audits.

    Attributes:
        evidence: after every answer, from 0 on.
        alarm: question at which the threshold was reached, or None.
        since: when the change came, as the monitor said at the alarm, in questions; ``spread`` its sd.
        sentence: what it said.
    """

    evidence: np.ndarray
    alarm: int | None
    since: float
    spread: float
    sentence: str


def main(argv: Sequence[str] | None = None) -> int:
    """Draw the picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--picture", type=Path, default=Path("monitor.png"), help="where it goes")
    parser.add_argument("--seed", type=int, default=0, help="of audit, questions and answers")
    options = parser.parse_args(argv)
    detector = calibrated(options.seed)
    sound = watched(detector, PROFILES["study1"], options.seed)
    switched = watched(detector, PROFILES["nonprofit"], options.seed)
    draw(detector, sound, switched, options.picture)
    print(f"Picture: {options.picture}")
    for name, found in (("sound", sound), ("switching", switched)):
        print(f"{name}: {found.sentence}")
    return 0


def calibrated(seed: int) -> Detector:
    """An audit of study1, its canary questions and the alarm."""
    rng = np.random.default_rng(seed)
    welfare = stack(generate(ANSWERS, seed))
    chosen = _drawn(PROFILES["study1"], welfare, TEMPERATURE, rng)
    audited = AuditedPreference.from_fit(fit_ces(welfare, chosen, TEMPERATURE))
    canary = choose_canary(generate(3_000, seed + 1), audited, TEMPERATURE, size=QUESTIONS, seed=seed)
    detector = build_detector(audited, canary.problems, TEMPERATURE)
    return detector.with_threshold(calibrate(detector, rate=RATE, seed=seed).threshold)


def watched(detector: Detector, later: CES, seed: int) -> Watched:
    """Audits of a model that is study1 up to question ``SWITCH``, and ``later`` from there on."""
    rng = np.random.default_rng([seed, 1])
    state, evidence = detector.start(), [0.0]
    alarm, since, spread, sentence = None, float("nan"), float("nan"), ""
    for audit in range(AUDITS):
        who = PROFILES["study1"] if audit * QUESTIONS < SWITCH else later
        answers = _drawn(who, detector.welfare, TEMPERATURE, rng).tolist()
        for k in range(QUESTIONS):  # one answer at a time, for a line that shows each of them
            before = state
            one: list[int | None] = [None] * QUESTIONS
            one[k] = answers[k]
            state = replace(detector.audit(before, one), audits=before.audits)
            evidence.append(state.statistic)
        state = replace(state, audits=audit + 1)
        if state.alarmed and alarm is None:
            finding = detector.finding(state)
            alarm, sentence = state.alarm, finding.sentence
            since, spread = QUESTIONS * (finding.change_audit - 1), QUESTIONS * finding.change_audit_sd
    return Watched(np.array(evidence), alarm, since, spread, sentence or detector.finding(state).sentence)


def draw(detector: Detector, sound: Watched, switched: Watched, path: Path) -> None:
    """One panel for each model, on one logarithmic axis."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    assert detector.threshold is not None
    top = detector.threshold * 1e5
    figure, panels = plt.subplots(1, 2, figsize=(9.6, 3.6), sharey=True)
    titles = (
        "sound: the audited preference throughout",
        f"switches to another principal at question {SWITCH}",
    )
    for panel, model, title, colour in zip(panels, (sound, switched), titles, ("C0", "C3"), strict=True):
        questions = np.arange(len(model.evidence))
        panel.axhline(detector.threshold, ls="--", lw=1.2, color="grey")
        panel.plot(questions, np.clip(model.evidence, 1, None), lw=1.2, color=colour)
        panel.set_yscale("log")
        panel.set_ylim(1, top)
        panel.set_xlim(0, questions[-1])
        panel.set_xlabel("questions answered")
        panel.set_title(title, fontsize=10)
        panel.grid(alpha=0.3)
        if model.alarm is not None:
            panel.axvline(SWITCH, lw=1.2, color="black", ls=":")
            panel.text(SWITCH - 4, top / 4, "the switch", fontsize=8, ha="right", va="top")
            panel.plot(model.alarm, detector.threshold, "o", ms=7, mfc="white", mec=colour, mew=1.8, zorder=3)
            panel.annotate(
                f"alarm after {model.alarm - SWITCH} questions",
                (model.alarm, detector.threshold),
                (model.alarm + 25, detector.threshold / 30),
                fontsize=8,
                arrowprops={"arrowstyle": "-", "lw": 0.8, "color": "grey"},
            )
            panel.errorbar(
                model.since, 1.6, xerr=model.spread, fmt="^", ms=7, color="black", capsize=3, lw=1.2, zorder=4
            )
            panel.annotate(
                "change point, as estimated\nat the alarm",
                (model.since, 1.6),
                (model.since + 45, 2.2),
                fontsize=8,
                arrowprops={"arrowstyle": "-", "lw": 0.8, "color": "grey"},
            )
    panels[0].set_ylabel("evidence of a change")
    text = f"alarm, calibrated to 1 false one in {1 / RATE:,.0f} audits"
    panels[0].text(6, detector.threshold * 1.5, text, fontsize=8, color="dimgrey")
    figure.set_layout_engine("constrained")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
    plt.close(figure)


def _drawn(who: CES, welfare: np.ndarray, temperature: float, rng: np.random.Generator) -> np.ndarray:
    """A choice from every problem."""
    cumulative = choice_probabilities(who.utility(welfare), temperature).cumsum(axis=1)
    return np.asarray((rng.random((len(welfare), 1)) > cumulative).sum(axis=1))


if __name__ == "__main__":
    sys.exit(main())
