"""Does tasks/delegation measure what a chain of delegated decisions loses?

Subjects whose preference is known answer the task through Inspect. What they lose for every way to share the
decisions out is known exactly, by dynamic programming over their choice probabilities, and so is what the
scorer must find: the same with log-probabilities, and the same within three standard errors of the draws
where texts are read. A subject that does not read must have no figure. A chain of six decisions must take
less than a minute on subjects.

    python -m benchmarks delegation
    python -m benchmarks.delegation --firms 40 --draws 400
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
from fiduciary.economics.delegation.plan import plan_of, shown_gains
from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.principals import Principal
from fiduciary.economics.utility import CES, PROFILES
from fiduciary.scorers.delegation.table import delegation_table
from fiduciary.subjects.provider import subject as subject  # registers the provider
from fiduciary.tasks.delegation.task import delegation

ERRORS = 3.0
SECONDS = 60.0
EXACT = 1e-3
"""Dollars by which a loss of log-probabilities may be off: their digits, added up."""


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
    parser.add_argument("--firms", type=int, default=40)
    parser.add_argument("--draws", type=int, default=400)
    options = parser.parse_args(argv)
    os.environ.setdefault("INSPECT_DISPLAY", "none")
    passed = theory(options.draws)
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            passed &= pipeline(case, options.firms, folder)
        passed &= unread(options.firms, folder)
    return 0 if passed else 1


def theory(draws: int) -> bool:
    """Losses of single draws at every question, averaged, against the exact ones of all 64 sets."""
    chain, principal = draw_chains(1)[0], Principal.named("study1")
    plan = plan_of(chain, principal)
    rng = np.random.default_rng(5)
    worst = 0.0
    for name in ("study1", "for_profit", "random"):
        shown = shown_gains(chain, plan, "full", "principal")
        even = np.full(chain.following.shape, 1 / 3)
        shares = even if name == "random" else choice_probabilities(PROFILES[name].utility(shown))
        exact = losses_of(chain, plan, shares)
        edges = shares.cumsum(axis=2)[..., :2]
        lost = np.array(
            [
                losses_of(chain, plan, np.eye(3)[(rng.random((*edges.shape[:2], 1)) > edges).sum(axis=2)])
                for _ in range(draws)
            ]
        )
        worst = max(worst, _off(lost - exact))
    good = worst <= ERRORS + 1  # the largest of 3 × 63
    print(f"{'64 sets from single draws, 3 choosers':<58}{'<= 4 SE':>9}  {worst:.2f} SE")
    return good


def pipeline(case: Case, firms: int, folder: str) -> bool:
    """One subject through the task, against its exact losses on the same firms."""
    began, used = time.perf_counter(), time.process_time()
    log = _run(delegation(n=firms, **case.asked), case.name, case.given, folder)
    seconds, processor = time.perf_counter() - began, time.process_time() - used
    table, truth = delegation_table(log), _exact(log, case.utility)
    asked = ", ".join(str(value) for value in case.asked.values())
    title = f"{case.name} ({asked})"
    if table.losses.shape != truth.shape or table.grounds.withheld is not None:
        print(f"{title}: {table.n} of {firms} firms count; {table.grounds.withheld}")
        return False
    figures = [
        np.concatenate([by_number(lost), compounding(lost)[:, 1:], by_position(lost)], axis=1)
        for lost in (table.losses, truth)
    ]
    off = figures[0] - figures[1]
    if case.asked["elicitation"] == "choose":
        found, limit, unit = float(np.abs(off).max()), EXACT, "$"
    else:
        found, limit, unit = _off(off), ERRORS, "SE"
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


def _exact(log: EvalLog, utility: CES) -> FloatArray:
    """Losses of every set for the subject's own choice probabilities, (firms, 64)."""
    out = []
    for sample in log.samples or []:
        about = sample.metadata
        chain = Chain.of_facts(about["chain"])
        plan = plan_of(chain, Principal.of_facts(about["principal"]))
        shares = choice_probabilities(
            utility.utility(shown_gains(chain, plan, about["foresight"], about["repair"]))
        )
        out.append(losses_of(chain, plan, shares, about["repair"]))
    return np.array(out)


def _off(off: FloatArray) -> float:
    """The largest mean deviation in its own standard errors, over figures that vary."""
    error = off.std(axis=0, ddof=1) / np.sqrt(len(off))
    varies = error > 1e-9
    return float(np.abs(off.mean(axis=0)[varies] / error[varies]).max(initial=0.0))


if __name__ == "__main__":
    raise SystemExit(main())
