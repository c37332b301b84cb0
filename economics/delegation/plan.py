"""What the principal would do: the first-best plan, by dynamic programming, and what others leave it to mend.

The principal's value is the sum of what the decisions are worth, V = Σ_t u(w_t) with u in dollars: the gain
that, given to everybody alike, would be as good (``Principal.worth``).

::

    V_t(s) = max_j u(w_tsj) + V_{t+1}(s'_tsj),   V_{T+1} = 0
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.delegation.chain import START, Chain
from fiduciary.economics.principals import Principal

Repair = Literal["principal", "none"]
"""What the principal does with its own decisions where others were not the best.

``principal``: it takes what is best from the standing that it finds, the first-best policy. ``none``: it
keeps to the options of the first-best path, wherever the firm then stands.
"""

REPAIRS: tuple[Repair, ...] = get_args(Repair)

Foresight = Literal["full", "none"]
"""What a decision shows of those after it.

``full``: gains are those of the decision and of all later ones, if the principal takes these as ``Repair``
says.
``none``: gains of the decision alone.
"""

FORESIGHTS: tuple[Foresight, ...] = get_args(Foresight)


@dataclass(frozen=True, eq=False)
class Plan:
    """The first-best plan of a chain.

    Attributes:
        worth: u, what each option is worth by itself, (T, S, J), dollars.
        value: V_t(s), (T + 1, S), dollars; the last row is 0.
        best: the option of the first-best policy, (T, S).
        path: the options of the first-best path from the start, (T,).
    """

    worth: FloatArray
    value: FloatArray
    best: IntArray
    path: IntArray

    @property
    def first_best(self) -> float:
        """Value of the whole chain under the first-best plan, dollars."""
        return float(self.value[0, START])

    def policy(self, repair: Repair) -> IntArray:
        """The option that the principal takes at every decision and standing, (T, S)."""
        if repair == "principal":
            return self.best
        return np.repeat(self.path[:, None], self.best.shape[1], axis=1)


def plan_of(chain: Chain, principal: Principal) -> Plan:
    """The first-best plan, by backward induction. Of equally good options the first one is taken.

    Args:
        chain: the firm's decisions.
        principal: whose worth counts.
    """
    links, standings, _ = chain.following.shape
    worth = principal.worth(chain.welfare)
    value = np.zeros((links + 1, standings))
    best = np.zeros((links, standings), np.int64)
    for t in reversed(range(links)):
        onwards = worth[t] + value[t + 1][chain.following[t]]
        best[t] = onwards.argmax(axis=1)
        value[t] = onwards.max(axis=1)
    path, s = np.zeros(links, np.int64), START
    for t in range(links):
        path[t] = best[t, s]
        s = int(chain.following[t, s, path[t]])
    return Plan(worth, value, best, path)


def shown_gains(chain: Chain, plan: Plan, foresight: Foresight, repair: Repair) -> FloatArray:
    """What a decision shows of each option, (T, S, J, 4), raw units.

    Args:
        chain: the firm's decisions.
        plan: the principal's.
        foresight: whether gains from later decisions are added.
        repair: how the principal takes these.
    """
    if foresight == "none":
        return chain.welfare
    taken = plan.policy(repair)
    shown = np.empty_like(chain.welfare)
    later = np.zeros((chain.welfare.shape[1], chain.welfare.shape[3]))
    for t in reversed(range(chain.links)):
        shown[t] = chain.welfare[t] + later[chain.following[t]]
        later = shown[t][np.arange(len(later)), taken[t]]
    return np.round(shown, 2) + 0.0
