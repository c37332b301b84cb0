"""The re-benchmark's H1 where it is true: the embedded base against itself, with noise of its own each time.

    python -m benchmarks.rebench_null --replications 40 --n 500

Each replication asks the base twice about the same problems, at the task's temperatures, with separate
draws, and tests "the same preference" as `fiduciary rebench` does. Needs the training
environment. Prints the share of rejections at 5 % and 1 % with its binomial standard error.
"""

from __future__ import annotations

import argparse
import json

import numpy as np


def main(argv: list[str] | None = None) -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rebench_null", description=__doc__)
    parser.add_argument("--replications", type=int, default=40)
    parser.add_argument("--n", type=int, default=500, help="problems asked (500)")
    parser.add_argument("--design", default="joint")
    options = parser.parse_args(argv)
    p = np.array([pair(options.n, options.design, seed) for seed in range(options.replications)])
    found = {
        f"rejected at {level:.0%}": [
            float((p < level).mean()),
            float(np.sqrt(level * (1 - level) / len(p))),
        ]
        for level in (0.05, 0.01)
    }
    print(json.dumps({"replications": len(p), "n": options.n, **found, "smallest": float(p.min())}, indent=2))


def pair(n: int, design: str, seed: int) -> float:
    """p-value of "the same preference" for two askings of the base."""
    import torch

    from fiduciary.economics.conventions import TEMPERATURES
    from fiduciary.economics.estimation import fit_ces, likelihood_ratio_test
    from fiduciary.economics.problems import generate, stack
    from fiduciary.subjects.tiny_manager import BASE
    from fiduciary.tasks.stakeholder_choice.prompts import COMPACT_DECIMALS
    from fiduciary.training.tiny_manager.measure import load, read

    torch.set_num_threads(1)
    model = load(BASE)
    problems = generate(n, seed, trade_offs=design)
    rng = np.random.default_rng([seed, 1])
    orders = [rng.permutation(problem.n_options) for problem in problems]
    shown = stack(problems, COMPACT_DECIMALS)
    places = np.full(shown.shape[:2], -1)
    for i, order in enumerate(orders):
        places[i, order] = np.arange(len(order))
    temperatures = np.resize(TEMPERATURES, n)
    fits = []
    for again in range(2):
        texts = model.answers(problems, orders, temperatures, 2 * seed + again)
        chosen, _ = read(texts, problems, orders)
        fits.append(fit_ces(shown, chosen, temperatures, position=places))
    return likelihood_ratio_test(*fits).p_value


if __name__ == "__main__":
    main()
