"""Makes biogeme_choices.csv and biogeme_estimate.json, which the estimator is held to.

Biogeme needs Python ≥ 3.12 and half a minute, so its output is stored and this script kept:

    # draws the choices, in the project's environment:
    PYTHONPATH=. python tests/economics/estimation/data/biogeme_reference.py data
    # estimates, in one with biogeme==3.3.5 and pandas:
    python tests/economics/estimation/data/biogeme_reference.py estimate

The utility is written out by hand in Biogeme's own expressions; nothing of this project is imported
for the estimate.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
CHOICES, RESULT = FOLDER / "biogeme_choices.csv", FOLDER / "biogeme_estimate.json"
SHIFT = 5.0


def draw() -> None:
    """1,500 choices of an interior preference, in a plain wide table."""
    import numpy as np
    import pandas as pd

    from fiduciary.economics.conventions import TEMPERATURES
    from fiduciary.economics.logit import draw_choices
    from fiduciary.economics.problems import generate, stack
    from fiduciary.economics.utility import CES

    welfare = stack([p for p in generate(6000, 11) if p.n_options == 4][:1500])
    tau = np.resize(TEMPERATURES, len(welfare))
    utility = CES((0.30, 0.25, 0.25, 0.20), 0.4)
    chosen = draw_choices(utility.utility(welfare), tau, np.random.default_rng(12))
    table = pd.DataFrame({"tau": tau, "chosen": chosen})
    for j in range(4):
        for k, name in enumerate(("sh", "em", "co", "soc")):
            table[f"{name}{j}"] = welfare[:, j, k]
    table.to_csv(CHOICES, index=False, float_format="%.2f")


def estimate() -> None:
    """Maximise the same likelihood in Biogeme and store estimates and both standard errors."""
    from importlib.metadata import version

    import biogeme.database as db
    import pandas as pd
    from biogeme import models
    from biogeme.biogeme import BIOGEME
    from biogeme.expressions import Beta, Variable
    from biogeme.results_processing import EstimateVarianceCovariance as Kind

    table = pd.read_csv(CHOICES)
    database = db.Database("choices", table)
    sh, em, co = (Beta(f"theta_{n}", 0.25, 0.001, 0.999, 0) for n in ("SH", "EM", "CO"))
    rho, gamma = Beta("rho", 0.5, -20, 1, 0), Beta("gamma", 1.0, 0.001, None, 0)
    weights = (sh, em, co, 1 - sh - em - co)
    utilities = {}
    for j in range(4):
        total = sum(
            w * (Variable(f"{name}{j}") + SHIFT) ** rho
            for w, name in zip(weights, ("sh", "em", "co", "soc"), strict=True)
        )
        utilities[j] = gamma * total ** (1 / rho) / Variable("tau")
    model = BIOGEME(
        database,
        models.loglogit(utilities, None, Variable("chosen")),
        generate_html=False,
        generate_yaml=False,
        save_iterations=False,
        tolerance=1e-10,
    )
    model.model_name = "ces"
    results = model.estimate()
    names = [beta.name for beta in (sh, em, co, rho, gamma)]
    stored = {
        "program": f"Biogeme {version('biogeme')}",
        "script": "biogeme_reference.py",
        "problems": len(table),
        "loglik": float(results.final_log_likelihood),
        "parameters": {
            name: {
                "estimate": float(results.get_parameter_value(name)),
                "se": float(results.get_parameter_std_err(name, Kind.RAO_CRAMER)),
                "robust_se": float(results.get_parameter_std_err(name, Kind.ROBUST)),
            }
            for name in names
        },
    }
    RESULT.write_text(json.dumps(stored, indent=1) + "\n")
    print(RESULT.read_text())


if __name__ == "__main__":
    if sys.argv[1:] not in (["data"], ["estimate"]):
        raise SystemExit(__doc__)
    draw() if sys.argv[1] == "data" else estimate()
