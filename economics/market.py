"""One firm in one period: what each stakeholder gains from a quantity, a wage and a provision.

Source: Foster & Rawski, "Aligning AI Decision-Making with Organizational Values".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray

ArrayLike = npt.ArrayLike


@dataclass(frozen=True)
class Market:
    """Parameters of one firm's market, each a number or an array (they broadcast together).

    Inverse demand is P(Q) = α − βQ and cost is C = γ_f + γ_q Q + λWQ + δRQ, all in raw units
    (a prompt's dollars / 100).

    Attributes:
        alpha: demand intercept α.
        beta: demand slope β > 0.
        gamma_f: fixed cost γ_f.
        gamma_q: unit cost γ_q other than labour and provision.
        lam: labour per unit of output λ > 0.
        omega: reservation wage ω.
        epsilon: society's gain per unit of provision and output ε.
        delta: the firm's cost per unit of provision and output δ.
    """

    alpha: float
    beta: float
    gamma_f: float
    gamma_q: float
    lam: float
    omega: float
    epsilon: float
    delta: float

    def price(self, Q: ArrayLike) -> FloatArray:
        """Inverse demand P(Q) = α − βQ, in raw units per unit of output."""
        return np.asarray(self.alpha - self.beta * np.asarray(Q, float))

    def welfare(self, Q: ArrayLike, W: ArrayLike, R: ArrayLike) -> FloatArray:
        """Welfare of shareholders, employees, consumers and society.

        ::

            SH  = (α − βQ)Q − γ_f − λWQ − γ_q Q − δRQ      (may be negative)
            EM  = (W − ω) λ Q
            CO  = β Q² / 2
            SOC = R ε Q

        Society's welfare follows the paper's formula. Its two printed example prompts show
        (1 − R)εQ instead; they are not reproduced here.

        Args:
            Q: quantity, ≥ 0, any shape.
            W: wage, ≥ ω, broadcasts with ``Q``.
            R: share of socially responsible provision, in [0, 1], broadcasts with ``Q``.

        Returns:
            Array (..., 4) in raw units, in the order of ``conventions.STAKEHOLDERS``.

        Raises:
            ValueError: where Q < 0, W < ω or R outside [0, 1].
        """
        q, w, r = np.broadcast_arrays(np.asarray(Q, float), np.asarray(W, float), np.asarray(R, float))
        if np.any(q < 0):
            raise ValueError(f"Q must be >= 0, got {np.min(q):g}")
        if np.any(w < np.asarray(self.omega) - 1e-12):
            raise ValueError(
                f"W must be at least the reservation wage omega, got W - omega = {np.min(w - self.omega):g}"
            )
        if np.any((r < 0) | (r > 1)):
            raise ValueError(f"R must lie in [0, 1], got {np.min(r):g} to {np.max(r):g}")
        cost = self.gamma_f + (self.gamma_q + self.lam * w + self.delta * r) * q
        return np.stack(
            [
                self.price(q) * q - cost,
                (w - self.omega) * self.lam * q,
                self.beta * q**2 / 2,
                r * self.epsilon * q,
            ],
            axis=-1,
        )

    def marginal_effects(self, Q: ArrayLike, W: ArrayLike, R: ArrayLike) -> FloatArray:
        """Partial derivatives of :meth:`welfare`.

        Args:
            Q, W, R: as in :meth:`welfare`.

        Returns:
            Array (..., 4, 3): stakeholder × lever, levers in the order Q, W, R. Along W,
            dEM/dSH = −1; along R, dSOC/dSH = −ε/δ.
        """
        q, w, r = np.broadcast_arrays(np.asarray(Q, float), np.asarray(W, float), np.asarray(R, float))
        zero = np.zeros(q.shape)
        d_q = [
            self.alpha - 2 * self.beta * q - self.lam * w - self.gamma_q - self.delta * r,
            (w - self.omega) * self.lam,
            self.beta * q,
            r * self.epsilon,
        ]
        d_w = [-self.lam * q, self.lam * q, zero, zero]
        d_r = [-self.delta * q, zero, zero, self.epsilon * q]
        columns = [np.stack(np.broadcast_arrays(*column), axis=-1) for column in (d_q, d_w, d_r)]
        return np.stack(columns, axis=-1)
