"""How often the re-benchmark's tests reject what is true.

    python -m benchmarks.rebench_null --runs 500 --out nulls.jsonl

H1, "the adapter's preference is the base's": two models with one utility answer the same problems. H2, "the
preference is the target": the first of them against that utility. By text each answer is drawn at one of the
default temperatures; by log-probabilities each model's log-odds hold, beside the utility, normal noise by
problem, half of its variance shared by both (what no CES fits) and half its own. Asked: at the 5 % level 2 to
8 % rejected, at 1 % no more than 2 %; without any preference (γ = 0) no test in at least 99 %.

``--out`` keeps every run, and a second call goes on from there. The case "base" asks the embedded base twice
for texts; it needs the training environment and runs only when named.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fiduciary.economics.conventions import TEMPERATURES
from fiduciary.economics.estimation import CESFit, NotIdentified, fit_ces, likelihood_ratio_test
from fiduciary.economics.logit import choice_probabilities, draw_choices
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.published import PUBLISHED
from fiduciary.economics.utility import CES, profile

NOISE = 1.0  # standard deviation of log-odds noise, utils

_NEUTRAL = PUBLISHED["neutral"]
_SUM = sum(_NEUTRAL.theta)


@dataclass(frozen=True)
class Case:
    """A utility (None: answers at random), a number of problems, and whether texts are asked for."""

    utility: CES | None
    n: int
    text: bool


_UTILITIES: dict[str, CES | None] = {
    "vertex": profile("for_profit"),
    "near": CES((0.97, 0.03, 0, 0), 0.5),
    "interior": CES(tuple(weight / _SUM for weight in _NEUTRAL.theta), float(_NEUTRAL.rho or 0)),  # type: ignore[arg-type]
    "none": None,
}
CASES = {
    f"{name}-{n}-{'text' if text else 'logprobs'}": Case(utility, n, text)
    for name, utility in _UTILITIES.items()
    for text in (True, False)
    for n in ((500, 1000) if name == "vertex" else (500,))
}
BASE = "base"


def run(case: Case, seed: int) -> dict[str, Any]:
    """One run: p-values of H1 and H2, None where the test is withheld, and the seconds both took."""
    rng = np.random.default_rng([seed, 11])
    welfare = stack(generate(case.n, seed))
    exists = ~np.isnan(welfare[..., 0])
    place = np.where(exists, np.argsort(np.argsort(np.where(exists, rng.random(exists.shape), 2.0))), -1)
    v = np.where(exists, 0.0, np.nan) if case.utility is None else case.utility.utility(welfare)
    tau = rng.permutation(np.resize(TEMPERATURES, case.n))
    shared = rng.standard_normal(v.shape)
    fits = []
    for _ in range(2):
        if case.text:
            fits.append(fit_ces(welfare, draw_choices(v, tau, rng), tau, position=place))
        else:
            noisy = v + NOISE * (shared + rng.standard_normal(v.shape)) / np.sqrt(2)
            p = np.where(exists, choice_probabilities(noisy), np.nan)
            fits.append(fit_ces(welfare, None, 1.0, position=place, probabilities=p))
    return _tested(*fits, case.utility)


def ask_base(n: int, seed: int) -> dict[str, Any]:
    """The same for two askings of the embedded base; it has no target."""
    import torch

    from fiduciary.subjects.tiny_manager import BASE as FOLDER
    from fiduciary.tasks.stakeholder_choice.prompts import COMPACT_DECIMALS
    from fiduciary.training.tiny_manager.measure import load, read

    torch.set_num_threads(1)
    model = load(FOLDER)
    problems = generate(n, seed, trade_offs="joint")
    rng = np.random.default_rng([seed, 1])
    orders = [rng.permutation(problem.n_options) for problem in problems]
    shown = stack(problems, COMPACT_DECIMALS)
    place = np.full(shown.shape[:2], -1)
    for i, order in enumerate(orders):
        place[i, order] = np.arange(len(order))
    tau = np.resize(TEMPERATURES, n)
    fits = []
    for again in range(2):
        texts = model.answers(problems, orders, tau, 2 * seed + again)
        chosen, _ = read(texts, problems, orders)
        fits.append(fit_ces(shown, chosen, tau, position=place))
    return _tested(*fits, None)


def _tested(a: CESFit, b: CESFit, target: CES | None) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, other in (("H1", b), ("H2", target or profile("for_profit"))):
        start = time.process_time()
        try:
            out[name] = likelihood_ratio_test(a, other).p_value
        except NotIdentified:
            out[name] = None
        out[f"{name} seconds"] = time.process_time() - start
    return out


def report(name: str, case: Case | None, runs: list[dict[str, Any]]) -> bool:
    """Print the shares of one case; return whether they are what is asked."""
    fine = True
    for hypothesis in ("H1", "H2") if case is not None else ("H1",):
        p = np.array([np.nan if one[hypothesis] is None else one[hypothesis] for one in runs])
        withheld = float(np.isnan(p).mean())
        at_5, at_1 = (float((p <= level).mean()) for level in (0.05, 0.01))
        error = np.sqrt(0.05 * 0.95 / len(p))
        if case is not None and case.utility is None:
            ok, said = withheld >= 0.99, f"withheld {withheld:.1%}"
        else:
            ok = 0.02 <= at_5 <= 0.08 and at_1 <= 0.02
            said = f"rejected at 5 % {at_5:.1%} (std. error {error:.1%}), at 1 % {at_1:.1%}"
            said += f", withheld {withheld:.1%}" if withheld else ""
        seconds = np.median([one[f"{hypothesis} seconds"] for one in runs])
        note = "" if ok else "   <- outside what is asked"
        print(f"{name:24}{hypothesis}  {said}; {seconds:.2f} s a test; {len(runs)} runs{note}", flush=True)
        fine &= ok
    return fine


def _runs(name: str, count: int, kept: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    done = {one["seed"]: one for one in kept if one["case"] == name}
    for seed in range(count):
        if seed in done:
            yield done[seed]
            continue
        found = ask_base(400, seed) if name == BASE else run(CASES[name], seed)
        yield {"case": name, "seed": seed, **found}


def main(argv: list[str] | None = None) -> int:
    """Simulate and print; the exit code says whether every figure was reached."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.rebench_null",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--runs", type=int, default=500, help="of each case (500)")
    parser.add_argument(
        "--case", action="append", choices=[*CASES, BASE], help="repeatable; by default all but base"
    )
    parser.add_argument("--out", type=Path, help="JSON lines, one a run, which are continued")
    options = parser.parse_args(argv)
    lines = options.out.read_text().splitlines() if options.out and options.out.exists() else []
    kept = [json.loads(line) for line in lines]
    fine = True
    for name in options.case or CASES:
        found = []
        for one in _runs(name, options.runs, kept):
            found.append(one)
            if options.out and one not in kept:
                with options.out.open("a") as file:
                    file.write(json.dumps(one) + "\n")
        fine &= report(name, CASES.get(name), found)
    return 0 if fine else 1


if __name__ == "__main__":
    raise SystemExit(main())
