"""Makes reliability_reference.json: Cronbach's alpha by pingouin, one-factor loadings by factor_analyzer.

Both are under the GPL and no dependency of the project; their output is reference data. Run it again with

    python -m venv /tmp/reference && /tmp/reference/bin/pip install pingouin==0.6.1 factor_analyzer==0.5.1 \
        "scikit-learn<1.6"
    /tmp/reference/bin/python tests/economics/psychometrics/reliability_reference.py
"""

from __future__ import annotations

import json
from pathlib import Path

import factor_analyzer
import numpy as np
import pandas as pd
import pingouin

SHAPES = ((40, 4), (24, 7), (60, 16))


def answers(rows: int, items: int, seed: int) -> np.ndarray:
    """Whole answers 1 … 5 that share a factor."""
    rng = np.random.default_rng(seed)
    latent = (
        3 + rng.normal(0, 0.8, (rows, 1)) * rng.uniform(0.4, 1.2, items) + rng.normal(0, 0.7, (rows, items))
    )
    return np.clip(np.rint(latent), 1, 5)


def main() -> None:
    """Write the cases."""
    cases = []
    for seed, (rows, items) in enumerate(SHAPES):
        data = answers(rows, items, seed)
        fit = factor_analyzer.FactorAnalyzer(n_factors=1, rotation=None, method="minres")
        fit.fit(data)
        cases.append(
            {
                "answers": data.astype(int).tolist(),
                "alpha": float(pingouin.cronbach_alpha(pd.DataFrame(data))[0]),
                "loadings": (np.sign(fit.loadings_.sum()) * fit.loadings_[:, 0]).tolist(),
            }
        )
    made = {"pingouin": pingouin.__version__, "factor_analyzer": "0.5.1", "cases": cases}
    Path(__file__).with_suffix(".json").write_text(json.dumps(made) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
