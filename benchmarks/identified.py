"""What deterministic choices identify: the published design against the joint one.

python -m benchmarks.identified
"""

from __future__ import annotations

import numpy as np

from fiduciary.economics.conventions import ABBREVIATIONS
from fiduciary.economics.estimation import fit_ces
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import profile


def main(n: int = 1000) -> int:
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
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
