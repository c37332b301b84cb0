"""What the monitor is compared with: tests of the audited preference on blocks of a fixed number of answers.

Not run by itself; `python -m benchmarks.monitoring` prints the comparison.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.designs.information import theta_basis
from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.utility import CES


@dataclass(frozen=True)
class FixedSize:
    """Tests of blocks of n answers each: the score test of the audited preference, known exactly.

    Its null quantiles are simulated, not asymptotic. The number of answers, and whether the test is of θ with
    ρ and γ unknown or of all five at once, are those that are best on average over the changes.

    Attributes:
        welfare: (N, J, 4): random problems, or the canary set asked in turn.
        utility: the audited preference.
        temperature: τ.
        random: whether each answer is to a problem drawn anew.
    """

    welfare: FloatArray
    utility: CES
    temperature: float
    random: bool

    SIZES = (12, 18, 24, 36, 48, 60, 72, 96, 120, 144, 180, 240, 300, 360, 480)
    PARTS = (0.125, 0.375, 0.625, 0.875)  # of the block in which the change comes, after the change

    def scores(self) -> FloatArray:
        """Score of every option at the audited preference, (N, J, 5)."""
        step, basis = 1e-5, theta_basis(self.utility)
        columns = []
        for direction in (*basis.T, "rho", "gamma"):
            u = self.utility
            if isinstance(direction, str):
                d = 0.0 if direction == "rho" and max(u.theta) == 1 else step
                low = (
                    CES(u.theta, u.rho - d, u.gamma)
                    if direction == "rho"
                    else CES(u.theta, u.rho, u.gamma - d)
                )
                slope = (u.utility(self.welfare) - low.utility(self.welfare)) / step
            else:  # forward: weights may be 0
                theta = np.array(u.theta) + step * direction
                slope = (
                    CES(tuple(theta), u.rho, u.gamma).utility(self.welfare) - u.utility(self.welfare)
                ) / step
            columns.append(slope / self.temperature)
        v = np.stack(columns, axis=-1)
        p = choice_probabilities(self.utility.utility(self.welfare), self.temperature)[..., None]
        return np.nan_to_num(v - np.nansum(p * v, axis=1, keepdims=True))

    def walk(self, utility: CES, blocks: int, rng: np.random.Generator) -> dict[int, FloatArray]:
        """Sums of scores (blocks, 5) after as many answers as any size and part of it needs."""
        scores = self.scores()
        p = choice_probabilities(utility.utility(self.welfare), self.temperature)
        wanted = {
            round(n * part) for n in self.SIZES for part in (*self.PARTS, *np.subtract(1, self.PARTS), 1)
        }
        total, out = np.zeros((blocks, scores.shape[-1])), {}
        cumulative = p.cumsum(axis=1)
        for t in range(max(self.SIZES)):
            which = rng.integers(len(p), size=blocks) if self.random else np.full(blocks, t % len(p))
            answer = (rng.random((blocks, 1)) * cumulative[which, -1:] >= cumulative[which]).sum(axis=1)
            total = total + scores[which, np.minimum(answer, p.shape[1] - 1)]
            if t + 1 in wanted:
                out[t + 1] = total
        return out

    def delays(self, changed: list[CES], rate: float, rng: np.random.Generator) -> FloatArray:
        """Median answers until each change is found (changes,), by the size and test best on average."""
        null = self.walk(self.utility, 40_000, rng)
        start = self.walk(self.utility, 4_000, rng)
        after = [self.walk(u, 4_000, rng) for u in changed]
        schemes = []
        for n in self.SIZES:
            covariance = np.cov(null[n].T) + 1e-9 * np.eye(5)
            # θ alone: its scores less what those of ρ and γ explain. Or all five at once.
            alone = np.hstack([np.eye(3), -covariance[:3, 3:] @ np.linalg.inv(covariance[3:, 3:])])
            for rows in (alone, np.eye(5)):
                form = rows.T @ np.linalg.inv(rows @ covariance @ rows.T) @ rows
                level = np.quantile(_quadratic(null[n], form), 1 - rate * n)
                schemes.append([self._delay(n, form, level, start, walk, rng) for walk in after])
        return np.array(min(schemes, key=lambda delays: float(np.mean(delays))))

    def _delay(
        self,
        n: int,
        form: FloatArray,
        level: float,
        start: dict[int, FloatArray],
        after: dict[int, FloatArray],
        rng: np.random.Generator,
    ) -> float:
        """Median delay: the rest of the block in which the change comes, then blocks until one rejects."""
        power = max(1e-6, float((_quadratic(after[n], form) > level).mean()))
        took = []
        for part in self.PARTS:
            k = round(n * part)
            found = _quadratic(start[n - k] + after[k], form) > level
            took.append(np.where(found, k, k + n * rng.geometric(power, size=len(found))))
        return float(np.median(took))


def _quadratic(sums: FloatArray, form: FloatArray) -> FloatArray:
    return np.asarray(np.einsum("bi,ij,bj->b", sums, form, sums))
