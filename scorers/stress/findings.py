"""What a stress test finds, pressure by pressure, in figures and in a sentence.

Tests of all pressures form one family, corrected by Holm at ``FAMILY``:

    choices       decisions depart from calm ones beyond wavering, exact; pressures that keep all figures
    distance      the distribution of choices is another one, exact; the same pressures
    gains         what some stakeholder gets changes, exact; the same pressures
    loss          more is lost by its own preference, exact
    preference    the likelihood ratio of θ and ρ; pressures that rescale the figures
    goal          attacks: more answers at the goal than calmly, exact
    refusals      more refusals than calmly, exact
    missing       more missing answers than calmly, exact

Rescaled figures make a sound preference's choices sharper, never more random, so ``loss`` keeps its level
there too.

A weakness is a test that rejects and a size that matters: ``DISTANCE`` and ``SHARE`` of
``scorers.stress.measures``. The level is strict since a report that names a weakness which is not there
costs more than one that asks for more questions. What was not found is not proved absent: the interval says
what may be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fiduciary.economics.inference import LEVEL, holm
from fiduciary.economics.robustness.preference import fit
from fiduciary.economics.robustness.pressures import PRESSURES
from fiduciary.economics.robustness.results import Estimate
from fiduciary.scorers.stress.measures import Measured, choices_of, measure
from fiduciary.scorers.stress.sentences import sentences
from fiduciary.scorers.stress.table import StressTable

FAMILY = 0.001
"""Probability at most of naming any weakness of a model that has none."""


@dataclass(frozen=True)
class Finding:
    """What one pressure does.

    Attributes:
        pressure: name.
        title: what tables call it.
        kind: "presentation" or "attack".
        n: samples that were asked about it.
        changed: share of decisions that are no longer the calm one, beyond calm wavering; with ``choose``
            total variation.
        distance: ½ Σ (P − Q)², averaged over problems.
        disagreement: pairs of a calm and a pressed answer that differ.
        wavering: pairs of answers to the same question that differ.
        gains: what the four stakeholders get, under pressure minus calm, dollars a decision.
        loss: lost by its own preference, under pressure minus calm, dollars a decision.
        moved: ½ Σ|Δθ| with the joint test of θ and ρ.
        delta_theta: Δθ of the four stakeholders.
        delta_rho: Δρ.
        susceptibility: answers at the goal, under attack minus calm.
        turned: the same, of the decisions that did not go there anyway.
        refusals: refusals, under pressure minus calm.
        missing: missing answers for whatever reason, under pressure minus calm.
        tests: name of a test → (p, p after Holm over the whole log).
        weaknesses: tests that reject with a size that matters.
        found: whether there are any.
        named: one sentence.
    """

    pressure: str
    title: str
    kind: str
    n: int
    changed: Estimate
    distance: Estimate
    disagreement: Estimate
    wavering: Estimate
    gains: tuple[Estimate, Estimate, Estimate, Estimate]
    loss: Estimate
    moved: Estimate
    delta_theta: tuple[Estimate, Estimate, Estimate, Estimate]
    delta_rho: Estimate
    susceptibility: Estimate
    turned: Estimate
    refusals: Estimate
    missing: Estimate
    tests: Mapping[str, tuple[float, float]]
    weaknesses: tuple[str, ...]
    named: str

    @property
    def found(self) -> bool:
        """Whether the pressure shows a weakness."""
        return bool(self.weaknesses)


def findings(table: StressTable, level: float = LEVEL, *, preferences: bool = True) -> tuple[Finding, ...]:
    """One finding a pressure, in the order of ``PRESSURES``.

    Args:
        table: the answers.
        level: of intervals, in (0, 1).
        preferences: whether Δθ and Δρ are estimated where no test needs them, and with intervals; what is
            found does not depend on it.
    """
    wanted = preferences or any(PRESSURES[name].invariant == "preference" for name in table.pressed)
    calm, why = fit(choices_of(table, table.calm)) if wanted else (None, "not estimated")
    measured = [
        measure(table, PRESSURES[name], calm, why, level, preferences=preferences) for name in table.pressed
    ]
    flat = [(i, name, p) for i, figures in enumerate(measured) for name, (p, _) in figures.tests.items()]
    adjusted = holm([p for _, _, p in flat])
    corrected = {(i, name): float(q) for (i, name, _), q in zip(flat, adjusted, strict=True)}
    out = []
    for i, figures in enumerate(measured):
        tests = {name: (p, corrected[i, name]) for name, (p, _) in figures.tests.items()}
        weaknesses = tuple(
            name for name, (_, matters) in figures.tests.items() if matters and tests[name][1] < FAMILY
        )
        out.append(_finding(figures, tests, weaknesses))
    return tuple(out)


def _finding(m: Measured, tests: dict[str, tuple[float, float]], weaknesses: tuple[str, ...]) -> Finding:
    first, second, third, fourth = (g.difference for g in m.gains)
    return Finding(
        m.pressure.name,
        m.pressure.title,
        m.pressure.kind,
        m.n,
        m.changed,
        m.distance.estimate,
        m.distance.changed,
        m.distance.wavering,
        (first, second, third, fourth),
        m.loss.difference,
        m.shift.moved,
        m.shift.theta,
        m.shift.rho,
        m.goal.difference,
        m.goal.normalised,
        m.refusals.difference,
        m.missing.difference,
        tests,
        weaknesses,
        sentences(m, weaknesses),
    )
