"""The preferences that training can state: a CES utility of welfare, or a social preference in games."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType
from typing import Any

from fiduciary.economics.games import SocialPreference
from fiduciary.economics.principals import Principal

AGENTS: MappingProxyType[str, SocialPreference] = MappingProxyType(
    {
        "homo_economicus": SocialPreference(),
        "homo_moralis": SocialPreference(kappa=0.4),
        "inequity_averse": SocialPreference(alpha=0.4, beta=0.3),
    }
)
"""Named social preferences, with the parameters that they have unless others are given."""

PARAMETERS = ("alpha", "beta", "kappa")


@dataclass(frozen=True)
class SocialTarget:
    """A stated social preference.

    Attributes:
        label: the agent's name with its parameters, or these written out.
        preference: α, β and κ.
        lam: λ ≥ 0, points: the noise of the player whose comparisons are stated. A pair whose plans
            are worth ΔU apart is kept with probability 2P − 1 = tanh(ΔU/(2λ)), where P is the logit
            probability that the better one is preferred; 0 keeps every pair.

    Raises:
        ValueError: λ negative or not finite.
    """

    label: str
    preference: SocialPreference
    lam: float = 0.0

    def __post_init__(self) -> None:
        if not (isfinite(self.lam) and self.lam >= 0):
            raise ValueError(f"lam (noise λ, points) must be finite and >= 0, got {self.lam:g}")

    @classmethod
    def stated(
        cls,
        agent: str | None = None,
        alpha: float | None = None,
        beta: float | None = None,
        kappa: float | None = None,
        lam: float = 0.0,
    ) -> SocialTarget:
        """An agent by name, with parameters of one's own for those that it has, or parameters alone.

        Raises:
            ValueError: neither a name nor a parameter, an unknown name, a parameter that the agent does not
                have, or one that is not allowed.
        """
        given = {"alpha": alpha, "beta": beta, "kappa": kappa}
        own = {name: value for name, value in given.items() if value is not None}
        if agent is None:
            if not own:
                raise ValueError(
                    f"say whose preference: --agent {'|'.join(AGENTS)}, or --alpha, --beta, --kappa"
                )
            preference = SocialPreference(**own)
            return cls(_written(preference, PARAMETERS), preference, lam)
        if agent not in AGENTS:
            raise ValueError(f"agent must be one of {', '.join(AGENTS)}, got {agent!r}")
        has = [name for name in PARAMETERS if getattr(AGENTS[agent], name)]
        foreign = [name for name in own if name not in has]
        if foreign:
            raise ValueError(
                f"{agent} has {' and '.join(has) or 'no parameters'}, got {foreign[0]}; leave --agent out to "
                f"state any"
            )
        preference = SocialPreference(**{name: own.get(name, getattr(AGENTS[agent], name)) for name in has})
        return cls(" ".join([agent, *([_written(preference, has)] if has else [])]), preference, lam)

    def facts(self) -> dict[str, Any]:
        """In a form that JSON holds; :func:`read_target` reads it."""
        return {"name": self.label} | {n: getattr(self.preference, n) for n in PARAMETERS} | {"lam": self.lam}


AnyTarget = Principal | SocialTarget


def read_target(stated: Mapping[str, Any]) -> AnyTarget:
    """The target that the facts of a data set or an adapter state.

    Raises:
        ValueError: values that no preference has.
    """
    if is_social(stated):
        preference = SocialPreference(**{parameter: stated[parameter] for parameter in PARAMETERS})
        return SocialTarget(str(stated["name"]), preference, stated["lam"])
    return Principal.of_facts(stated)


def is_social(stated: Mapping[str, Any]) -> bool:
    """Whether facts state a social preference rather than a CES utility."""
    return "kappa" in stated


def _written(preference: SocialPreference, names: list[str] | tuple[str, ...]) -> str:
    return " ".join(f"{name}={getattr(preference, name):g}" for name in names)
