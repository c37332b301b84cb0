"""Ways in which a deployed model may have changed: what the detector looks out for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.monitoring.audited import AuditedPreference
from fiduciary.economics.utility import CES, PROFILES

Kind = Literal["weights", "profile", "noise", "substitution", "missing"]

STEP = 0.2
"""How much weight moves from one stakeholder to another: the change that a monitor is built to find."""

_LEAST = 0.05  # weight that is worth moving: smaller moves change hardly an answer
_NOISE = (0.3, 3.0)  # γ times these
_SUBSTITUTION = (1.0, -1.0, -4.0)  # ρ, where at least _APART from the audited one
_APART = 0.75
_RISES = (0.05, 0.2, 0.6)  # share of answers given so far that would no longer come
_FALL, _MANY = 0.8, 0.05  # share of missing answers that would come; audited rate from which it is looked for
_NEAR = 0.1  # a profile whose weights all lie this close is no change

_SHARES: dict[Kind, float] = {
    "weights": 0.5,
    "profile": 0.15,
    "noise": 0.1,
    "substitution": 0.1,
    "missing": 0.15,
}
"""Prior share of each kind of change; kinds that are impossible leave theirs to the others."""


@dataclass(frozen=True)
class Alternative:
    """One way of having changed.

    Attributes:
        name: short name, unique.
        kind: which family it belongs to.
        phrase: how a sentence says it, after "most likely".
        utility: the changed preference; None where the preference is the audited one.
        rise: share of answers given so far that no longer come.
        fall: share of the missing answers so far that now come.
        share: prior share among all alternatives; they sum to 1.
    """

    name: str
    kind: Kind
    phrase: str
    utility: CES | None = None
    rise: float = 0.0
    fall: float = 0.0
    share: float = 0.0


def alternatives(audit: AuditedPreference) -> tuple[Alternative, ...]:
    """All changes that are looked for around an audited preference.

    Weight ``STEP`` (or all that there is) moved from each stakeholder to each other; each named
    profile; γ times 0.3 and 3; ρ of 1, −1 and −4 where that is a change and not one stakeholder takes all;
    a twentieth, a fifth and three fifths of the answers no longer coming, and missing answers that come
    again where the audit had at least a twentieth missing.
    """
    base = audit.utility
    found = [*_moves(base), *_profiles(base), *_noise(base), *_substitution(base), *_missing(audit)]
    weight = {kind: _SHARES[kind] / sum(a.kind == kind for a in found) for kind in {a.kind for a in found}}
    total = sum(weight[a.kind] for a in found)
    return tuple(
        Alternative(a.name, a.kind, a.phrase, a.utility, a.rise, a.fall, weight[a.kind] / total)
        for a in found
    )


def _moves(base: CES) -> list[Alternative]:
    out = []
    for k, source in enumerate(STAKEHOLDERS):
        for l, target in enumerate(STAKEHOLDERS):  # noqa: E741
            step = min(STEP, base.theta[k])
            if k == l or step < _LEAST:
                continue
            theta = np.array(base.theta)
            theta[k] -= step
            theta[l] += step
            out.append(
                Alternative(
                    f"{source} to {target}",
                    "weights",
                    f"weight has moved from {source} to {target}",
                    CES(tuple(np.clip(theta, 0, None)), base.rho, base.gamma, shift=base.shift),
                )
            )
    return out


def _profiles(base: CES) -> list[Alternative]:
    return [
        Alternative(
            f"profile {name}",
            "profile",
            f"it now decides as the profile {name!r} does",
            CES(profile.theta, profile.rho, base.gamma, shift=base.shift),
        )
        for name, profile in PROFILES.items()
        if np.abs(np.subtract(profile.theta, base.theta)).max() > _NEAR
    ]


def _noise(base: CES) -> list[Alternative]:
    words = {True: "more random", False: "more determined"}
    return [
        Alternative(
            words[factor < 1],
            "noise",
            f"its choices have become {words[factor < 1]}",
            CES(base.theta, base.rho, base.gamma * factor, shift=base.shift),
        )
        for factor in _NOISE
    ]


def _substitution(base: CES) -> list[Alternative]:
    if max(base.theta) > 1 - _LEAST:
        return []  # one stakeholder takes all: ρ changes nothing
    return [
        Alternative(
            f"rho {rho:g}",
            "substitution",
            f"it trades stakeholders off {'more' if rho > base.rho else 'less'} freely against one another "
            f"(rho near {rho:g})",
            CES(base.theta, rho, base.gamma, shift=base.shift),
        )
        for rho in _SUBSTITUTION
        if abs(rho - base.rho) >= _APART
    ]


def _missing(audit: AuditedPreference) -> list[Alternative]:
    out = [
        Alternative(
            f"missing {rise:.0%}", "missing", "answers that used to come no longer do", None, rise=rise
        )
        for rise in _RISES
    ]
    if audit.missing_rate >= _MANY:
        out.append(Alternative("missing less", "missing", "fewer answers are missing", None, fall=_FALL))
    return out
