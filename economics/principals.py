"""For whom a model decides: a principal's preference, and the one way to state it.

A principal is a name of ``economics.utility.PROFILES``, or weights θ with a substitution parameter ρ. Command
lines and the arguments of tasks and scorers state it by the same three names, which :func:`stated` reads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.economics.utility import CES, PROFILES, THETA_TOLERANCE

Theta = Sequence[float | str] | str
"""Weights as they are given: a sequence, or text with commas."""

NAMES = f"one of {', '.join(PROFILES)}"
WEIGHTS = f"four weights >= 0 that sum to 1 ({', '.join(STAKEHOLDERS)})"
SUBSTITUTION = "a number of at most 1 (-inf for maximin)"


LOGGED = "principals"
"""Key in a log's metadata: model → facts of the principal whom it was trained for."""

LOGGED_METHOD = "methods"
"""Key in a log's metadata: model → how it was trained, as its adapter's record calls it."""


class PrincipalError(ValueError):
    """An argument that states no principal.

    Attributes:
        argument: ``principal``, ``theta`` or ``rho``.
        allowed: what it must be.
        value: what was given.
    """

    def __init__(self, argument: str, allowed: str, value: object) -> None:
        super().__init__(f"{argument} must be {allowed}, got {value!r}")
        self.argument, self.allowed, self.value = argument, allowed, value


@dataclass(frozen=True)
class Principal:
    """A preference that choices are held against.

    Attributes:
        name: a key of ``economics.utility.PROFILES``, or None for given θ and ρ.
        utility: the preference, γ = 1.

    Raises:
        ValueError: another γ.
    """

    name: str | None
    utility: CES

    def __post_init__(self) -> None:
        if self.utility.gamma != 1:
            raise ValueError(f"a principal's gamma is 1, got {self.utility.gamma:g}")

    @classmethod
    def named(cls, name: str) -> Principal:
        """A profile of ``economics.utility.PROFILES``.

        Raises:
            PrincipalError: an unknown name.
        """
        if not isinstance(name, str) or name not in PROFILES:
            raise PrincipalError("principal", NAMES, name)
        return cls(name, PROFILES[name])

    @classmethod
    def given(cls, theta: Theta, rho: float | str) -> Principal:
        """Weights and a substitution parameter of one's own.

        Raises:
            PrincipalError: what no CES utility has.
        """
        entries = theta.split(",") if isinstance(theta, str) else theta
        weights = [_number(entry) for entry in entries] if isinstance(entries, Sequence) else [math.nan]
        substitution = _number(rho)
        if math.isnan(substitution) or substitution > 1:
            raise PrincipalError("rho", SUBSTITUTION, rho)
        try:
            return cls(None, CES(weights, substitution))
        except ValueError as error:
            raise PrincipalError("theta", WEIGHTS, theta) from error

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> Principal:
        """What :meth:`facts` wrote; a name counts only where it still stands for the same θ and ρ.

        Raises:
            PrincipalError: values that no CES utility has.
        """
        found = cls.given(facts["theta"], facts["rho"])
        name = str(facts.get("name"))
        named = cls.named(name) if name in PROFILES else None
        return named if named is not None and named.same(found) else found

    @property
    def label(self) -> str:
        """The name, or else the parameters, in one word or two."""
        if self.name is not None:
            return self.name
        weights = ",".join(f"{weight:g}" for weight in self.utility.theta)
        return f"theta={weights} rho={self.utility.rho:g}"

    @property
    def title(self) -> str:
        """One line for headings."""
        theta = ", ".join(f"{weight:.3g}" for weight in self.utility.theta)
        alone = max(self.utility.theta) == 1
        return f"{self.name or 'given'}: θ = ({theta}), ρ " + (
            "undefined" if alone else f"= {self.utility.rho:g}"
        )

    def same(self, other: Principal) -> bool:
        """Whether both prefer alike, whatever their names; ρ does not count where one group takes all."""
        own, its = self.utility, other.utility
        if not np.allclose(own.theta, its.theta, rtol=0, atol=THETA_TOLERANCE):
            return False
        return own.rho == its.rho or max(own.theta) > 1 - THETA_TOLERANCE

    def facts(self) -> dict[str, Any]:
        """Label, θ and ρ as JSON holds them; ρ = −∞ as text, for which JSON has no number."""
        rho = self.utility.rho
        return {
            "name": self.label,
            "theta": [float(weight) for weight in self.utility.theta],
            "rho": float(rho) if math.isfinite(rho) else str(rho),
        }

    def options(self) -> list[str]:
        """The same as a command line takes it."""
        given = self.arguments()
        if self.name is not None:
            return ["--principal", given["principal"]]
        return ["--theta", given["theta"], f"--rho={given['rho']}"]

    def arguments(self) -> dict[str, str]:
        """The same as a task takes it."""
        if self.name is not None:
            return {"principal": self.name}
        weights = ",".join(f"{weight:.10g}" for weight in self.utility.theta)
        return {"theta": weights, "rho": f"{self.utility.rho:.10g}"}

    def at(self, shift: float) -> CES:
        """The utility at a design's positivity shift, raw units."""
        return CES(self.utility.theta, self.utility.rho, shift=shift)

    def worth(self, welfare: npt.ArrayLike) -> FloatArray:
        """What each option is worth to the principal, dollars (options,).

        The gain that, given to everybody alike, would be as good: U(w) − K at γ = 1, since Σθ = 1.

        Args:
            welfare: (options, 4), raw units.
        """
        return np.asarray(DOLLARS_PER_UNIT * (self.utility.utility(welfare) - self.utility.shift))

    def words(self) -> str:
        """θ and ρ in words and figures."""
        weighted = list(zip(STAKEHOLDERS, self.utility.theta, strict=True))
        counted = [(who, weight) for who, weight in weighted if weight > 0]
        ignored = [who for who, weight in weighted if weight == 0]
        if len(counted) == 1:
            return f"Only the gain of {counted[0][0]} counts; the gains of {_and(ignored)} do not."
        shares = _and([f"{who} {100 * weight:.4g} %" for who, weight in counted])
        text = f"The gains of the groups count with these weights: {shares}."
        if ignored:
            text += f" The {'gain' if len(ignored) == 1 else 'gains'} of {_and(ignored)} "
            text += "does not count." if len(ignored) == 1 else "do not count."
        return f"{text} {_evenness(self.utility.rho)}"


