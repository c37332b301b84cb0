"""Estimates the preference behind each dataset of an exported file by Biogeme: θ, ρ and γ.

    python estimate_biogeme.py [FILE]      # choices.csv, .parquet or .dta beside this program

    V = γ (Σ_k θ_k x_k^ρ)^(1/ρ) + constants,  x = welfare + shift
    maximise Σ share · log P,                 P = softmax(V / temperature)

The utility is written out in Biogeme's own expressions.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

import biogeme.database as db
import pandas as pd
from biogeme.biogeme import BIOGEME
from biogeme.expressions import Beta, MultipleSum, Variable, exp, log

GROUPS = ("sh", "em", "co", "soc")
READ = {".csv": pd.read_csv, ".parquet": pd.read_parquet, ".dta": pd.read_stata}


def wide(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """One row a choice, a column for each option and figure; and the names of the constants."""
    rows = rows[rows["share"].notna()]
    names = rows[["place_constant", "label_constant"]].astype(object)
    names = names.where(names.notna() & (names != ""))
    dummies = pd.concat([pd.get_dummies(names[column], dtype=float) for column in names], axis=1)
    figures = rows[["choice", "option", "share", *(f"welfare_{group}" for group in GROUPS)]].assign(
        counted=1.0
    )
    for group in GROUPS:
        figures[group] = figures.pop(f"welfare_{group}") + rows["shift"]
    table = pd.concat([figures, dummies], axis=1).pivot(index="choice", columns="option")
    table.columns = [f"{name}_{option:.0f}" for name, option in table.columns]
    # Options that are left out count for nothing; their figures only have to be positive.
    left_out = {name: 1.0 for name in table if name.partition("_")[0] in GROUPS}
    table = table.fillna(left_out).fillna(0.0)
    table["temperature"] = rows.groupby("choice")["temperature"].first()
    return table.reset_index(drop=True), list(dummies)


def estimate(rows: pd.DataFrame) -> dict[str, float]:
    """θ, ρ and γ of one dataset."""
    table, constants = wide(rows)
    options = [name.rpartition("_")[2] for name in table if name.startswith("counted_")]
    sh, em, co = (Beta(f"theta_{group.upper()}", 0.25, 0.0001, 0.9999, 0) for group in GROUPS[:3])
    weights = (sh, em, co, 1 - sh - em - co)
    rho, gamma = Beta("rho", 0.5, -20, 1, 0), Beta("gamma", 0.5, 0.00001, None, 0)
    betas = {name: Beta(name, 0, None, None, 0) for name in constants}
    scaled = {}
    for option in options:
        total = MultipleSum(
            [w * Variable(f"{group}_{option}") ** rho for w, group in zip(weights, GROUPS, strict=True)]
        )
        parts = [gamma * total ** (1 / rho)]
        parts += [
            betas[name] * Variable(f"{name}_{option}")
            for name in constants
            if table[f"{name}_{option}"].any()
        ]
        scaled[option] = MultipleSum(parts) / Variable("temperature")
    middle = MultipleSum([scaled[option] * Variable(f"share_{option}") for option in options])
    loglik = -log(
        MultipleSum([Variable(f"counted_{option}") * exp(scaled[option] - middle) for option in options])
    )
    # What Biogeme says of its own files is none of the figures.
    with contextlib.redirect_stdout(sys.stderr):
        model = BIOGEME(
            db.Database("choices", table),
            loglik,
            generate_html=False,
            generate_yaml=False,
            save_iterations=False,
            tolerance=1e-10,
        )
        model.model_name = "ces"
        results = model.estimate()
    first = {beta.name: float(results.get_parameter_value(beta.name)) for beta in (sh, em, co)}
    return {
        **first,
        "theta_SOC": 1 - sum(first.values()),
        "rho": float(results.get_parameter_value("rho")),
        "gamma": float(results.get_parameter_value("gamma")),
        "loglik": float(results.final_log_likelihood),
    }


def main() -> None:
    beside = sorted(Path(__file__).resolve().parent.glob("choices.*"))
    file = Path(sys.argv[1]).resolve() if sys.argv[1:] else beside[0]
    choices = READ[file.suffix](file)
    os.chdir(tempfile.mkdtemp())  # Biogeme leaves files where it runs
    print("dataset,parameter,estimate")
    for number, rows in choices.groupby("dataset"):
        for name, value in estimate(rows).items():
            print(f"{number:.0f},{name},{value:.8f}")


if __name__ == "__main__":
    main()
