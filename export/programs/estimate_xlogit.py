"""Estimates the preference behind each dataset of an exported file by xlogit: θ, ρ and γ.

    python estimate_xlogit.py [FILE]       # choices.csv, .parquet or .dta beside this program

    V = γ U(x; θ, ρ) + constants,  U = (Σ_k θ_k x_k^ρ)^(1/ρ),  x = welfare + shift
    maximise Σ share · log P,                                  P = softmax(V / temperature)

xlogit's models are linear in their parameters, this one is not. So V is taken to first order about θ₀, ρ₀,
γ₀,

    V ≈ γ U₀ + Σ_k dθ_k γ₀ ∂U/∂θ_k + dρ γ₀ ∂U/∂ρ + constants,

which is a multinomial logit in γ, dθ, dρ and the constants, and again about what it finds, until nothing
moves: there its score is the model's own.
"""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from xlogit import MultinomialLogit

GROUPS = ("sh", "em", "co", "soc")
SMALL = 1e-7
"""Change of θ and ρ, and relative one of γ, at which the search has ended."""

READ = {".csv": pd.read_csv, ".parquet": pd.read_parquet, ".dta": pd.read_stata}


def utility(logs: np.ndarray, theta: np.ndarray, rho: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """U, (m,), and its derivatives by θ but for the last, (m, 3), and by ρ, (m,)."""
    rho = rho if abs(rho) > 1e-6 else 1e-6
    middle = logs @ theta
    powers = np.exp(rho * (logs - middle[:, None]))
    total = powers @ theta
    u = np.exp(middle + np.log(total) / rho)
    by_theta = (u / total)[:, None] * (powers[:, :3] - powers[:, 3:]) / rho
    share = powers * theta / total[:, None]
    by_rho = u * ((share * logs).sum(axis=1) - np.log(u)) / rho
    return u, by_theta, by_rho


def dummies(rows: pd.DataFrame) -> pd.DataFrame:
    """A column for each constant of a place or letter."""
    names = rows[["place_constant", "label_constant"]].astype(object)
    names = names.where(names.notna() & (names != ""))
    return pd.concat([pd.get_dummies(names[column], dtype=float) for column in names], axis=1)


def estimate(rows: pd.DataFrame) -> tuple[dict[str, float], bool]:
    """θ, ρ and γ of one dataset, and whether the search ended: at a bound it does not.

    A dataset is a rectangle of options, of which those without a share are left out.
    """
    counted = rows["share"].notna()
    rows = rows[counted.groupby(rows["choice"]).transform("any")].sort_values(["choice", "option"])
    counted = rows["share"].notna().to_numpy()
    welfare = rows[[f"welfare_{group}" for group in GROUPS]].to_numpy(float)
    tau = rows["temperature"].to_numpy(float)
    # What is left out is not available; its figures only have to be numbers.
    logs = np.log(np.where(counted[:, None], welfare + rows[["shift"]].to_numpy(float), 1.0))
    constants = dummies(rows).to_numpy() / tau[:, None]
    share = np.nan_to_num(rows["share"].to_numpy(float))
    options = rows["option"].nunique()
    n = len(rows) // options
    # An answer of several shares is so many choices of that weight.
    chosen = [(i, j) for i in range(n) for j in range(options) if share[i * options + j] > 0]
    pick = np.concatenate([np.arange(i * options, (i + 1) * options) for i, _ in chosen])
    taken = np.zeros(len(pick))
    taken[[k * options + j for k, (_, j) in enumerate(chosen)]] = 1
    weight = np.repeat([share[i * options + j] for i, j in chosen], options)

    def logit(design: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, float]:
        model = MultinomialLogit()
        with contextlib.redirect_stdout(io.StringIO()):
            model.fit(
                X=design[pick],
                y=taken,
                varnames=[f"v{k}" for k in range(design.shape[1])],
                ids=np.repeat(np.arange(len(chosen)), options),
                alts=np.tile(np.arange(options), len(chosen)),
                avail=counted[pick].astype(float),
                weights=weight,
                init_coeff=start,
                skip_std_errs=True,
                tol_opts={"gtol": 1e-10, "ftol": 1e-14},
            )
        return np.asarray(model.coeff_), float(model.loglikelihood)

    best: tuple[float, dict[str, float], bool] | None = None
    for rho in (0.5, -1.0, -5.0):
        theta, gamma, held = np.full(4, 0.25), 0.3, np.zeros(constants.shape[1])
        for _ in range(200):
            u, by_theta, by_rho = utility(logs, theta, rho)
            curved = np.column_stack([u, gamma * by_theta, gamma * by_rho]) / tau[:, None]
            scale = np.maximum(np.abs(curved).std(axis=0), 1e-12)
            start = np.concatenate([[gamma * scale[0]], np.zeros(4), held])
            found, loglik = logit(np.column_stack([curved / scale, constants]), start)
            step, held = found[:5] / scale, found[5:]
            change = np.append(step[1:4], -step[1:4].sum())
            # Half of a step that would leave the bounds, or go far.
            part = 1.0
            while np.any(theta + part * change <= 0) or rho + part * step[4] > 1 or abs(part * step[4]) > 1:
                part /= 2
            moved = max(np.abs(change).max(), abs(step[4]), abs(step[0] / gamma - 1))
            theta, rho = theta + part * change, rho + part * step[4]
            gamma = max(step[0], gamma / 2)
            if moved < SMALL or part < 1e-6:
                break
        values = {f"theta_{group.upper()}": value for group, value in zip(GROUPS, theta, strict=True)}
        if best is None or loglik > best[0]:
            best = loglik, values | {"rho": rho, "gamma": gamma}, moved < SMALL
    assert best is not None
    return best[1:]


def main() -> None:
    beside = sorted(Path(__file__).parent.glob("choices.*"))
    file = Path(sys.argv[1]) if sys.argv[1:] else beside[0]
    choices = READ[file.suffix](file)
    print("dataset,parameter,estimate")
    for number, rows in choices.groupby("dataset"):
        values, ended = estimate(rows)
        if not ended:
            print(
                f"dataset {number:.0f}: stopped at a bound, where this program cannot go on", file=sys.stderr
            )
        for name, value in values.items():
            print(f"{number:.0f},{name},{value:.8f}")


if __name__ == "__main__":
    main()
