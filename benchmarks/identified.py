"""What deterministic choices identify: the published design against the joint one; and Biogeme's figures.

python -m benchmarks.identified
"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from benchmarks.biogeme_reference import CHOICES, RESULT
from fiduciary.economics.conventions import ABBREVIATIONS
from fiduciary.economics.estimation import fit_ces
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import profile


def sets(n: int = 1000) -> None:
    """Print the θ and ρ that explain every choice of a deterministic non-profit manager."""
    true = profile("nonprofit")
    print(f"Deterministic non-profit choices, {n} problems: what explains every one of them")
    for design in ("published", "default", "joint"):
        welfare = stack(generate(n, 0, trade_offs=design))
        found = fit_ces(welfare, np.nanargmax(true.utility(welfare), axis=1), 1.0).separation
        if found is None:
            raise RuntimeError(f"deterministic choices were not found separated in the {design} design")
        ranges = ", ".join(
            f"{name} [{low:.3f}, {high:.3f}]"
            for name, (low, high) in zip(ABBREVIATIONS, found.theta_range, strict=True)
        )
        print(f"  {design:10} {ranges}, rho [{found.rho.min():.3f}, {found.rho.max():.3f}]")


def biogeme() -> bool:
    """Print the largest relative differences from Biogeme's estimates and standard errors."""
    table, reference = pd.read_csv(CHOICES), json.loads(RESULT.read_text())
    columns = [[f"{name}{j}" for name in ("sh", "em", "co", "soc")] for j in range(4)]
    welfare = np.stack([table[names].to_numpy() for names in columns], axis=1)
    fit = fit_ces(welfare, table["chosen"].to_numpy(), table["tau"].to_numpy())
    off = {
        "estimates": [fit.estimate(n) / v["estimate"] - 1 for n, v in reference["parameters"].items()],
        "standard errors": [fit.se(n, "observed") / v["se"] - 1 for n, v in reference["parameters"].items()],
        "robust errors": [fit.se(n) / v["robust_se"] - 1 for n, v in reference["parameters"].items()],
    }
    print(f"{reference['program']} on {reference['problems']} stored choices, largest relative difference:")
    for name, differences in off.items():
        print(f"  {name:16}{np.abs(differences).max():10.1e}   (asked: four significant digits)")
    return bool(max(np.abs(d).max() for d in off.values()) < 5e-5)


def main() -> int:
    """Print both tables."""
    sets()
    return 0 if biogeme() else 1


if __name__ == "__main__":
    raise SystemExit(main())
