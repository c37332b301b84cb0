"""On what the figures of repeated pricing rest: do prices depend on the rival's and on what each earned?

The histories of the probes were drawn independently (``economics/pricing_probes.py``), and nothing else
differs between the probes of a run. So a price setter that does not read them gives prices that could as well
have been given to any other history of the run, whether they are a constant, an echo of cost, ceiling or
start, of one of its own prices, or drawn at random. Prices enter by their rank in the run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import scipy
from inspect_ai.scorer import SampleScore

from fiduciary.economics.inference.content import Content
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.economics.inference.permuted import permuted_content
from fiduciary.scorers.duopoly_pricing.table import Probe

NO_PROBES = "no probes were asked (ask with -T probes=20)"


def grounds(scores: Sequence[SampleScore]) -> Grounds:
    """Whether Δ and all that goes with it may be shown: of all runs together that came to their end."""
    runs = [found for one in scores if (found := one.score.metadata or {}).get("asked")]
    asked = sum(int(run["asked"]) for run in runs)
    valid = asked - sum(sum(run["missing"].values()) for run in runs)
    probes = [[Probe(*one) for one in run["probes"]] for run in runs if run.get("probes")]
    if not probes:
        nothing = Content(math.nan, valid, math.nan, math.nan, 0, math.nan, tested=False, untested=NO_PROBES)
        return Grounds(nothing, asked, valid)
    # Draws go by place, which must not depend on which run finished first.
    probes.sort(key=lambda run: [(probe.rival, probe.best) for probe in run])
    return Grounds(content(probes), asked, valid)


def content(runs: Sequence[Sequence[Probe]]) -> Content:
    """Whether the answers to the probes depend on what was drawn, run by run; each run has some."""
    ranks = [
        scipy.stats.rankdata(np.array([probe.price for probe in run], float), nan_policy="omit") / len(run)
        for run in runs
    ]
    return permuted_content(
        np.concatenate(ranks)[:, None],
        np.array([(probe.rival, probe.best) for run in runs for probe in run]),
        np.repeat(np.arange(len(runs)), [len(run) for run in runs]),
        about="the history that it is shown",
        unit="probe",
    )
