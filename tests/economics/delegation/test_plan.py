"""The first-best plan against every course that a chain can take."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from fiduciary.economics.delegation.chain import START, Chain, draw_chains
from fiduciary.economics.delegation.plan import FORESIGHTS, REPAIRS, Foresight, Repair, plan_of, shown_gains
from fiduciary.economics.principals import Principal

CHAINS = draw_chains(6, 5, seed=1)
PRINCIPALS = [Principal.named(name) for name in ("study1", "for_profit", "nonprofit")]


def course(chain: Chain, options: tuple[int, ...], t: int = 0, s: int = START) -> np.ndarray:
    """Gains of a course, (steps, 4)."""
    gains = []
    for step, option in enumerate(options, t):
        gains.append(chain.welfare[step, s, option])
        s = int(chain.following[step, s, option])
    return np.array(gains)


@pytest.mark.parametrize("principal", PRINCIPALS, ids=lambda p: p.label)
def test_no_course_is_worth_more_than_the_plan(principal: Principal) -> None:
    for chain in CHAINS:
        plan = plan_of(chain, principal)
        values = {
            options: principal.worth(course(chain, options)).sum() for options in product(range(3), repeat=5)
        }
        assert plan.first_best == pytest.approx(max(values.values()))
        assert values[tuple(plan.path.tolist())] == pytest.approx(plan.first_best)


def test_repair_goes_on_from_the_standing_that_is_found_and_no_repair_does_not() -> None:
    chain = CHAINS[0]
    plan = plan_of(chain, PRINCIPALS[1])
    for s in range(5):
        rest = [PRINCIPALS[1].worth(course(chain, o, 3, s)).sum() for o in product(range(3), repeat=2)]
        assert plan.value[3, s] == pytest.approx(max(rest))
    assert (plan.policy("none") == plan.path[:, None]).all()
    assert any(
        (plan_of(c, PRINCIPALS[1]).best != plan_of(c, PRINCIPALS[1]).policy("none")).any() for c in CHAINS
    )


@pytest.mark.parametrize("repair", REPAIRS)
def test_with_foresight_gains_are_those_of_the_whole_rest(repair: Repair) -> None:
    chain = CHAINS[2]
    plan = plan_of(chain, PRINCIPALS[0])
    shown = shown_gains(chain, plan, "full", repair)
    for t, s in chain.reachable:
        for option in range(3):
            options, at = [option], int(chain.following[t, s, option])
            for later in range(t + 1, 5):
                options.append(int(plan.policy(repair)[later, at]))
                at = int(chain.following[later, at, options[-1]])
            assert shown[t, s, option] == pytest.approx(course(chain, tuple(options), t, s).sum(axis=0))


@pytest.mark.parametrize("foresight", FORESIGHTS)
def test_whoever_wants_what_one_group_wants_loses_nothing_with_foresight_alone(foresight: Foresight) -> None:
    """With one group alone worth is linear in its gains, so that the best sum is the best plan."""
    principal, missed = PRINCIPALS[1], 0
    for chain in CHAINS:
        plan = plan_of(chain, principal)
        shown = shown_gains(chain, plan, foresight, "principal")
        missed += int((shown[..., 0].argmax(axis=2) != plan.best).sum())
    assert (missed == 0) == (foresight == "full")