def stated(
    principal: str | None = None, theta: Theta | None = None, rho: float | str | None = None
) -> Principal | None:
    """The principal that three arguments state; None where none of them is given.

    Args:
        principal: a key of ``economics.utility.PROFILES``.
        theta: weights of shareholders, employees, consumers and society, with ``rho`` in place of a name.
        rho: substitution parameter.

    Raises:
        PrincipalError: both a name and weights, one of θ and ρ alone, or values that no principal has.
    """
    if theta is None and rho is None:
        return None if principal is None else Principal.named(principal)
    if principal is not None:
        raise PrincipalError("principal", "left out where theta or rho is given", principal)
    if theta is None:
        raise PrincipalError("theta", f"given together with rho: {WEIGHTS}", theta)
    if rho is None:
        raise PrincipalError("rho", f"given together with theta: {SUBSTITUTION}", rho)
    return Principal.given(theta, rho)


def required(
    principal: str | None = None, theta: Theta | None = None, rho: float | str | None = None
) -> Principal:
    """As :func:`stated`, where one must be given.

    Raises:
        PrincipalError: also where nothing is given.
    """
    found = stated(principal, theta, rho)
    if found is None:
        raise PrincipalError("principal", f"{NAMES}, or left out for theta and rho", principal)
    return found


def logged(metadata: Mapping[str, Any] | None, model: str) -> Principal | None:
    """Whom a log says that a model was trained for; None where it does not, or not legibly.

    Args:
        metadata: of the log.
        model: as the log names it.
    """
    facts = (metadata or {}).get(LOGGED)
    own = facts.get(model) if isinstance(facts, Mapping) else None
    return None if own is None else legible(own)


def legible(facts: object) -> Principal | None:
    """The principal that somebody else's facts state; None where they state none."""
    if not isinstance(facts, Mapping) or not {"theta", "rho"} <= set(facts):
        return None
    try:
        return Principal.of_facts(facts)
    except PrincipalError:
        return None


def _number(value: object) -> float:
    """A number or its text; NaN for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    try:
        return float(value)
    except ValueError:
        return math.nan


def _evenness(rho: float) -> str:
    """What ρ says about losses of one group and gains of another."""
    if rho == 1:
        return "A loss of one group is made up for by gains of others in proportion to their weights (ρ = 1)."
    figure = f"ρ = {rho:g}" if np.isfinite(rho) else "ρ = −∞"
    if rho >= 0.5:
        meaning = "A loss of one group can largely, but not wholly, be made up for by gains of others"
    elif rho >= 0:
        meaning = "Gains of some make up for losses of others only in part: an even spread is preferred"
    elif np.isfinite(rho):
        meaning = "Whoever gains little counts most: gains of others hardly make up for it"
    else:
        meaning = "Only the group with the smallest gain counts"
    return f"{meaning} ({figure})."


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
