"""Makes prefgraph_pairs.json, which the indices of pairs are held to.

prefgraph is no dependency of the project, so its verdicts are stored and this script kept. It draws
choice sets of 3 to 6 options with a few answers a pair, and asks prefgraph which triples violate weak,
moderate and strong stochastic transitivity, whether a random utility explains the frequencies, and how
many answers Houtman and Maks would keep. Nothing of this project is imported.

    python tests/economics/consistency/data/prefgraph_pairs.py  # in an environment with prefgraph==0.6.2
"""

from __future__ import annotations

import json
from importlib.metadata import version
from itertools import combinations
from pathlib import Path

import numpy as np

RESULT = Path(__file__).with_suffix(".json")
SETS = {3: 150, 4: 60, 5: 40, 6: 24}
TOLERANCE = 1e-9  # so that rounding does not tell 1 − 2/3 from 1/3


def draw(m: int, rng: np.random.Generator) -> list[list[int]]:
    """How often i was chosen over j, (m, m): equally many answers a pair, some sets nearly consistent."""
    n = int(rng.integers(1, 5 if m < 6 else 4))
    utility = rng.normal(size=m) * rng.choice([0.0, 1.0, 3.0])
    wins = np.zeros((m, m), int)
    for i, j in combinations(range(m), 2):
        wins[i, j] = rng.binomial(n, 1 / (1 + np.exp(utility[j] - utility[i])))
        wins[j, i] = n - wins[i, j]
    return wins.tolist()


def judge(wins: list[list[int]]) -> dict[str, object]:
    """prefgraph's verdicts on one set."""
    from prefgraph import MenuChoiceLog, StochasticChoiceLog
    from prefgraph.algorithms.abstract_choice import compute_menu_efficiency
    from prefgraph.contrib.stochastic import test_rum_consistency, test_stochastic_transitivity

    pairs = list(combinations(range(len(wins)), 2))
    log = StochasticChoiceLog(
        menus=[frozenset(pair) for pair in pairs],
        choice_frequencies=[{i: wins[i][j], j: wins[j][i]} for i, j in pairs],
        total_observations_per_menu=[wins[i][j] + wins[j][i] for i, j in pairs],
    )
    found = test_stochastic_transitivity(log, tolerance=TOLERANCE)
    answers = [
        (frozenset(pair), i) for pair in pairs for i, j in (pair, pair[::-1]) for _ in range(wins[i][j])
    ]
    kept = compute_menu_efficiency(
        MenuChoiceLog(menus=[a[0] for a in answers], choices=[a[1] for a in answers])
    )
    return {
        "wins": wins,
        "weak": sorted({tuple(sorted(triple)) for triple in found.wst_violations}),
        "moderate": sorted({tuple(sorted(triple)) for triple in found.mst_violations}),
        "strong": sorted({tuple(sorted(triple)) for triple in found.sst_violations}),
        "rationalisable": bool(test_rum_consistency(log).is_rum_consistent),
        "kept": len(kept.remaining_observations),
    }


def main() -> None:
    """Draw, ask, store."""
    rng = np.random.default_rng(20)
    sets = [judge(draw(m, rng)) for m, n in SETS.items() for _ in range(n)]
    stored = {
        "program": f"prefgraph {version('prefgraph')}",
        "script": "prefgraph_pairs.py",
        "sets": sets,
    }
    RESULT.write_text(json.dumps(stored, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
