"""Makes prefgraph.json, which the indices are held to.

PrefGraph brings Numba and LLVM (more than 200 MB), so its output is stored and this script kept:

    python tests/economics/budgets/data/prefgraph_reference.py  # in an environment with prefgraph==0.6.2

Nothing of this project is imported.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

RESULT = Path(__file__).with_name("prefgraph.json")
SIZES = ((2, 6), (2, 12), (2, 20), (3, 15), (4, 20))
"""Goods and budgets of the cases."""

EACH = 8


def main() -> None:
    """Draw uniformly random and noisily proportional agents, and store what PrefGraph makes of them."""
    import numpy as np
    from prefgraph.engine import Engine

    rng = np.random.default_rng(20)
    agents = []
    for goods, budgets in SIZES:
        for n in range(EACH):
            prices = np.round(np.exp(rng.uniform(-1.1, 1.1, (budgets, goods))), 2)
            concentration = 1.0 if n < EACH // 2 else 30.0
            shares = rng.dirichlet(np.full(goods, concentration), budgets)
            bundles = np.round(shares * rng.uniform(30, 60, (budgets, 1)) / prices, 3)
            agents.append((prices, bundles))
    engine = Engine(metrics=["garp", "ccei", "mpi", "hm", "vei_exact"])
    cases = [
        {
            "prices": prices.tolist(),
            "bundles": bundles.tolist(),
            "garp": bool(found.is_garp),
            "afriat": found.ccei,
            "varian": found.vei_exact_mean,
            "money_pump": found.mpi,
            "houtman_maks": found.hm_consistent / found.hm_total,
        }
        for (prices, bundles), found in zip(agents, engine.analyze_arrays(agents), strict=True)
    ]
    RESULT.write_text(json.dumps({"program": f"prefgraph {version('prefgraph')}", "cases": cases}))


if __name__ == "__main__":
    main()
