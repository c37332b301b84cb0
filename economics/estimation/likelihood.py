"""Log-likelihood of the temperature-standardised CES logit, with its gradient and information.

Coordinates are θ (4), ρ, log γ, position constants of display positions 2, 3, … relative to the
first (raw utils), and η::

    V_ij = γ (Σ_k θ_k x_ijk^ρ)^(1/ρ) + c_position(ij),      x = welfare + K
    P_ij = softmax_j( V_ij / τ_i^η )

Derivatives with respect to θ are given up to a constant common to all four, which vanishes along
every direction with Σ dθ = 0; that is what keeps them finite through ρ = 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fiduciary.economics.estimation.data import ChoiceData

FloatArray = npt.NDArray[np.float64]

RHO, LOG_GAMMA, FIRST_POSITION = 4, 5, 6
_CHUNK = 8192  # problems at a time: the working arrays stay in cache and memory stays flat
_SERIES = 1e-3  # |ρ| under which ∂/∂ρ is summed as a series in cumulants
_NEAR_ZERO = 0.05  # |ρ| under which exp(x) − 1 would lose digits


@dataclass(frozen=True)
class Evaluation:
    """Log-likelihood at a point.

    Attributes:
        loglik: Σ_i Σ_j y_ij log P_ij.
        gradient: (p,) in the coordinates of this module.
        information: expected (Fisher) information, (p, p).
        scores: gradient of each cluster, (G, p); empty unless asked for.
    """

    loglik: float
    gradient: FloatArray
    information: FloatArray
    scores: FloatArray


@dataclass(frozen=True)
class CESLikelihood:
    """The likelihood of one data set as a function of its parameters.

    Attributes:
        data: the choices.
        n_positions: number of position constants.
    """

    data: ChoiceData
    n_positions: int = 0

    @property
    def size(self) -> int:
        """Number of coordinates p: 4 + ρ + log γ + positions + η."""
        return FIRST_POSITION + self.n_positions + 1

    def loglik(self, x: FloatArray) -> float:
        """The log-likelihood alone."""
        return sum(self._chunk(x, *span, derivatives=False)[0] for span in self._spans())

    def evaluate(self, x: FloatArray, *, scores: bool = False) -> Evaluation:
        """Log-likelihood, gradient, Fisher information and, on request, scores by cluster."""
        p = self.size
        value, gradient, information = 0.0, np.zeros(p), np.zeros((p, p))
        by_group = np.zeros((self.data.n_groups if scores else 0, p))
        for first, last in self._spans():
            part, each, fisher = self._chunk(x, first, last, derivatives=True)
            value += part
            gradient += each.sum(axis=1)
            information += fisher
            if scores:
                np.add.at(by_group, self.data.groups[first:last], each.T)
        return Evaluation(value, gradient, information, by_group)

    def utilities(self, x: FloatArray) -> FloatArray:
        """V of every option, (M,), before the division by τ^η."""
        return np.concatenate([self._utility(x, *span)[0] for span in self._spans()])

    def hessian(self, x: FloatArray, basis: FloatArray) -> FloatArray:
        """Second derivatives along the columns of ``basis`` (p, f), by central differences.

        The gradient is analytic, so that a step of 1e-5 leaves about nine digits. Steps stay well
        inside θ ≥ 0: at ρ = −20 a small weight bends the utility over a tiny distance.
        """
        f = basis.shape[1]
        out = np.empty((f, f))
        for j in range(f):
            moved = x[:RHO][basis[:RHO, j] != 0]
            step = min(1e-5, 1e-3 * moved.min()) if moved.size else 1e-5
            up = self.evaluate(x + step * basis[:, j]).gradient
            down = self.evaluate(x - step * basis[:, j]).gradient
            out[:, j] = basis.T @ (up - down) / (2 * step)
        return (out + out.T) / 2

    def _spans(self) -> list[tuple[int, int]]:
        n = self.data.n
        return [(first, min(first + _CHUNK, n)) for first in range(0, n, _CHUNK)]

    def _options(self, first: int, last: int) -> slice:
        d = self.data
        return slice(int(d.starts[first]), int(d.starts[last - 1] + d.counts[last - 1]))

    def _utility(
        self, x: FloatArray, first: int, last: int
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """V, γu, exp-deviations a (4, m) with a_k = (e^{ρ(l_k − m)} − 1)/ρ, and l − m."""
        options = self._options(first, last)
        theta, rho, gamma = x[:RHO], x[RHO], np.exp(x[LOG_GAMMA])
        logs = self.data.logs[:, options]
        mean = theta @ logs
        centred = logs - mean
        if rho == 0:
            a = centred
            log_ces = mean
        else:
            a = (np.expm1(rho * centred) if abs(rho) < _NEAR_ZERO else np.exp(rho * centred) - 1) / rho
            with np.errstate(invalid="ignore", divide="ignore"):  # a step too far; the search rejects it
                log_ces = mean + np.log1p(rho * (theta @ a)) / rho
        scaled = gamma * np.exp(log_ces)
        v = scaled
        if self.n_positions:
            constants = np.concatenate([[0.0], x[FIRST_POSITION : FIRST_POSITION + self.n_positions]])
            v = scaled + constants[self.data.position[options]]
        return v, scaled, a, centred

    def _chunk(
        self, x: FloatArray, first: int, last: int, *, derivatives: bool
    ) -> tuple[float, FloatArray, FloatArray]:
        d = self.data
        options = self._options(first, last)
        counts = d.counts[first:last]
        starts = d.starts[first:last] - d.starts[first]
        weight = d.weight[options]
        log_tau = np.log(d.temperature[first:last])
        inverse = np.repeat(np.exp(-x[-1] * log_tau), counts)

        v, scaled, a, centred = self._utility(x, first, last)
        z = v * inverse
        z -= np.repeat(np.maximum.reduceat(z, starts), counts)
        expz = np.exp(z)
        total = np.add.reduceat(expz, starts)
        value = float(weight @ z - np.log(total).sum())
        if not derivatives:
            return value, np.empty((0, 0)), np.empty((0, 0))

        probability = expz / np.repeat(total, counts)
        dz = np.empty((self.size, len(v)))
        slope = scaled * inverse
        np.multiply(a, slope / (1 + x[RHO] * (x[:RHO] @ a)), out=dz[:RHO])
        np.multiply(slope, _d_log_ces_d_rho(x[:RHO], x[RHO], a, centred), out=dz[RHO])
        dz[LOG_GAMMA] = slope
        for j in range(self.n_positions):
            dz[FIRST_POSITION + j] = inverse * (d.position[options] == j + 1)
        np.multiply(-v * inverse, np.repeat(log_tau, counts), out=dz[-1])

        scores = np.add.reduceat(dz * (weight - probability), starts, axis=1)
        dz -= np.repeat(np.add.reduceat(dz * probability, starts, axis=1), counts, axis=1)
        return value, scores, (dz * probability) @ dz.T


def _d_log_ces_d_rho(theta: FloatArray, rho: float, a: FloatArray, centred: FloatArray) -> FloatArray:
    """∂ log u/∂ρ = KL(w‖θ)/ρ², w_k ∝ θ_k x_k^ρ; half the θ-variance of log x at ρ = 0."""
    if abs(rho) < _SERIES:
        second, third, fourth = (theta @ centred**power for power in (2, 3, 4))
        return np.asarray(second / 2 + rho * third / 3 + rho**2 * (fourth - 3 * second**2) / 8)
    growth = 1 + rho * (theta @ a)
    tilted = theta @ (centred * (1 + rho * a)) / growth
    return np.asarray((rho * tilted - np.log(growth)) / rho**2)
