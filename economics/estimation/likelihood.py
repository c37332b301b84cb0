"""Log-likelihood of the temperature-standardised CES logit, with its gradient and information.

Coordinates are θ (4), ρ, log γ, the constants of places and letters (raw utils), and η::

    V_ij = γ (Σ_k θ_k x_ijk^ρ)^(1/ρ) + c_ij,      x = welfare + K
    P_ij = softmax_j( V_ij / τ_i^η )

The constants are dummies: what concerns them is counted by option, never multiplied out.

Derivatives with respect to θ are given up to a constant common to all four, which vanishes along
every direction with Σ dθ = 0; that is what keeps them finite through ρ = 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.estimation.constants import covariance
from fiduciary.economics.estimation.data import ChoiceData
from fiduciary.economics.utility import COBB_DOUGLAS

RHO, LOG_GAMMA, FIRST_CONSTANT = 4, 5, 6
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
class _Point:
    """Some problems at a point: m options in n problems.

    Attributes:
        options: which options these are.
        problem: number of each option's problem, (m,).
        starts: where each problem begins, (n,).
        v, scaled, a, centred: as :meth:`CESLikelihood._utility` gives them.
        inverse: τ^−η of each option, (m,).
        probability: P of each option, (m,).
        loglik: Σ y log P.
        importance: of each option's problem, (m,); None for all alike.
    """

    options: slice
    problem: IntArray
    starts: IntArray
    v: FloatArray
    scaled: FloatArray
    a: FloatArray
    centred: FloatArray
    inverse: FloatArray
    probability: FloatArray
    loglik: float
    importance: FloatArray | None


@dataclass(frozen=True)
class CESLikelihood:
    """The likelihood of one data set as a function of its parameters.

    Attributes:
        data: the choices.
    """

    data: ChoiceData

    @property
    def size(self) -> int:
        """Number of coordinates p: 4 + ρ + log γ + constants + η."""
        return FIRST_CONSTANT + len(self.data.constants) + 1

    def loglik(self, x: FloatArray) -> float:
        """The log-likelihood alone."""
        return sum(self._at(x, *span).loglik for span in self._spans())

    def gradient(self, x: FloatArray) -> FloatArray:
        """The gradient alone, (p,)."""
        out = np.zeros(self.size)
        for span in self._spans():
            at = self._at(x, *span)
            out += self._gradient(at, self._slopes(x, at, *span))
        return out

    def evaluate(self, x: FloatArray, *, scores: bool = False) -> Evaluation:
        """Log-likelihood, gradient, Fisher information and, on request, scores by cluster."""
        p = self.size
        value, gradient, information = 0.0, np.zeros(p), np.zeros((p, p))
        by_group = np.zeros((self.data.n_groups if scores else 0, p))
        for first, last in self._spans():
            at = self._at(x, first, last)
            slopes = self._slopes(x, at, first, last)
            value += at.loglik
            gradient += self._gradient(at, slopes)
            if scores:
                np.add.at(by_group, self.data.groups[first:last], self._scores(at, slopes).T)
            information += self._information(at, slopes)  # leaves slopes centred
        return Evaluation(value, gradient, information, by_group)

    def utilities(self, x: FloatArray) -> FloatArray:
        """V of every option, (M,), before the division by τ^η."""
        return np.concatenate([self._utility(x, self._options(*span))[0] for span in self._spans()])

    def slopes(self, x: FloatArray) -> FloatArray:
        """Derivatives of V/τ^η of every option by θ, ρ, log γ and η, (7, M)."""
        spans = self._spans()
        return np.concatenate([self._slopes(x, self._at(x, *span), *span) for span in spans], axis=1)

    def hessian(self, x: FloatArray, basis: FloatArray) -> FloatArray:
        """Second derivatives along the columns of ``basis`` (p, f), by central differences.

        The gradient is analytic, so that a step of 1e-5 leaves about nine digits. Steps stay well
        inside θ ≥ 0: at ρ = −20 a small weight bends the utility over a tiny distance. V is linear in
        the constants, where the Hessian is minus the Fisher information, exactly.
        """
        out = -(basis.T @ self.evaluate(x).information @ basis)
        bent = np.flatnonzero(np.delete(basis, self._constants, axis=0).any(axis=0))
        for j in bent:
            moved = x[:RHO][basis[:RHO, j] != 0]
            step = min(1e-5, 1e-3 * moved.min()) if moved.size else 1e-5
            up, down = self.gradient(x + step * basis[:, j]), self.gradient(x - step * basis[:, j])
            out[:, j] = basis.T @ (up - down) / (2 * step)
        straight = np.setdiff1d(np.arange(basis.shape[1]), bent)
        out[np.ix_(bent, straight)] = out[np.ix_(straight, bent)].T
        return (out + out.T) / 2

    def information_by_group(self, x: FloatArray, basis: FloatArray) -> FloatArray:
        """Expected information of each cluster along the columns of ``basis``, (G, f, f)."""
        d = self.data
        out = np.zeros((d.n_groups, basis.shape[1], basis.shape[1]))
        for first, last in self._spans():
            at = self._at(x, first, last)
            slopes = basis.T @ self._joined_slopes(self._slopes(x, at, first, last), at)
            slopes -= np.add.reduceat(slopes * at.probability, at.starts, axis=1)[:, at.problem]
            slopes *= np.sqrt(at.probability if at.importance is None else at.probability * at.importance)
            each = np.add.reduceat(slopes[:, None] * slopes, at.starts, axis=2)
            np.add.at(out, d.groups[first:last], np.moveaxis(each, 2, 0))
        return out

    def _joined_slopes(self, curved: FloatArray, at: _Point) -> FloatArray:
        """Derivatives of V/τ^η by all coordinates, (p, m)."""
        names = np.arange(1, len(self.data.constants) + 1)
        often = sum((own == names[:, None] for own in self.data.cells[:, at.options]), np.zeros(()))
        return self._joined(curved, often * at.inverse if len(names) else np.empty((0, len(at.v))))

    @property
    def _constants(self) -> slice:
        return slice(FIRST_CONSTANT, self.size - 1)

    def _spans(self) -> list[tuple[int, int]]:
        n = self.data.n
        return [(first, min(first + _CHUNK, n)) for first in range(0, n, _CHUNK)]

    def _options(self, first: int, last: int) -> slice:
        d = self.data
        return slice(int(d.starts[first]), int(d.starts[last - 1] + d.counts[last - 1]))

    def _utility(
        self, x: FloatArray, options: slice
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """V, γu, exp-deviations a (4, m) with a_k = (e^{ρ(l_k − m)} − 1)/ρ, and l − m."""
        theta, rho, gamma = x[:RHO], x[RHO], np.exp(x[LOG_GAMMA])
        logs = self.data.logs[:, options]
        mean = theta @ logs
        centred = logs - mean
        if abs(rho) < COBB_DOUGLAS:
            a = centred
            log_ces = mean
        else:
            a = (np.expm1(rho * centred) if abs(rho) < _NEAR_ZERO else np.exp(rho * centred) - 1) / rho
            with np.errstate(invalid="ignore", divide="ignore"):  # a step too far; the search rejects it
                log_ces = mean + np.log1p(rho * (theta @ a)) / rho
        scaled = gamma * np.exp(log_ces)
        v = scaled
        if self.data.constants:
            constants = np.concatenate([[0.0], x[self._constants]])
            v = scaled + constants[self.data.cells[:, options]].sum(axis=0)
        return v, scaled, a, centred

    def _at(self, x: FloatArray, first: int, last: int) -> _Point:
        d = self.data
        options = self._options(first, last)
        starts = d.starts[first:last] - d.starts[first]
        problem = np.repeat(np.arange(last - first), d.counts[first:last])
        inverse = (d.temperature[first:last] ** -x[-1])[problem]
        v, scaled, a, centred = self._utility(x, options)
        z = v * inverse
        z -= np.maximum.reduceat(z, starts)[problem]
        expz = np.exp(z)
        total = np.add.reduceat(expz, starts)
        if d.importance is None:
            loglik = float(d.weight[options] @ z - np.log(total).sum())
        else:
            each = np.add.reduceat(d.weight[options] * z, starts) - np.log(total)
            loglik = float(d.importance[first:last] @ each)
        probability = expz / total[problem]
        importance = None if d.importance is None else d.importance[first:last][problem]
        return _Point(
            options, problem, starts, v, scaled, a, centred, inverse, probability, loglik, importance
        )

    def _slopes(self, x: FloatArray, at: _Point, first: int, last: int) -> FloatArray:
        """Derivatives of V/τ^η by θ, ρ, log γ and η, (7, m)."""
        out = np.empty((FIRST_CONSTANT + 1, len(at.v)))
        slope = at.scaled * at.inverse
        np.multiply(at.a, slope / (1 + x[RHO] * (x[:RHO] @ at.a)), out=out[:RHO])
        np.multiply(slope, _d_log_ces_d_rho(x[:RHO], x[RHO], at.a, at.centred), out=out[RHO])
        out[LOG_GAMMA] = slope
        np.multiply(-at.v * at.inverse, np.log(self.data.temperature[first:last])[at.problem], out=out[-1])
        return out

    def _gradient(self, at: _Point, slopes: FloatArray) -> FloatArray:
        residual = self._residual(at)
        size = len(self.data.constants) + 1
        constants = np.zeros(size)
        for own in self.data.cells[:, at.options]:
            constants += np.bincount(own, residual * at.inverse, size)
        return self._joined(slopes @ residual, constants[1:])

    def _residual(self, at: _Point) -> FloatArray:
        """How often each option counts beyond what was expected, (m,)."""
        residual = self.data.weight[at.options] - at.probability
        return residual if at.importance is None else residual * at.importance

    def _scores(self, at: _Point, slopes: FloatArray) -> FloatArray:
        """Gradient of each problem, (p, n)."""
        residual = self._residual(at)
        n, size = len(at.starts), len(self.data.constants) + 1
        constants = np.zeros(size * n)
        for own in self.data.cells[:, at.options]:
            constants += np.bincount(own * n + at.problem, residual * at.inverse, size * n)
        each = np.add.reduceat(slopes * residual, at.starts, axis=1)
        return self._joined(each, constants.reshape(size, n)[1:])

    def _information(self, at: _Point, slopes: FloatArray) -> FloatArray:
        p, size = self.size, len(self.data.constants) + 1
        slopes -= np.add.reduceat(slopes * at.probability, at.starts, axis=1)[:, at.problem]
        often = at.probability if at.importance is None else at.probability * at.importance
        weighted = slopes * often
        curved = np.delete(np.arange(p), self._constants)
        out = np.empty((p, p))
        out[np.ix_(curved, curved)] = weighted @ slopes.T
        if size > 1:
            cells = self.data.cells[:, at.options]
            weighted *= at.inverse
            scale = at.inverse if at.importance is None else at.inverse * np.sqrt(at.importance)
            across = np.zeros((len(curved), size))
            for own in cells:
                across += [np.bincount(own, row, size) for row in weighted]
            out[curved, self._constants] = across[:, 1:]
            out[self._constants, curved] = across[:, 1:].T
            out[self._constants, self._constants] = covariance(
                cells, size - 1, at.probability, scale, at.problem, len(at.starts)
            )
        return out

    @staticmethod
    def _joined(curved: FloatArray, constants: FloatArray) -> FloatArray:
        """In the order of the coordinates: η comes last."""
        return np.concatenate([curved[:-1], constants, curved[-1:]])


def _d_log_ces_d_rho(theta: FloatArray, rho: float, a: FloatArray, centred: FloatArray) -> FloatArray:
    """∂ log u/∂ρ = KL(w‖θ)/ρ², w_k ∝ θ_k x_k^ρ; half the θ-variance of log x at ρ = 0."""
    if abs(rho) < _SERIES:
        second, third, fourth = (theta @ centred**power for power in (2, 3, 4))
        return np.asarray(second / 2 + rho * third / 3 + rho**2 * (fourth - 3 * second**2) / 8)
    growth = 1 + rho * (theta @ a)
    tilted = theta @ (centred * (1 + rho * a)) / growth
    return np.asarray((rho * tilted - np.log(growth)) / rho**2)
