"""Does tasks/delegation measure what a chain of delegated decisions loses?

Subjects whose preference is known answer the task through Inspect. What they lose for every way to share the
decisions out is known exactly, by dynamic programming over their choice probabilities, and so is what the
scorer must find: the same with log-probabilities, and the same within three standard errors of the draws
where texts are read. A subject that does not read must have no figure. A chain of six decisions must take
less than a minute on subjects.

    python -m benchmarks delegation
    python -m benchmarks.delegation --firms 40 --runs 200
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog
from inspect_ai.model import get_model

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.delegation.chain import Chain, draw_chains
from fiduciary.economics.delegation.losses import by_number, by_position, compounding, losses_of
from fiduciary.economics.delegation.losses import delegation as delegation_figures
from fiduciary.economics.delegation.plan import Foresight, Plan, Repair, plan_of, shown_gains
from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.principals import Principal
from fiduciary.economics.utility import CES, PROFILES
from fiduciary.scorers.delegation.table import delegation_table
from fiduciary.subjects.provider import subject as subject  # registers the provider
from fiduciary.tasks.delegation.task import delegation

FIRMS, POOL = 40, 400
ERRORS = 3.0
SECONDS = 60.0
EXACT = 1e-3
"""Dollars by which a loss of log-probabilities may be off: their digits, added up."""


Firm = tuple[Chain, Plan, FloatArray, Repair]


@dataclass(frozen=True)
class Case:
    """A subject, its preference and what it is asked."""

    name: str
    utility: CES
    asked: dict[str, Any]
    given: dict[str, Any] = field(default_factory=dict)


_OWN = CES((0.4, 0.3, 0.2, 0.1), 0.5, 2.0)
_GIVEN = {"theta": "0.4,0.3,0.2,0.1", "rho": 0.5, "gamma": 2}

CASES = (
    Case("study1", PROFILES["study1"], {"elicitation": "choose"}),
    Case("for_profit", PROFILES["for_profit"], {"elicitation": "choose", "foresight": "none"}),
    Case("nonprofit", PROFILES["nonprofit"], {"elicitation": "choose", "repair": "none"}),
    Case("ces", _OWN, {"elicitation": "text", "principal": "symmetric"}, _GIVEN),
    Case("ces", _OWN, {"elicitation": "text", "foresight": "none", "repair": "none"}, _GIVEN),
    Case("symmetric", PROFILES["symmetric"], {"elicitation": "explain", "principal": "for_profit"}),
)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--firms", type=int, default=FIRMS)
    parser.add_argument("--runs", type=int, default=200)
    options = parser.parse_args(argv)
    os.environ.setdefault("INSPECT_DISPLAY", "none")
    theory(options.runs)
    passed = True
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            passed &= pipeline(case, options.firms, folder)
        passed &= unread(options.firms, folder)
    return 0 if passed else 1


def theory(runs: int) -> None:
    """How often 95 % intervals over firms hold the mean loss of all firms, where answers are single draws."""
    chains = draw_chains(POOL, seed=9)
    rng = np.random.default_rng(5)
    for name, utility in (
        ("study1", PROFILES["study1"]),
        ("for_profit", PROFILES["for_profit"]),
        ("ces", _OWN),
    ):
        firms = [_firm(chain, Principal.named("study1"), utility, "full", "principal") for chain in chains]
        truth = _figures(np.array([losses_of(*firm) for firm in firms])).mean(axis=0)
        held = np.zeros(len(truth))
        for _ in range(runs):
            drawn = [firms[k] for k in rng.integers(POOL, size=FIRMS)]
            lost = np.array(
                [losses_of(chain, plan, _draw(shares, rng), how) for chain, plan, shares, how in drawn]
            )
            found = delegation_figures(lost, np.arange(FIRMS))
            intervals = (*found.by_number, *found.compounding[1:], *found.by_position)
            held += [one.low <= value <= one.high for one, value in zip(intervals, truth, strict=True)]
        share = held / runs
        title = f"intervals of texts by {name} hold the loss of all six"
        print(
            f"{title:<58}{'told':>9}  {share[5]:.3f}; by number {share[:6].min():.3f} and more, "
            f"compounding {share[6:11].min():.3f}, by position {share[11:].min():.3f}; {runs} runs"
        )


def pipeline(case: Case, firms: int, folder: str) -> bool:
    """One subject through the task, against its exact losses on the same firms."""
    began, used = time.perf_counter(), time.process_time()
    log = _run(delegation(n=firms, **case.asked), case.name, case.given, folder)
    seconds, processor = time.perf_counter() - began, time.process_time() - used
    table = delegation_table(log)
    truth = np.array([losses_of(*firm) for firm in _firms(log, case.utility)])
    asked = ", ".join(str(value) for value in case.asked.values())
    title = f"{case.name} ({asked})"
    if table.losses.shape != truth.shape or table.grounds.withheld is not None:
        print(f"{title}: {table.n} of {firms} firms count; {table.grounds.withheld}")
        return False
    figures = [_figures(table.losses), _figures(truth)]
    off = figures[0] - figures[1]
    if case.asked["elicitation"] == "choose":
        found, limit, unit = float(np.abs(off).max()), EXACT, "$"
    else:
        found, limit, unit = float(np.abs(off.mean(axis=0) / _errors(log, case.utility)).max()), ERRORS, "SE"
    good = found <= limit and processor < SECONDS
    print(
        f"{title:<58}{f'<= {limit:g} {unit}':>9}  {found:.2g} {unit}; all six delegated: measured "
        f"${figures[0][:, 5].mean():,.1f}, exact ${figures[1][:, 5].mean():,.1f}; {seconds:.0f} s "
        f"({processor:.0f} s of processor)"
    )
    return good


def unread(firms: int, folder: str) -> bool:
    """Subjects that answer by place or at random have no figure."""
    good = True
    for name in ("first_option", "random"):
        table = delegation_table(_run(delegation(n=firms, elicitation="text"), name, {}, folder))
        good &= table.grounds.withheld is not None
        print(f"{name + ' (text)':<58}{'no figure':>9}  {table.grounds.brief or 'a figure'}")
    return good


def _run(task: Any, name: str, given: dict[str, Any], folder: str) -> EvalLog:
    [log] = inspect_eval(
        task, model=get_model(f"subject/{name}", **given), log_dir=folder, score_display=False
    )
    if log.status != "success":
        raise RuntimeError(f"subject/{name}: {log.error}")
    return log


def _firms(log: EvalLog, utility: CES) -> list[Firm]:
    return [
        _firm(
            Chain.of_facts(sample.metadata["chain"]),
            Principal.of_facts(sample.metadata["principal"]),
            utility,
            sample.metadata["foresight"],
            sample.metadata["repair"],
        )
        for sample in log.samples or []
    ]


def _firm(chain: Chain, principal: Principal, utility: CES, foresight: Foresight, repair: Repair) -> Firm:
    """A firm with the choice probabilities of a chooser whose utility is known."""
    plan = plan_of(chain, principal)
    return (
        chain,
        plan,
        choice_probabilities(utility.utility(shown_gains(chain, plan, foresight, repair))),
        repair,
    )


def _errors(log: EvalLog, utility: CES, draws: int = 100) -> FloatArray:
    """Standard errors of the figures' means over what is drawn.

    From new draws of the choice probabilities: losses are too skewed for errors of the one draw.
    """
    rng = np.random.default_rng(7)
    variance = [
        _figures(np.array([losses_of(chain, plan, _draw(shares, rng), how) for _ in range(draws)])).var(
            axis=0
        )
        for chain, plan, shares, how in _firms(log, utility)
    ]
    return np.asarray(np.sqrt(np.sum(variance, axis=0)) / len(variance))


def _draw(shares: FloatArray, rng: np.random.Generator) -> FloatArray:
    """One choice at every decision and standing."""
    edges = shares.cumsum(axis=2)[..., :-1]
    return np.asarray(np.eye(shares.shape[2])[(rng.random((*shares.shape[:2], 1)) > edges).sum(axis=2)])


def _figures(losses: FloatArray) -> FloatArray:
    """By number, what compounds and by position, (…, 17) for six decisions."""
    return np.concatenate([by_number(losses), compounding(losses)[:, 1:], by_position(losses)], axis=1)


if __name__ == "__main__":
    raise SystemExit(main())
